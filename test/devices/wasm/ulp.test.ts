/**
 * The functions on lanes are at most two units in the last place off, over the whole range: every exponent, the
 * neighbours of every branch. `GRADKIT_EXHAUSTIVE=1` tries every float there is (some ten minutes).
 */
import { describe, expect, test } from "vitest";
import { type TypedArray } from "../../../src/dtype";
import { erf, pow, sigmoid, softplus } from "../../../src/devices/js/scalar";
import { exact, ulpsOff } from "../../support/exact";
import { compiled, onLanes, spacing, worst } from "../../support/lanes";

const EXHAUSTIVE = process.env.GRADKIT_EXHAUSTIVE === "1";
const { LN2, PI } = Math;

/** In doubles, which is exact enough for float32. */
const reference = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  tanh: Math.tanh,
  sigmoid,
  softplus,
  erf,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  sqrt: Math.sqrt,
} as const;
type Name = keyof typeof reference;
const NAMES = Object.keys(reference) as Name[];
const TRIGONOMETRIC: readonly string[] = ["sin", "cos", "tan"];

/** Where a rule of some function passes from one formula to another, for float32 and float64. */
const BRANCHES = [
  ...[0.25, 0.46875, 0.5, 0.625, 0.84375, 0.92, 1, 4, 6, 9.01, 9.5, 16.6, 17.3, 18, 19, 22, 25, 30, 37, 50, 60, 87.34],
  ...[88.03, 88.72284, 89, 102, 103.28, 103.97, 105, 150, 708.4, 709.09, 709.7827, 710, 744.44, 745.13, 746, 2 ** 30],
  ...[2 ** -126, 2 ** -1022, 2 ** -54, 2 ** -53, 2 ** -27, 2 ** -24, 2 ** -12, 2 ** 24, 2 ** 53, 4.49, 5.5, 3.83, 0.63],
  ...[0.75, 1.5, 2, 2.41421, 0.41421, 0.29289, 0.36788, 0.63212],
];
const MULTIPLES = [
  ...Array.from({ length: 60 }, (_, n) => (n + 0.5) * LN2),
  ...[100, 126, 127, 128, 148, 149, 511, 512, 1021, 1022, 1023, 1024, 1073, 1074].map((n) => (n + 0.5) * LN2),
  ...Array.from({ length: 60 }, (_, n) => ((n + 1) * PI) / 4),
  ...[1e3, 12345, 1e5, 1e7, 683565275, 2 ** 28].map((n) => (n * PI) / 4),
  ...Array.from({ length: 16 }, (_, n) => Math.SQRT2 * 2 ** (n - 8)),
];

/** All of a type's bit patterns near a number, and near its negative. */
function around32(x: number, reach: number): number[] {
  const bits = new Int32Array(Float32Array.of(x).buffer)[0]!;
  const near = Int32Array.from({ length: 2 * reach + 1 }, (_, i) => Math.max(0, bits + i - reach));
  return Array.from(new Float32Array(near.buffer)).flatMap((value) => [value, -value]);
}

function around64(x: number, reach: number): number[] {
  const bits = new BigInt64Array(Float64Array.of(x).buffer)[0]!;
  const near = BigInt64Array.from({ length: 2 * reach + 1 }, (_, i) => bits + BigInt(i - reach));
  return Array.from(new Float64Array(near.buffer)).flatMap((value) => [value, -value]);
}

/** Numbers in [0, 1) that look random, always the same. */
const mixed = (i: number): number => (Math.imul(i, 2654435761) >>> 0) / 2 ** 32;

function floats(mantissas: number): number[] {
  const bits = Uint32Array.from({ length: 512 * mantissas }, (_, i) => {
    const fraction = [0, 1, 2 ** 23 - 1, 2 ** 22][i % mantissas] ?? Math.floor(mixed(i) * 2 ** 23);
    return Math.floor(i / mantissas) * 2 ** 23 + fraction;
  });
  return Array.from(new Float32Array(bits.buffer));
}

/** Doubles with exponents from −lowest to highest, of both signs. */
function doubles(lowest: number, highest: number, mantissas: number): number[] {
  const count = (highest - lowest + 1) * mantissas;
  return Array.from({ length: count }, (_, i) => {
    const size = 2 ** (lowest + Math.floor(i / mantissas)) * (1 + mixed(3 * i + 1));
    return i % 2 === 0 ? size : -size;
  });
}

const EDGES = [0, -0, NaN, Infinity, -Infinity, 2 ** -149, -(2 ** -149), 3.4028234663852886e38, -3.4028234663852886e38];
const inRange = (name: string) => (x: number) => !TRIGONOMETRIC.includes(name) || !(Math.abs(x) > 2 ** 30);

