/**
 * The scalar functions as loops over registers: stretches of one array of doubles, so that one check of its type serves
 * all.
 */

import type { ScalarOp } from "../../scalar/expr";
import { erf, pow, round, sigmoid, softplus } from "./scalar";

/** w[out + i] = f(w[a + i], w[b + i], w[c + i]) for i < n; registers may coincide, but not overlap otherwise. */
export type Loop = (w: Float64Array, out: number, a: number, b: number, c: number, n: number) => void;

/**
 * One loop per scalar function. What chooses between two values chooses between two positions, by arithmetic on the
 * outcome of a comparison: a branch that the processor guesses wrong every other time costs more than everything else.
 */
export const LOOPS = {
  neg: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = -w[a + i]!;
  },
  abs: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = Math.abs(w[a + i]!);
  },
  sign: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) {
      const x = w[a + i]!;
      const sign = Number(x > 0) - Number(x < 0);
      w[out + i] = sign === 0 ? x : sign;
    }
  },
  exp: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = Math.exp(w[a + i]!);
  },
  expm1: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = Math.expm1(w[a + i]!);
  },
  log: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = Math.log(w[a + i]!);
  },
  log1p: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = Math.log1p(w[a + i]!);
  },
  sqrt: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = Math.sqrt(w[a + i]!);
  },
  sin: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = Math.sin(w[a + i]!);
  },
  cos: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = Math.cos(w[a + i]!);
  },
  tan: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = Math.tan(w[a + i]!);
  },
  tanh: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = Math.tanh(w[a + i]!);
  },
  sigmoid: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = sigmoid(w[a + i]!);
  },
  softplus: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = softplus(w[a + i]!);
  },
  erf: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = erf(w[a + i]!);
  },
  floor: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = Math.floor(w[a + i]!);
  },
  ceil: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = Math.ceil(w[a + i]!);
  },
  round: (w, out, a, _b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = round(w[a + i]!);
  },
  add: (w, out, a, b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = w[a + i]! + w[b + i]!;
  },
  sub: (w, out, a, b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = w[a + i]! - w[b + i]!;
  },
  mul: (w, out, a, b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = w[a + i]! * w[b + i]!;
  },
  div: (w, out, a, b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = w[a + i]! / w[b + i]!;
  },
  pow: (w, out, a, b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = pow(w[a + i]!, w[b + i]!);
  },
  minimum: (w, out, a, b, _c, n) => {
    for (let i = 0; i < n; i++) {
      const x = w[a + i]!;
      const y = w[b + i]!;
      w[out + i] = w[i + a + (b - a) * (Number(y < x) | Number(y !== y))]!;
    }
  },
  maximum: (w, out, a, b, _c, n) => {
    for (let i = 0; i < n; i++) {
      const x = w[a + i]!;
      const y = w[b + i]!;
      w[out + i] = w[i + a + (b - a) * (Number(y > x) | Number(y !== y))]!;
    }
  },
  equal: (w, out, a, b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = Number(w[a + i]! === w[b + i]!);
  },
  less: (w, out, a, b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = Number(w[a + i]! < w[b + i]!);
  },
  lessEqual: (w, out, a, b, _c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = Number(w[a + i]! <= w[b + i]!);
  },
  select: (w, out, a, b, c, n) => {
    for (let i = 0; i < n; i++) w[out + i] = w[i + c + (b - c) * Number(w[a + i]! !== 0)]!;
  },
} satisfies Record<ScalarOp, Loop>;

/** The product of two int32, modulo 2³²: a product of doubles would lose its low bits. */
export const multiplyIntegers: Loop = (w, out, a, b, _c, n) => {
  for (let i = 0; i < n; i++) w[out + i] = Math.imul(w[a + i]!, w[b + i]!);
};

/**
 * The power of two int32, modulo 2³² for exponents ≥ 0; a negative exponent gives the fraction, which storing
 * truncates.
 */
export const raiseIntegers: Loop = (w, out, a, b, _c, n) => {
  for (let i = 0; i < n; i++) {
    let base = w[a + i]!;
    let exponent = w[b + i]!;
    let result = 1;
    if (exponent < 0) result = pow(base, exponent);
    else {
      for (; exponent > 0; exponent = Math.floor(exponent / 2)) {
        if (exponent % 2 === 1) result = Math.imul(result, base);
        base = Math.imul(base, base);
      }
    }
    w[out + i] = result;
  }
};
