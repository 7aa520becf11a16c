/**
 * sin, cos and tan for two doubles at a time, in full precision or in that of float32, for arguments up to 2³⁰. The
 * polynomials are those of fdlibm (Sun Microsystems 1993) and of FreeBSD's float kernels.
 */

import type { FunctionBuilder } from "./assembler";
import { convertElement } from "./element";
import { LANES, type LaneType } from "./laneTypes";
import { SHIFT } from "./math64";
import type { Floats, Vec } from "./vector";

/** How far the argument may be from 0; beyond, JavaScript's own functions are asked. */
const RANGE = 2 ** 30;
/** π/2 in parts of 23 bits, whose multiples up to 2³⁰ are exact, and the rest. */
const PARTS = [1.570796251296997, 7.549789415861596e-8, 5.390302529957765e-15, 3.2820035428735005e-22] as const;

const SIN = [
  8.33333333332248946124e-3, -1.98412698298579493134e-4, 2.75573137070700676789e-6, -2.50507602534068634195e-8,
  1.58969099521155010221e-10,
];
const SIN_THIRD = -1.66666666666666324348e-1;
const COS = [
  4.16666666666666019037e-2, -1.38888888888741095749e-3, 2.48015872894767294178e-5, -2.75573143513906633035e-7,
  2.08757232129817482790e-9, -1.13596475577881948265e-11,
];
const SIN_FLOAT = [
  1, -0.166666666416265235595, 8.3333293858894631756e-3, -1.98393348360966317347e-4, 2.7183114939898219064e-6,
];
const COS_FLOAT = [
  1, -0.499999997251031003120, 4.16666233237390631894e-2, -1.38867637746099294692e-3, 2.43904487962774090654e-5,
];

/** A rounded number and, in full precision, what the rounding lost. */
interface Rounded {
  readonly high: Vec;
  readonly low: Vec | null;
}

/** sin and cos of x − n·π/2, and n in the low halves. */
interface Turned {
  readonly n: Vec;
  readonly sin: Rounded;
  readonly cos: Rounded;
}

function turn(v: Floats, x: Vec, precise: boolean): Turned {
  const shifted = v.add(v.mul(x, v.num(2 / Math.PI)), v.num(SHIFT));
  const whole = v.sub(shifted, v.num(SHIFT));
  const part = (i: 0 | 1 | 2 | 3): Vec => v.mul(whole, v.num(PARTS[i]));
  const near = v.sub(v.sub(x, part(0)), part(1));
  if (!precise) {
    const r = v.sub(near, part(2));
    const square = v.mul(r, r);
    const sin = { high: v.mul(r, v.poly(square, SIN_FLOAT)), low: null };
    return { n: shifted, sin, cos: { high: v.poly(square, COS_FLOAT), low: null } };
  }
  // near − part 2 as a rounded difference and what the rounding lost (Knuth's two-sum)
  const third = part(2);
  const high = v.sub(near, third);
  const used = v.sub(near, high);
  const lost = v.add(v.sub(near, v.add(high, used)), v.sub(used, third));
  const low = v.sub(lost, part(3));
  const r = v.add(high, low);
  return { n: shifted, ...sinCos(v, r, v.sub(low, v.sub(r, high))) };
}

/** sin and cos of r + y for |r| ≤ π/4 and y below the last place of r. */
function sinCos(v: Floats, r: Vec, y: Vec): { sin: Rounded; cos: Rounded } {
  const z = v.mul(r, r);
  const cube = v.mul(z, r);
  const s = v.mul(z, v.sub(v.mul(y, v.num(0.5)), v.mul(cube, v.poly(z, SIN))));
  const less = v.sub(v.sub(s, y), v.mul(cube, v.num(SIN_THIRD)));
  const sin = v.sub(r, less);
  const half = v.mul(z, v.num(0.5));
  const w = v.sub(v.num(1), half);
  const rest = v.sub(v.mul(z, v.mul(z, v.poly(z, COS))), v.mul(r, y));
  const more = v.add(v.sub(v.sub(v.num(1), w), half), rest);
  const cos = v.add(w, more);
  return {
    sin: { high: sin, low: v.sub(v.sub(r, sin), less) },
    cos: { high: cos, low: v.add(v.sub(w, cos), more) },
  };
}

