/**
 * erf for two doubles at a time: x·P(x²)/Q(x²) near 0, else 1 − e^(−x²)·P(x)/Q(x), at most two units in the last place off.
 * Source: W. J. Cody 1969, "Rational Chebyshev approximations for the error function", Math. Comp. 23.
 */

import { exp64 } from "./math64";
import type { Floats, Vec } from "./vector";

const NEAR_P = [
  3.20937758913846947e3, 3.77485237685302021e2, 1.13864154151050156e2, 3.1611237438705656, 1.85777706184603153e-1,
];
const NEAR_Q = [2.84423683343917062e3, 1.28261652607737228e3, 2.44024637934444173e2, 2.36012909523441209e1, 1];
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
  const near = v.compare("le", size, v.num(0.46875));
  const numerator = v.pick(near, v.poly(square, NEAR_P), v.poly(size, FAR_P));
  const quotient = v.div(numerator, v.pick(near, v.poly(square, NEAR_Q), v.poly(size, FAR_Q)));
  const far = v.sub(v.num(1), v.mul(exp64(v, v.one("neg", square)), quotient));
  return v.pick(near, v.mul(x, quotient), v.copySign(far, x));
}
