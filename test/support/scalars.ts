/**
 * The scalar functions as textbooks write them: an oracle for the derivatives and the devices, for arguments of
 * moderate size.
 */
import type { ScalarOp } from "../../src/scalar/expr";

/** erf x = 2/√π · e^(−x²) · Σ 2ⁿx²ⁿ⁺¹/(2n + 1)!! (Abramowitz and Stegun, 7.1.6) */
function erf(x: number): number {
  if (!(Math.abs(x) < 7)) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

function round(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** What each name means for numbers. */
export const scalars = {
  neg: (a) => -a,
  abs: Math.abs,
  sign: Math.sign,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  tanh: Math.tanh,
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  softplus: (a) => (a > 30 ? a : Math.log1p(Math.exp(a))),
  erf,
  floor: Math.floor,
  ceil: Math.ceil,
  round,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => (a === 1 ? 1 : a ** b),
  minimum: (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? NaN : a < b ? a : b),
  maximum: (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? NaN : a > b ? a : b),
  equal: (a, b) => Number(a === b),
  less: (a, b) => Number(a < b),
  lessEqual: (a, b) => Number(a <= b),
  select: (condition, a, b) => (condition === 0 ? b : a),
} satisfies Record<ScalarOp, (a: number, b: number, c: number) => number>;
