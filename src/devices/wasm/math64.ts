/**
 * Exponentials and logarithms for two doubles at a time, at most two units in the last place off. The polynomials are
 * those of fdlibm (Sun Microsystems 1993); where it branches, both sides are computed and picked from.
 */

import { logAtEdges } from "./math32";
import type { Floats, Vec } from "./vector";

/** Adding it rounds to a whole number, which then stands in the low bits: 1.5·2⁵². */
export const SHIFT = 6755399441055744;
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

const EXPM1 = [
  1, -3.33333333333331316428e-2, 1.58730158725481460165e-3, -7.93650757867487942473e-5, 4.00821782732936239552e-6,
  -2.01099218183624371326e-7,
];
const LOG = [
  6.66666666666673513e-1, 3.999999999940941908e-1, 2.857142874366239149e-1, 2.222219843214978396e-1,
  1.818357216161805012e-1, 1.531383769920937332e-1, 1.479819860511658591e-1,
];

/** x = n·ln 2 + r: n in the low halves of the lanes, and eʳ − 1 with the error of r taken back. */
function reduce(v: Floats, x: Vec): { n: Vec; g: Vec } {
  const shifted = v.add(v.mul(x, v.num(Math.LOG2E)), v.num(SHIFT));
  const whole = v.sub(shifted, v.num(SHIFT));
  const high = v.sub(x, v.mul(whole, v.num(LN2_HIGH)));
  const low = v.mul(whole, v.num(LN2_LOW));
  const r = v.sub(high, low);
  const lost = v.sub(v.sub(high, r), low);
  const half = v.mul(r, v.num(0.5));
  const square = v.mul(r, half);
  const r1 = v.poly(square, EXPM1);
  const t = v.sub(v.num(3), v.mul(r1, half));
  const e = v.mul(square, v.div(v.sub(r1, t), v.sub(v.num(6), v.mul(r, t))));
  const error = v.sub(v.sub(v.mul(r, v.sub(e, lost)), lost), square);
  return { n: shifted, g: v.sub(r, error) };
}

/** 2ⁿ for n in the low halves, −1022 … 1023 */
function powerOfTwo(v: Floats, n: Vec): Vec {
  return v.graph.shift("i64x2.shl", v.graph.op("i32x4.add", n, v.graph.integers(1023)), 52);
}

/** x·2ⁿ for n in the low halves; applied in two steps, so that denormal results are rounded once. */
export function timesPower(v: Floats, x: Vec, n: Vec): Vec {
  const half = v.graph.shift("i32x4.shr_s", n, 1);
  const rest = v.graph.op("i32x4.sub", n, half);
  return v.mul(v.mul(x, powerOfTwo(v, half)), powerOfTwo(v, rest));
}

/** eˣ */
export function exp64(v: Floats, x: Vec): Vec {
  const { n, g } = reduce(v, v.clamp(x, -746, 710));
  return timesPower(v, v.add(v.num(1), g), n);
}

/** eˣ − 1 = 2·(2ⁿ⁻¹ − ½ + 2ⁿ⁻¹·g); so small that it is x, it is x. */
export function expm164(v: Floats, x: Vec): Vec {
  const { n, g } = reduce(v, v.clamp(x, -50, 710));
  const power = powerOfTwo(v, v.graph.op("i32x4.sub", n, v.graph.integers(1)));
  const half = v.add(v.sub(power, v.num(0.5)), v.mul(power, g));
  return v.pick(v.compare("lt", v.one("abs", x), v.num(2 ** -54)), x, v.add(half, half));
}

/** The bits of √½ in the upper half of a double, with those that a mantissa never has. */
const ROOT_HALF = 0x3fe6a09e;
const ONE = 0x3ff00000;
/** 2⁵² + 1023: what stands before an exponent that is put in the mantissa's low bits. */
const EXPONENT = 2 ** 52 + 1023;

/** u = 2ᵏ·m for u > 0, finite, with m from √½ to √2. */
export function splitMantissa(v: Floats, u: Vec): { k: Vec; m: Vec } {
  const { graph } = v;
  const tiny = v.compare("lt", u, v.num(2 ** -1022));
  const normal = v.pick(tiny, v.mul(u, v.num(2 ** 54)), u);
  const bits = graph.op("i32x4.add", normal, graph.integers(0, ONE - ROOT_HALF));
  const exponent = graph.op("v128.or", graph.shift("i64x2.shr_u", bits, 52), graph.integers(0, 0x43300000));
  const k = v.sub(v.sub(exponent, v.num(EXPONENT)), graph.op("v128.and", tiny, v.num(54)));
  const mantissa = graph.op("v128.and", bits, graph.integers(-1, 0xfffff));
  return { k, m: graph.op("i32x4.add", mantissa, graph.integers(0, ROOT_HALF)) };
}

