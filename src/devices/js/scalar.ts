/** The scalar functions that Math lacks or has otherwise: exact at their corners, free of overflow. */

/** 1 / (1 + e⁻ˣ), each side from the exponential that cannot overflow. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** log(1 + eˣ) = max(x, 0) + log(1 + e⁻|ˣ|) */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Half of 2⁵³: adding it and taking it away rounds by the rule of the arithmetic itself, halves to even. */
const SHIFT = 2 ** 52;

/** To the nearest whole number, halves to the even one; the sign of zero stays. */
export function round(x: number): number {
  const size = Math.abs(x);
  if (!(size < SHIFT)) return x;
  const whole = size + SHIFT - SHIFT;
  return x < 0 || Object.is(x, -0) ? -whole : whole;
}

/** aᵇ as IEEE 754 has it: 1 to any power is 1, and so is −1 to an infinite one (Math.pow says NaN). */
export function pow(a: number, b: number): number {
  if (a === 1 || (a === -1 && (b === Infinity || b === -Infinity))) return 1;
  return Math.pow(a, b);
}

/**
 * erf x = 2/√π ∫₀ˣ e^(−t²) dt, to about one unit in the last place: x·P(x²)/Q(x²) near 0, else 1 − e^(−x²)·P(x)/Q(x),
 * and
 * beyond 4 with 1/x² in place of x. Source: W. J. Cody 1969, "Rational Chebyshev approximations for the error
 * function", Math. Comp. 23.
 */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.46875) return x * near(x * x);
  if (size > 6) return x > 0 ? 1 : -1;
  if (!(size <= 6)) return x;
  const rest = Math.exp(-x * x) * (size <= 4 ? middle(size) : far(size));
  return x > 0 ? 1 - rest : rest - 1;
}

function near(z: number): number {
  const p =
    (((1.85777706184603153e-1 * z + 3.1611237438705656) * z + 1.13864154151050156e2) * z + 3.77485237685302021e2) * z;
  const q = (((z + 2.36012909523441209e1) * z + 2.44024637934444173e2) * z + 1.28261652607737228e3) * z;
  return (p + 3.20937758913846947e3) / (q + 2.84423683343917062e3);
}

const MIDDLE_P = [
  2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2,
  8.8195222124176909e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
];
const MIDDLE_Q = [
  1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3,
  4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
];
const FAR_P = [
  1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
  1.60837851487422766e-2, 6.58749161529837803e-4,
];
const FAR_Q = [
  1, 2.56852019228982242, 1.87295284992346047, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3,
];

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = 0; i < coefficients.length; i++) sum = sum * x + coefficients[i]!;
  return sum;
}

function middle(x: number): number {
  return polynomial(MIDDLE_P, x) / polynomial(MIDDLE_Q, x);
}

function far(x: number): number {
  const z = 1 / (x * x);
  return (1 / Math.sqrt(Math.PI) - (z * polynomial(FAR_P, z)) / polynomial(FAR_Q, z)) / x;
}
