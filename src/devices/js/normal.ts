/**
 * Normal numbers from uniform ones, by +, −, ×, ÷, √ and floor alone: every engine and every device gets the same bits,
 * which Math.log and Math.cos do not promise.
 */

/** ln u for u in [2⁻⁵³, 1]: u = m·2ᵉ with m about 1, s = (m − 1)/(m + 1), ln m = 2 artanh s = 2s(1 + s²/3 + …). */
export function logUnit(u: number): number {
  let m = u;
  let e = 0;
  if (m < 2 ** -32) [m, e] = [m * 2 ** 32, e - 32];
  if (m < 2 ** -16) [m, e] = [m * 2 ** 16, e - 16];
  if (m < 2 ** -8) [m, e] = [m * 2 ** 8, e - 8];
  if (m < 2 ** -4) [m, e] = [m * 2 ** 4, e - 4];
  if (m < 2 ** -2) [m, e] = [m * 2 ** 2, e - 2];
  if (m < 2 ** -1) [m, e] = [m * 2, e - 1];
  if (m < Math.SQRT1_2) [m, e] = [m * 2, e - 1];
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let sum = 1 / 21;
  sum = sum * z + 1 / 19;
  sum = sum * z + 1 / 17;
  sum = sum * z + 1 / 15;
  sum = sum * z + 1 / 13;
  sum = sum * z + 1 / 11;
  sum = sum * z + 1 / 9;
  sum = sum * z + 1 / 7;
  sum = sum * z + 1 / 5;
  sum = sum * z + 1 / 3;
  sum = sum * z + 1;
  return 2 * s * sum + e * Math.LN2;
}

/** sin x for |x| ≤ π/4, by Taylor's series. */
function sinNear(x: number): number {
  const z = -x * x;
  let sum = 1 / 355687428096000;
  sum = sum * z + 1 / 1307674368000;
  sum = sum * z + 1 / 6227020800;
  sum = sum * z + 1 / 39916800;
  sum = sum * z + 1 / 362880;
  sum = sum * z + 1 / 5040;
  sum = sum * z + 1 / 120;
  sum = sum * z + 1 / 6;
  sum = sum * z + 1;
  return x * sum;
}

/** cos x for |x| ≤ π/4, by Taylor's series. */
function cosNear(x: number): number {
  const z = -x * x;
  let sum = 1 / 20922789888000;
  sum = sum * z + 1 / 87178291200;
  sum = sum * z + 1 / 479001600;
  sum = sum * z + 1 / 3628800;
  sum = sum * z + 1 / 40320;
  sum = sum * z + 1 / 720;
  sum = sum * z + 1 / 24;
  sum = sum * z + 1 / 2;
  return sum * z + 1;
}

/**
 * Writes two independent normal numbers, from u in (0, 1] and v in [0, 1), to `out` from `at` on:
 * √(−2 ln u)·cos 2πv and √(−2 ln u)·sin 2πv.
 * Source: Box and Muller 1958, "A note on the generation of random normal deviates".
 */
export function boxMuller(u: number, v: number, out: Float64Array, at: number): void {
  const radius = Math.sqrt(-2 * logUnit(u));
  const quarter = Math.floor(4 * v + 0.5);
  const x = 2 * Math.PI * (v - quarter / 4);
  const c = radius * cosNear(x);
  const s = radius * sinNear(x);
  // A quarter of a turn takes (c, s) to (−s, c).
  if (quarter === 1) [out[at], out[at + 1]] = [-s, c];
  else if (quarter === 2) [out[at], out[at + 1]] = [-c, -s];
  else if (quarter === 3) [out[at], out[at + 1]] = [s, -c];
  else [out[at], out[at + 1]] = [c, s];
}