describe("in float32", () => {
  const branches = [...BRANCHES, ...MULTIPLES].flatMap((x) => around32(Math.fround(x), 40));
  const singles = [...floats(300), ...branches, ...EDGES];

  test.each(NAMES)("%s is at most 2 units off at every exponent and branch", (name) => {
    const values = singles.filter(inRange(name));
    const { ulp, at } = worst(compiled(name, "float32")(values), values.map(reference[name]), 24);
    expect(ulp, `${name}(${values[at]})`).toBeLessThanOrEqual(2);
  });

  test("pow is at most 2 units off for bases of every exponent", () => {
    const a = singles.filter((_, i) => i % 4 < 2);
    const b = a.map((x, i) => {
      const small = [0.5, -0.5, 1 / 3, 2, -1, 3, 7.25, -2.5, 0, 1][i % 10]!;
      return Math.fround(i % 3 === 0 ? small : (mixed(i) * 200 - 100) / (Math.abs(Math.log2(Math.abs(x))) || 1));
    });
    const { ulp, at } = worst(compiled("pow", "float32")(a, b), a.map((x, i) => pow(x, b[i]!)), 24);
    expect(ulp, `pow(${a[at]}, ${b[at]})`).toBeLessThanOrEqual(2);
  });
});

/** Where a double function is neither 0 nor infinite nor trivially its argument: exponents, and a filter. */
const RANGES: Readonly<Record<keyof typeof exact, readonly [number, number, (x: number) => boolean]>> = {
  exp: [-60, 10, (x) => x > -745.13 && x < 709.78],
  expm1: [-100, 10, (x) => x < 709.78],
  log: [-1074, 1023, (x) => x > 0],
  log1p: [-100, 1023, (x) => x > -1],
  tanh: [-100, 10, () => true],
  sigmoid: [-60, 10, (x) => x > -745.13],
  softplus: [-60, 10, (x) => x > -745.13],
  erf: [-1074, 2, (x) => Math.abs(x) < 6.5],
  sin: [-100, 29, (x) => Math.abs(x) <= 2 ** 30],
  cos: [-60, 29, (x) => Math.abs(x) <= 2 ** 30],
  tan: [-100, 29, (x) => Math.abs(x) <= 2 ** 30],
  pow: [-1074, 1023, (x) => x > 0],
};
const DENSITY = EXHAUSTIVE ? 400 : 12;

describe("in float64", () => {
  const limit = Number(process.env.GRADKIT_ULP ?? 2);

  test.each(Object.keys(RANGES) as (keyof typeof exact)[])("%s is at most 2 units off what it is exactly", (name) => {
    const [lowest, highest, defined] = RANGES[name];
    const wide = doubles(lowest, highest, Math.ceil(DENSITY / (highest - lowest > 500 ? 6 : 1)));
    const dense = doubles(-6, 9, 4 * DENSITY);
    const branches = [...BRANCHES, ...MULTIPLES].flatMap((x) => around64(x, EXHAUSTIVE ? 20 : 1));
    const values = [...wide, ...dense, ...branches].filter((x) => x !== 0 && defined(x));
    const powers = values.map((x, i) => (mixed(7 * i) * 1400 - 700) / (Math.log(x) || 1));
    const results = name === "pow" ? compiled(name, "float64")(values, powers) : compiled(name, "float64")(values);
    let most = { ulp: 0, at: -1 };
    values.forEach((x, i) => {
      const ulp = Number.isFinite(results[i]) ? ulpsOff(results[i]!, exact[name](x, powers[i]!)) : Infinity;
      if (ulp > most.ulp) most = { ulp, at: i };
    });
    if (EXHAUSTIVE) process.stdout.write(`${name} in float64: ${most.ulp} units at ${values[most.at]}\n`);
    expect(most.ulp, `${name}(${values[most.at]}) = ${results[most.at]}`).toBeLessThanOrEqual(limit);
  }, 600_000);

  test("so small an argument that it is the result comes back, with its sign", () => {
    const tiny = [...doubles(-1074, -100, 1), 5e-324, -5e-324, 0, -0];
    for (const name of ["expm1", "log1p", "tanh", "sin", "tan"] as const) {
      expect(Array.from(compiled(name, "float64")(tiny)), name).toEqual(tiny);
    }
    for (const name of ["exp", "cos"] as const) {
      expect(new Set(compiled(name, "float64")(tiny)), name).toEqual(new Set([1]));
    }
  });
});

const BLOCK = 1 << 20;

describe.runIf(EXHAUSTIVE)("over every float32", () => {
  const names = ["exp", "log", "tanh", "sigmoid", "expm1", "log1p", "softplus", "erf"] as const;

  test.each(names)("%s is at most 2 units off", async (name) => {
    const [run, f] = [onLanes(name, "float32", BLOCK), reference[name]];
    const words = new Uint32Array(BLOCK);
    const values = new Float32Array(words.buffer);
    let most = { ulp: 0, x: NaN };
    for (let start = 0; start < 2 ** 32; start += BLOCK) {
      for (let i = 0; i < BLOCK; i++) words[i] = start + i;
      const results: TypedArray = run(values);
      for (let i = 0; i < BLOCK; i++) {
        const [a, b] = [results[i]!, f(values[i]!)];
        if (a === Math.fround(b) || (a !== a && b !== b)) continue;
        const ulp = Math.abs(a - b) / spacing(b, 24);
        if (!(ulp <= most.ulp)) most = { ulp: Number.isNaN(ulp) ? Infinity : ulp, x: values[i]! };
      }
    }
    process.stdout.write(`${name} in float32: ${most.ulp} units at ${most.x}\n`);
    await new Promise((resume) => setTimeout(resume, 50)); // lets the line out
    expect(most.ulp, `at ${most.x}`).toBeLessThanOrEqual(2);
  }, 3_600_000);
});
