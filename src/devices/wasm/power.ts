/**
 * aᵇ for two doubles at a time: 2^(b·log₂ a) with the logarithm in two parts, as fdlibm does (Sun Microsystems 1993),
 * and the corners of IEEE 754.
 */

import { SHIFT, splitMantissa, timesPower } from "./math64";
import type { Floats, Vec } from "./vector";

/** 3/2·(log((1 + s)/(1 − s)) − 2s − ⅔s³)/s⁵ in s², a minimax polynomial for |s| ≤ 0.1716. */
const LOG = [
  0.6, 0.4285714285714408, 0.333333333324663, 0.2727272750690074, 0.23076892050782954, 0.20002227766048455,
  0.17558814270050185, 0.17590284409954154,
];
/** 2/(3·ln 2) and its two parts. */
const SCALE = 9.61796693925975554329e-1;
const SCALE_HIGH = 9.61796700954437255859e-1;
const SCALE_LOW = -7.02846165095275826516e-9;
/** ln 2 in two parts. */
const LN2_HIGH = 6.93147182464599609375e-1;
const LN2_LOW = -1.90465429995776804525e-9;
const EXP = [
  1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.65339022054652515390e-6,
  4.13813679705723846039e-8,
];

/** A number as the sum of one with few bits and the rest. */
interface Split {
  readonly high: Vec;
  readonly low: Vec;
}

/** The number with its low 32 bits cut off. */
function cut({ graph }: Floats, x: Vec): Vec {
  return graph.op("v128.and", x, graph.integers(0, -1));
}

/** log₂ x for x > 0, finite. */
function log2(v: Floats, x: Vec): Split {
  const { k, m } = splitMantissa(v, x);
  const { high, low } = log2OfMantissa(v, m);
  const sum = cut(v, v.add(v.add(high, low), k));
  return { high: sum, low: v.sub(low, v.sub(v.sub(sum, k), high)) };
}

/** log₂ m for m from √½ to √2, through s = (m − 1)/(m + 1). */
function log2OfMantissa(v: Floats, m: Vec): Split {
  const f = v.sub(m, v.num(1));
  const inverse = v.div(v.num(1), v.add(m, v.num(1)));
  const s = v.mul(f, inverse);
  const sHigh = cut(v, s);
  const dHigh = cut(v, v.add(m, v.num(1)));
  const dLow = v.sub(m, v.sub(dHigh, v.num(1)));
  const sLow = v.mul(inverse, v.sub(v.sub(f, v.mul(sHigh, dHigh)), v.mul(sHigh, dLow)));
  const z = v.mul(s, s);
  const r = v.add(v.mul(v.mul(z, z), v.poly(z, LOG)), v.mul(sLow, v.add(sHigh, s)));
  const zHigh = v.mul(sHigh, sHigh);
  const tHigh = cut(v, v.add(v.add(zHigh, v.num(3)), r));
  const tLow = v.sub(r, v.sub(v.sub(tHigh, v.num(3)), zHigh));
  const a = v.mul(sHigh, tHigh);
  const b = v.add(v.mul(sLow, tHigh), v.mul(tLow, s));
  const pHigh = cut(v, v.add(a, b));
  const pLow = v.sub(b, v.sub(pHigh, a));
  const high = v.mul(pHigh, v.num(SCALE_HIGH));
  return { high, low: v.add(v.mul(pHigh, v.num(SCALE_LOW)), v.mul(pLow, v.num(SCALE))) };
}

/** 2^(high + low); denormal results are rounded once. */
function exp2(v: Floats, { high, low }: Split): Vec {
  const { graph } = v;
  const whole = v.add(high, low);
  const within = v.compare("lt", v.one("abs", whole), v.num(1100));
  const h = v.pick(within, high, v.clamp(whole, -1100, 1100));
  const l = graph.op("v128.and", low, within);
  const shifted = v.add(v.add(h, l), v.num(SHIFT));
  const p = v.sub(h, v.sub(shifted, v.num(SHIFT)));
  const t = cut(v, v.add(p, l));
  const a = v.mul(t, v.num(LN2_HIGH));
  const b = v.add(v.mul(v.sub(l, v.sub(t, p)), v.num(Math.LN2)), v.mul(t, v.num(LN2_LOW)));
  const z = v.add(a, b);
  const w = v.sub(b, v.sub(z, a));
  const square = v.mul(z, z);
  const c = v.sub(z, v.mul(square, v.poly(square, EXP)));
  const r = v.sub(v.div(v.mul(z, c), v.sub(c, v.num(2))), v.add(w, v.mul(z, w)));
  return timesPower(v, v.sub(v.num(1), v.sub(r, z)), shifted);
}

/** aᵇ; 1 to any power is 1, and so is −1 to an infinite one. */
export function pow64(v: Floats, a: Vec, b: Vec): Vec {
  const { graph } = v;
  const and = (x: Vec, y: Vec): Vec => graph.op("v128.and", x, y);
  const size = v.one("abs", a);
  const log = log2(v, size);
  const y = v.clamp(b, -(2 ** 70), 2 ** 70);
  const yHigh = cut(v, y);
  const low = v.add(v.mul(v.sub(y, yHigh), log.high), v.mul(y, log.low));
  const inside = exp2(v, { high: v.mul(yHigh, log.high), low });

  const rises = v.compare("gt", b, v.num(0));
  const isZero = v.compare("eq", size, v.num(0));
  const isInfinite = v.compare("eq", size, v.num(Infinity));
  const edge = and(graph.op("v128.xor", isZero, rises), v.num(Infinity));
  const power = v.pick(graph.op("v128.or", isZero, isInfinite), edge, inside);

  const isWhole = v.compare("eq", v.one("floor", b), b);
  const half = v.mul(b, v.num(0.5));
  const isOdd = and(isWhole, v.compare("ne", v.one("floor", half), half));
  const signed = graph.op("v128.xor", power, and(and(a, isOdd), v.num(-0)));
  const below = and(v.compare("lt", a, v.num(0)), v.compare("gt", a, v.num(-Infinity)));
  const real = v.pick(graph.op("v128.andnot", below, isWhole), v.num(NaN), signed);
  const known = v.pick(graph.op("v128.or", v.compare("ne", a, a), v.compare("ne", b, b)), v.add(a, b), real);
  const isEndless = v.compare("eq", v.one("abs", b), v.num(Infinity));
  const toOne = and(v.compare("eq", a, v.num(-1)), isEndless);
  const isOne = graph.op("v128.or", v.compare("eq", a, v.num(1)), v.compare("eq", b, v.num(0)));
  return v.pick(graph.op("v128.or", isOne, toOne), v.num(1), known);
}
