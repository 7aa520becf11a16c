/**
 * erf for two doubles at a time: x + x·P(x²)/Q(x²) near 0, else 1 − e^(−x²)·P(x)/Q(x), at most two units in the last
 * place off. Sources: fdlibm (Sun Microsystems 1993) near 0; W. J. Cody 1969, "Rational Chebyshev approximations for
 * the error function", Math. Comp. 23, elsewhere.
 */

import { exp64 } from "./math64";
import type { Floats, Vec } from "./vector";

const NEAR_P = [
  1.28379167095512558561e-1, -3.25042107247001499370e-1, -2.84817495755985104766e-2, -5.77027029648944159157e-3,
  -2.37630166566501626084e-5,
];
const NEAR_Q = [
  1, 3.97917223959155352819e-1, 6.50222499887672944485e-2, 5.08130628187576562776e-3, 1.32494738004321644526e-4,
  -3.96022827877536812320e-6,
];
const FAR_P = [
  1.23033935479799725e3, 2.05107837782607147e3, 1.71204761263407058e3, 8.8195222124176909e2, 2.98635138197400131e2,
  6.61191906371416295e1, 8.88314979438837594, 5.64188496988670089e-1, 2.15311535474403846e-8,
];
const FAR_Q = [
  1.23033935480374942e3, 3.43936767414372164e3, 4.36261909014324716e3, 3.29079923573345963e3, 1.62138957456669019e3,
  5.37181101862009858e2, 1.17693950891312499e2, 1.57449261107098347e1, 1,
];

/** erf x; from 6 on it is 1 to the last place, and there the far quotient need not be close. */
export function erf64(v: Floats, x: Vec): Vec {
  const size = v.graph.op("f64x2.pmin", v.one("abs", x), v.num(6));
  const square = v.mul(size, size);
  const near = v.compare("lt", size, v.num(0.84375));
  const numerator = v.pick(near, v.poly(square, NEAR_P), v.poly(size, FAR_P));
  const quotient = v.div(numerator, v.pick(near, v.poly(square, NEAR_Q), v.poly(size, FAR_Q)));
  const far = v.sub(v.num(1), v.mul(exp64(v, v.one("neg", square)), quotient));
  return v.pick(near, v.add(x, v.mul(x, quotient)), v.copySign(far, x));
}
