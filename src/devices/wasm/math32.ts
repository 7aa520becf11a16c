/** exp, log, tanh, sigmoid and erf for four floats at a time, at most two units in the last place off. */

import type { Floats, Vec } from "./vector";

/** Adding it to a small number rounds that to a whole one, which then stands in the low bits: 1.5·2²³. */
const SHIFT = 12582912;
const SHIFT_BITS = 0x4b400000;
const LOG2E = Math.LOG2E;
/** ln 2 in two parts; the first has so few bits that its multiples are exact. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = Math.LN2 - LN2_HIGH;

/** Minimax polynomials: (eʳ − 1 − r)/r² for |r| ≤ ½ ln 2. */
const EXP = [0.5, 0.16666576266288757, 0.04166637361049652, 0.008363335393369198, 0.0013941389042884111];
/** (log(1 + f) − f + f²/2)/f³ for 1 + f from √½ to √2. */
const LOG = [
  0.33333319425582886, -0.25000691413879395, 0.20002199709415436, -0.16628198325634003, 0.14183904230594635,
  -0.13098552823066711, 0.1285693198442459, -0.07908274978399277,
];
/** (tanh x − x)/x³ in x², for |x| ≤ 0.63. */
const TANH = [
  -0.3333333432674408, 0.1333330124616623, -0.05395873263478279, 0.021764349192380905, -0.00832829624414444,
  0.002274448052048683,
];

/** (erf x)/x − 1 in x², for |x| ≤ 0.92. */
const ERF = [
  0.12837916612625122, -0.37612634897232056, 0.11283691972494125, -0.02685920149087906, 0.005200546700507402,
  -0.0008137199911288917, 8.34685706649907e-5,
];
/** log(1 − erf x) for x from 0.92 to 4, the closer the more it counts. */
const LOG_ERFC = [
  0.00017323935753665864, -1.129508137702942, -0.6333602666854858, -0.10826579481363297, 0.025110434740781784,
  -0.004167742095887661, 0.0004337959981057793, -2.103896622429602e-5,
];

/** x = n·ln 2 + r with |r| ≤ ½ ln 2: n as integers, and eʳ − 1. */
function reduce(v: Floats, x: Vec): { n: Vec; g: Vec } {
  const shifted = v.add(v.mul(x, v.num(LOG2E)), v.num(SHIFT));
  const whole = v.sub(shifted, v.num(SHIFT));
  const r = v.sub(v.sub(x, v.mul(whole, v.num(LN2_HIGH))), v.mul(whole, v.num(LN2_LOW)));
  const g = v.add(r, v.mul(v.mul(r, r), v.poly(r, EXP)));
  return { n: v.graph.op("i32x4.sub", shifted, v.graph.integers(SHIFT_BITS)), g };
}

/** 2ⁿ for integers −126 … 127 */
function powerOfTwo(v: Floats, n: Vec): Vec {
  return v.graph.shift("i32x4.shl", v.graph.op("i32x4.add", n, v.graph.integers(127)), 23);
}

/** eˣ; the power of two is applied in two steps, so that denormal results are rounded once. */
export function exp32(v: Floats, x: Vec): Vec {
  const { n, g } = reduce(v, v.clamp(x, -105, 89));
  const half = v.graph.shift("i32x4.shr_s", n, 1);
  const rest = v.graph.op("i32x4.sub", n, half);
  return v.mul(v.mul(v.add(v.num(1), g), powerOfTwo(v, half)), powerOfTwo(v, rest));
}

/** The smallest normal number's exponent, and 2²³, by which denormals become normal. */
const NORMAL = 2 ** -126;
/** The bits of √½ and of 1. */
const ROOT_HALF = 0x3f3504f3;
const ONE = 0x3f800000;

