/**
 * Philox4x32-10: four random words from a counter and a key.
 *
 * Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
 */

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;
const ROUNDS = 10;

/** The high 32 bits of the product of two unsigned words, the first given in halves. */
function mulHigh(high: number, low: number, b: number): number {
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const carry = (low * bLow) >>> 16;
  const middle = (high * bLow + carry) >>> 0;
  const other = ((middle & 0xffff) + low * bHigh) >>> 0;
  return (high * bHigh + (middle >>> 16) + (other >>> 16)) | 0;
}

/** Writes the four words (as int32) of counter (c0, c1, c2, c3) under key (k0, k1) to `out`. */
export function philox(c0: number, c1: number, c2: number, c3: number, k0: number, k1: number, out: Int32Array): void {
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = mulHigh(M0 >>> 16, M0 & 0xffff, c0);
    const high1 = mulHigh(M1 >>> 16, M1 & 0xffff, c2);
    const low0 = Math.imul(M0, c0);
    const low1 = Math.imul(M1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}
