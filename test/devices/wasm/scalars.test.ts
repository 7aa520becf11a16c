/** Every scalar function on lanes against Math: units in the last place over sweeps of all floats, and the corners. */
import { describe, expect, test } from "vitest";
import { map as jsMap } from "../../../src/devices/js/map";
import { ARITY, type ScalarOp, type Expr, input } from "../../../src/scalar/expr";
import { storageOf, wholeView } from "../../../src/tensor/storage";
import { compiled, worst } from "../../support/lanes";

const COUNT = 1 << 15;

/** What the js device gives, in doubles. */
function expected(op: ScalarOp, args: readonly (readonly number[])[], integers = false): ArrayLike<number> {
  const expr: Expr = { kind: "apply", op, args: args.map((_, i) => input(i)) };
  const shape = [args[0]!.length];
  const views = args.map((values) => wholeView(storageOf("float64", Float64Array.from(values)), shape));
  return jsMap(views, { expr }, { shape, dtype: integers ? "int32" : "float64" });
}

/** Floats evenly over all bit patterns, so over all exponents. */
function allFloats(): number[] {
  const bits = Uint32Array.from({ length: COUNT }, (_, i) => i * (2 ** 32 / COUNT) + ((i * 40503) & 0xffff));
  return Array.from(new Float32Array(bits.buffer));
}

/** Doubles evenly over all exponents, and more of them where functions bend. */
function manyDoubles(): number[] {
  const words = new Uint32Array(2 * COUNT);
  for (let i = 0; i < COUNT; i++) {
    words[2 * i] = Math.imul(i, 2654435761);
    words[2 * i + 1] = i * (2 ** 32 / COUNT) + ((i * 40503) & 0xffff);
  }
  const near = Array.from({ length: COUNT }, (_, i) => Math.sin(i * 1.1) * [0.3, 2, 20, 720][i & 3]!);
  return [...new Float64Array(words.buffer), ...near];
}

const near32 = Array.from({ length: COUNT }, (_, i) => Math.fround(Math.sin(i * 1.1) * [0.5, 2, 20, 100][i & 3]!));
const singles = [...allFloats(), ...near32];
const EDGES = [
  0, -0, Infinity, -Infinity, NaN, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 5e-324, 2 ** -149, -(2 ** -140), 3.5e38,
];
const unary = (Object.keys(ARITY) as ScalarOp[]).filter((op) => ARITY[op] === 1);
const inRange = (op: ScalarOp) => (x: number) => !["sin", "cos", "tan"].includes(op) || !(Math.abs(x) > 2 ** 30);

const show = (value: number | undefined): string => (Object.is(value, -0) ? "-0" : String(value));

/** Math itself may be one unit off. */
const ALLOWED = { float32: 2, float64: 3 } as const;

describe("scalar functions on lanes", () => {
  for (const op of unary) {
    test(`${op} is within two units in the last place over all floats`, () => {
      const values = [...singles, ...EDGES.map(Math.fround)].filter(inRange(op));
      const result = worst(compiled(op, "float32")(values), expected(op, [values]), 24);
      expect(result.ulp, `at ${values[result.at]}`).toBeLessThanOrEqual(ALLOWED.float32);
    });

    test(`${op} is as close over doubles`, () => {
      const values = [...manyDoubles(), ...EDGES].filter(inRange(op));
      const result = worst(compiled(op, "float64")(values), expected(op, [values]), 53);
      expect(result.ulp, `at ${values[result.at]}`).toBeLessThanOrEqual(ALLOWED.float64);
    });
  }

  test("sin, cos and tan of numbers beyond 2³⁰ are those of JavaScript, beside numbers that are not", () => {
    for (const op of ["sin", "cos", "tan"] as const) {
      for (const lanes of ["float32", "float64"] as const) {
        const some = [2 ** 31, -(2 ** 40), Infinity, 0.5, 1, 1e10, -2, 3, 1e30].map(Math.fround);
        const exact = some.map((x) => Math[op](x));
        expect(worst(compiled(op, lanes)(some), exact, lanes === "float32" ? 24 : 53).ulp).toBeLessThanOrEqual(2);
        expect(Array.from(compiled(op, lanes)(some))[2]).toBeNaN();
      }
    }
  });

  test("functions of two arguments have the corners that numbers have", () => {
    const some = [...EDGES, 3, -3, 4, 1e30].map(Math.fround);
    const [a, b] = [some.flatMap((first) => some.map(() => first)), some.flatMap(() => some)];
    for (const op of ["add", "sub", "mul", "div", "pow", "minimum", "maximum", "equal", "less", "lessEqual"] as const) {
      const bound = op === "minimum" ? Math.min : op === "maximum" ? Math.max : null;
      const exact = bound === null ? expected(op, [a, b]) : a.map((first, i) => bound(first, b[i]!));
      for (const lanes of ["float32", "float64"] as const) {
        const result = worst(compiled(op, lanes)(a, b), exact, lanes === "float32" ? 24 : 53);
        expect(result.ulp, `${op}(${show(a[result.at])}, ${show(b[result.at])}) in ${lanes}`).toBeLessThanOrEqual(1);
      }
    }
  });

  test("powers are close over wide ranges", () => {
    const a = Array.from({ length: COUNT }, (_, i) => Math.fround(Math.exp(Math.sin(i) * 40)));
    const b = Array.from({ length: COUNT }, (_, i) => Math.fround(Math.sin(i * 0.7) * 3));
    expect(worst(compiled("pow", "float32")(a, b), expected("pow", [a, b]), 24).ulp).toBeLessThanOrEqual(1);
    expect(worst(compiled("pow", "float64")(a, b), expected("pow", [a, b]), 53).ulp).toBeLessThanOrEqual(3);
  });

  test("integers stay integers", () => {
    const a = [0, 1, -1, 7, -7, 2 ** 30, -(2 ** 31) + 1, 65537];
    const b = [3, -2, -3, 5, 0, 2, 1, 65537];
    for (const op of ["neg", "abs", "sign", "floor", "ceil", "round"] as const) {
      expect(Array.from(compiled(op, "int32")(a)), op).toEqual(Array.from(expected(op, [a], true), (v) => v + 0));
    }
    for (const op of ["add", "sub", "mul", "minimum", "maximum", "equal", "less", "lessEqual", "pow"] as const) {
      expect(Array.from(compiled(op, "int32")(a, b)), op).toEqual(Array.from(expected(op, [a, b], true)));
    }
    expect(Array.from(compiled("select", "int32")(b, a, b))).toEqual(Array.from(expected("select", [b, a, b], true)));
    const small = [1, 2, 3, 4, 9, 16, 100, 1000];
    for (const op of unary) {
      expect(Array.from(compiled(op, "int32")(small.slice(0, 4))), op).toEqual(
        Array.from(expected(op, [small.slice(0, 4)], true)),
      );
    }
    expect(Array.from(compiled("div", "int32")(small, small.map(() => 3)))).toEqual([0, 0, 1, 1, 3, 5, 33, 333]);
  });

  test("select takes any number that is not 0 for true, NaN too", () => {
    const condition = [0, -0, NaN, 2, -1, 1e-40, 0, 1];
    const [yes, no] = [condition.map(() => 1), condition.map(() => 2)];
    expect(Array.from(compiled("select", "float32")(condition, yes, no))).toEqual([2, 2, 1, 1, 1, 1, 2, 1]);
  });
});