/** log x = k·ln 2 + log m with m from √½ to √2. */
export function log32(v: Floats, x: Vec): Vec {
  const { graph } = v;
  const tiny = v.compare("lt", x, v.num(NORMAL));
  const normal = v.pick(tiny, v.mul(x, v.num(2 ** 23)), x);
  const bits = graph.op("i32x4.add", normal, graph.integers(ONE - ROOT_HALF));
  const exponent = graph.op("i32x4.sub", graph.shift("i32x4.shr_s", bits, 23), graph.integers(127));
  const k = v.sub(graph.op("f32x4.convert_i32x4_s", exponent), graph.op("v128.and", tiny, v.num(23)));
  const m = graph.op("i32x4.add", graph.op("v128.and", bits, graph.integers(0x7fffff)), graph.integers(ROOT_HALF));
  const f = v.sub(m, v.num(1));
  const square = v.mul(f, f);
  const small = v.add(v.mul(v.mul(square, f), v.poly(f, LOG)), v.mul(k, v.num(LN2_LOW)));
  const log = v.add(v.add(f, v.sub(small, v.mul(square, v.num(0.5)))), v.mul(k, v.num(LN2_HIGH)));
  return logAtEdges(v, x, log);
}

/** −∞ at 0, NaN below, ∞ at ∞, NaN for NaN; `log` elsewhere. */
export function logAtEdges(v: Floats, x: Vec, log: Vec): Vec {
  const positive = v.compare("gt", x, v.num(0));
  const inside = v.graph.op("v128.and", positive, v.compare("lt", x, v.num(Infinity)));
  const edge = v.pick(v.compare("eq", x, v.num(0)), v.num(-Infinity), v.pick(positive, x, v.num(NaN)));
  return v.pick(inside, log, edge);
}

/** An odd polynomial near 0, else 1 − 2/(e²|ˣ| + 1). */
export function tanh32(v: Floats, x: Vec): Vec {
  const size = v.one("abs", x);
  const square = v.mul(x, x);
  const near = v.add(size, v.mul(v.mul(size, square), v.poly(square, TANH)));
  const bounded = v.graph.op("f32x4.pmin", size, v.num(9.5));
  const { n, g } = reduce(v, v.add(bounded, bounded));
  const e = v.mul(v.add(v.num(1), g), powerOfTwo(v, n));
  const far = v.sub(v.num(1), v.div(v.num(2), v.add(e, v.num(1))));
  return v.copySign(v.pick(v.compare("lt", size, v.num(0.625)), near, far), x);
}

/** An odd polynomial near 0, else 1 − e to a polynomial; from 4 on it is 1 to the last place. */
export function erf32(v: Floats, x: Vec): Vec {
  const size = v.one("abs", x);
  const near = v.add(size, v.mul(size, v.poly(v.mul(x, x), ERF)));
  const { n, g } = reduce(v, v.poly(v.graph.op("f32x4.pmin", size, v.num(4)), LOG_ERFC));
  const far = v.sub(v.num(1), v.mul(v.add(v.num(1), g), powerOfTwo(v, n)));
  return v.copySign(v.pick(v.compare("lt", size, v.num(0.92)), near, far), x);
}

/**
 * 1/(1 + e⁻ˣ) with e⁻ˣ = 2ⁿ + 2ⁿ·g added as larger + (smaller + 2ⁿ·g), and what that rounds away taken from the
 * quotient; powers of two beyond 2¹²⁶ are applied at the end, since the result may be denormal.
 */
export function sigmoid32(v: Floats, x: Vec): Vec {
  const { graph } = v;
  const { n, g } = reduce(v, v.clamp(v.one("neg", x), -30, 105));
  const bounded = graph.op("i32x4.min_s", n, graph.integers(126));
  const power = powerOfTwo(v, bounded);
  const larger = graph.op("f32x4.pmax", power, v.num(1));
  const smaller = graph.op("f32x4.pmin", power, v.num(1));
  const rest = v.add(smaller, v.mul(power, g));
  const sum = v.add(larger, rest);
  const lost = v.sub(rest, v.sub(sum, larger));
  const quotient = v.div(v.num(1), sum);
  const exact = v.sub(quotient, v.mul(quotient, v.mul(quotient, lost)));
  return v.mul(exact, powerOfTwo(v, graph.op("i32x4.sub", bounded, n)));
}