/** log u + c for u > 0, finite. */
function logOf(v: Floats, u: Vec, c: Vec | null): Vec {
  const { k, m } = splitMantissa(v, u);
  const f = v.sub(m, v.num(1));
  const halfSquare = v.mul(v.mul(f, f), v.num(0.5));
  const s = v.div(f, v.add(f, v.num(2)));
  const z = v.mul(s, s);
  const rest = v.mul(z, v.poly(z, LOG));
  const low = v.mul(k, v.num(LN2_LOW));
  const small = v.add(v.mul(s, v.add(halfSquare, rest)), c === null ? low : v.add(low, c));
  return v.sub(v.mul(k, v.num(LN2_HIGH)), v.sub(v.sub(halfSquare, small), f));
}

/** log x */
export function log64(v: Floats, x: Vec): Vec {
  return logAtEdges(v, x, logOf(v, x, null));
}

/** log(1 + x), with what 1 + x rounds away put back; so small that it is x, it is x. */
export function log1p64(v: Floats, x: Vec): Vec {
  const u = v.add(x, v.num(1));
  const lost = v.pick(v.compare("gt", x, v.num(1)), v.sub(v.num(1), v.sub(u, x)), v.sub(x, v.sub(u, v.num(1))));
  const log = logAtEdges(v, u, logOf(v, u, v.div(lost, u)));
  return v.pick(v.compare("lt", v.one("abs", x), v.num(2 ** -54)), x, log);
}

/** (tanh x − x)/x³ as a quotient in x², for |x| < 0.625. Source: S. L. Moshier, Cephes. */
const TANH_P = [-1.61468768441708447952e3, -9.92877231001918586564e1, -9.64399179425052238628e-1];
const TANH_Q = [4.84406305325125486048e3, 2.23548839060100448583e3, 1.12811678491632931402e2, 1];

/** x + x³·P/Q near 0, else 1 − 2/(e²|ˣ| + 1) */
export function tanh64(v: Floats, x: Vec): Vec {
  const size = v.one("abs", x);
  const square = v.mul(x, x);
  const near = v.compare("lt", size, v.num(0.625));
  const bounded = v.graph.op("f64x2.pmin", size, v.num(22));
  const far = v.add(exp64(v, v.add(bounded, bounded)), v.num(1));
  const quotient = v.div(v.pick(near, v.poly(square, TANH_P), v.num(2)), v.pick(near, v.poly(square, TANH_Q), far));
  const small = v.add(x, v.mul(v.mul(x, square), quotient));
  return v.copySign(v.pick(near, small, v.sub(v.num(1), quotient)), x);
}

/** 1/(1 + e⁻ˣ), as `sigmoid32` */
export function sigmoid64(v: Floats, x: Vec): Vec {
  const { graph } = v;
  const { n, g } = reduce(v, v.clamp(v.one("neg", x), -60, 746));
  const bounded = graph.op("i32x4.min_s", n, graph.integers(1022, 0));
  const power = powerOfTwo(v, bounded);
  const larger = graph.op("f64x2.pmax", power, v.num(1));
  const smaller = graph.op("f64x2.pmin", power, v.num(1));
  const rest = v.add(smaller, v.mul(power, g));
  const sum = v.add(larger, rest);
  const lost = v.sub(rest, v.sub(sum, larger));
  const quotient = v.div(v.num(1), sum);
  const exact = v.sub(quotient, v.mul(quotient, v.mul(quotient, lost)));
  return v.mul(exact, powerOfTwo(v, graph.op("i32x4.sub", bounded, n)));
}

/** max(x, 0) + log(1 + e⁻|ˣ|) */
export function softplus64(v: Floats, x: Vec): Vec {
  const log = log1p64(v, exp64(v, v.one("neg", v.one("abs", x))));
  return v.add(v.graph.op("f64x2.pmax", x, v.num(0)), log);
}

/** Minimax polynomials to 36 bits: eʳ for |r| ≤ ½ ln 2, and log((1 + s)/(1 − s))/s in s² for s ≤ ⅓. */
const EXP_FLOAT = [
  0.9999999999616653, 1.0000000002432246, 0.50000001045862, 0.16666665125491129, 0.04166622527803607,
  0.008333561145541285, 0.0013948193303737184, 0.0001977517084387287,
];
const LOG_FLOAT = [
  2.0000000000050284, 0.6666666622729235, 0.4000006254318109, 0.2856810251406478, 0.22305880129566918,
  0.1711650090383926, 0.21878709735799695,
];

/** The same in the precision of float32: log(1 + e) = log((1 + s)/(1 − s)) with s = e/(e + 2). */
export function softplusFloat(v: Floats, x: Vec): Vec {
  const bounded = v.graph.op("f64x2.pmax", v.one("neg", v.one("abs", x)), v.num(-150));
  const shifted = v.add(v.mul(bounded, v.num(Math.LOG2E)), v.num(SHIFT));
  const r = v.sub(bounded, v.mul(v.sub(shifted, v.num(SHIFT)), v.num(Math.LN2)));
  const e = v.mul(v.poly(r, EXP_FLOAT), powerOfTwo(v, shifted));
  const s = v.div(e, v.add(e, v.num(2)));
  return v.add(v.graph.op("f64x2.pmax", x, v.num(0)), v.mul(s, v.poly(v.mul(s, s), LOG_FLOAT)));
}