/** Lanes of ones where n is odd. */
function isOdd({ graph }: Floats, n: Vec): Vec {
  const one = graph.integers(1, 0);
  return graph.op("i64x2.eq", graph.op("v128.and", n, one), one);
}

/** The sign bit where n modulo 4 is 2 or 3. */
function turnedSign({ graph }: Floats, n: Vec): Vec {
  return graph.shift("i64x2.shl", graph.op("v128.and", n, graph.integers(2, 0)), 62);
}

/** So small that it is x, it is x: with its sign, even of 0. */
function nearZero(v: Floats, x: Vec, y: Vec): Vec {
  return v.pick(v.compare("lt", v.one("abs", x), v.num(2 ** -27)), x, y);
}

const EXTRACT = {
  float32: "f32x4.extract_lane",
  float64: "f64x2.extract_lane",
  int32: "i32x4.extract_lane",
} as const;
const REPLACE = {
  float32: "f32x4.replace_lane",
  float64: "f64x2.replace_lane",
  int32: "i32x4.replace_lane",
} as const;

/** At the start of a function of one vector: leaves it where any number is out of range, lane by lane. */
export function leaveFar(f: FunctionBuilder, lanes: LaneType, host: "sin" | "cos" | "tan"): void {
  const x = f.params[0]!;
  f.get(x);
  if (lanes === "float32") f.op("f32x4.abs").f32x4(RANGE).op("f32x4.gt");
  else if (lanes === "float64") f.op("f64x2.abs").f64x2(RANGE).op("f64x2.gt");
  else f.i32x4(RANGE).op("i32x4.gt_s").get(x).i32x4(-RANGE).op("i32x4.lt_s").op("v128.or");
  f.op("v128.any_true");
  f.if(() => {
    f.get(x);
    for (let lane = 0; lane < LANES[lanes]; lane++) {
      f.get(x).lane(EXTRACT[lanes], lane);
      if (lanes !== "float64") convertElement(f, lanes, "float64");
      f.callHost(host);
      if (lanes !== "float64") convertElement(f, "float64", lanes);
      f.lane(REPLACE[lanes], lane);
    }
    f.op("return");
  });
}

/** sin x */
export function sin64(v: Floats, x: Vec, precise: boolean): Vec {
  const { n, sin, cos } = turn(v, x, precise);
  const signed = v.graph.op("v128.xor", v.pick(isOdd(v, n), cos.high, sin.high), turnedSign(v, n));
  return nearZero(v, x, signed);
}

/** cos x = sin(x + π/2) */
export function cos64(v: Floats, x: Vec, precise: boolean): Vec {
  const { n, sin, cos } = turn(v, x, precise);
  const next = v.graph.op("i32x4.add", n, v.graph.integers(1));
  return v.graph.op("v128.xor", v.pick(isOdd(v, n), sin.high, cos.high), turnedSign(v, next));
}

/** tan x = sin x / cos x; what rounding took from either is put back into the quotient. */
export function tan64(v: Floats, x: Vec, precise: boolean): Vec {
  const { n, sin, cos } = turn(v, x, precise);
  const odd = isOdd(v, n);
  const sign = v.graph.op("v128.and", odd, v.num(-0));
  const divisor = v.pick(odd, sin.high, cos.high);
  let quotient = v.div(v.pick(odd, cos.high, sin.high), divisor);
  if (sin.low !== null && cos.low !== null) {
    const missing = v.sub(v.pick(odd, cos.low, sin.low), v.mul(quotient, v.pick(odd, sin.low, cos.low)));
    quotient = v.add(quotient, v.div(missing, divisor));
  }
  const signed = v.graph.op("v128.xor", quotient, sign);
  return nearZero(v, x, signed);
}
