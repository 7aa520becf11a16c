/** Scalar functions of doubles to hundreds of bits, in whole-number arithmetic: what a result in float64 is held to. */

/** Numbers are whole multiples of 2^−BITS. */
const BITS = 320;
const B = BigInt(BITS);
const ONE = 1n << B;

const mul = (a: bigint, b: bigint): bigint => (a * b) >> B;
const div = (a: bigint, b: bigint): bigint => (a << B) / b;

/** A double as mantissa·2^exponent. */
function partsOf(x: number): { mantissa: bigint; exponent: number } {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  const word = bits.getBigUint64(0);
  const field = Number((word >> 52n) & 0x7ffn);
  const fraction = word & 0xfffffffffffffn;
  const size = field === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: word >> 63n === 0n ? size : -size, exponent: Math.max(field, 1) - 1075 };
}

/** a·2^n, rounded down. */
const shifted = (a: bigint, n: number): bigint => (n >= 0 ? a << BigInt(n) : a >> BigInt(-n));

function fixed(x: number): bigint {
  const { mantissa, exponent } = partsOf(x);
  return shifted(mantissa, exponent + BITS);
}

/** 2·(s + s³/3 + s⁵/5 + …) = log((1 + s)/(1 − s)) */
function twiceAtanh(s: bigint): bigint {
  const square = mul(s, s);
  let [power, sum] = [s, 0n];
  for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
    sum += power / n;
    power = mul(power, square);
  }
  return 2n * sum;
}

/** atan(1/n) */
function atanOfInverse(n: bigint): bigint {
  let [power, sum] = [ONE / n, 0n];
  for (let k = 1n, sign = 1n; power !== 0n; k += 2n, sign = -sign) {
    sum += (sign * power) / k;
    power /= n * n;
  }
  return sum;
}

const LN2 = twiceAtanh(ONE / 3n);
const PI = 4n * (4n * atanOfInverse(5n) - atanOfInverse(239n));

/** A positive or negative number a·2^(n − BITS). */
interface Scaled {
  readonly a: bigint;
  readonly n: number;
}

/** eˣ − 1 for a small x, and eˣ as 2ⁿ·(1 + g) for any */
function small(x: bigint): bigint {
  let [term, sum] = [x, 0n];
  for (let k = 2n; term !== 0n && term !== -1n; k++) {
    sum += term;
    term = mul(term, x) / k;
  }
  return sum;
}

function expOf(x: bigint): Scaled {
  const n = (2n * x + LN2) / (2n * LN2) - (x < 0n ? 1n : 0n);
  return { a: ONE + small(x - n * LN2), n: Number(n) };
}

/** The number as a fixed one; what is too small for it counts as 0. */
const plain = ({ a, n }: Scaled): bigint => shifted(a, n);

/** log(1 + f) for f > −1 */
const logOnePlus = (f: bigint): bigint => twiceAtanh(div(f, 2n * ONE + f));

function logOf(x: number): bigint {
  const { mantissa, exponent } = partsOf(x);
  const length = mantissa.toString(2).length;
  const m = shifted(mantissa, BITS - length); // from ½ to 1
  const [k, f] = 3n * m < 2n * ONE ? [exponent + length - 1, 2n * m - ONE] : [exponent + length, m - ONE];
  return BigInt(k) * LN2 + logOnePlus(f);
}

function sinCos(x: number): { sin: bigint; cos: bigint } {
  const value = fixed(x);
  const quarter = (2n * value) / PI;
  const r = value - (quarter * PI) / 2n;
  const [sin, cos] = [0, 1].map((first) => {
    let [term, sum] = [first === 0 ? r : ONE, 0n];
    for (let k = first === 0 ? 2n : 1n; term !== 0n && term !== -1n; k += 2n) {
      sum += term;
      term = -mul(mul(term, r), r) / (k * (k + 1n));
    }
    return sum;
  }) as [bigint, bigint];
  const turn = Number(((quarter % 4n) + 4n) % 4n);
  return [{ sin, cos }, { sin: cos, cos: -sin }, { sin: -sin, cos: -cos }, { sin: -cos, cos: sin }][turn]!;
}

function rootOf(a: bigint): bigint {
  let x = 1n << BigInt(Math.ceil((a.toString(2).length + BITS) / 2) + 1);
  for (;;) {
    const next = (x + (a << B) / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** 2/√π ∫₀ˣ e^(−t²) dt by its series. */
function erfOf(x: bigint): bigint {
  const square = mul(x, x);
  let [term, sum] = [x, 0n];
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    sum += term / (2n * k - 1n);
    term = -mul(term, square) / k;
  }
  return div(2n * sum, rootOf(PI));
}

const sigmoidOf = (x: bigint): Scaled => {
  if (x >= 0n) return { a: div(ONE, ONE + plain(expOf(-x))), n: 0 };
  const { a, n } = expOf(x);
  return { a: div(a, ONE + plain({ a, n })), n };
};

const at = (a: bigint): Scaled => ({ a, n: 0 });

/** The exact functions, for finite arguments at which they are finite. */
export const exact = {
  exp: (x: number) => expOf(fixed(x)),
  expm1: (x: number) => (Math.abs(x) < 0.25 ? at(small(fixed(x))) : at(plain(expOf(fixed(x))) - ONE)),
  log: (x: number) => at(logOf(x)),
  log1p: (x: number) => at(Math.abs(x) < 0.25 ? logOnePlus(fixed(x)) : logOfFixed(ONE + fixed(x))),
  tanh: (x: number) => {
    const t = Math.abs(x) < 0.125 ? small(fixed(-2 * x)) : plain(expOf(fixed(-2 * Math.abs(x)))) - ONE;
    return at(div(Math.abs(x) < 0.125 || x > 0 ? -t : t, t + 2n * ONE));
  },
  sigmoid: (x: number) => sigmoidOf(fixed(x)),
  softplus: (x: number) => {
    if (x > 0) return at(fixed(x) + logOnePlus(plain(expOf(fixed(-x)))));
    const { a, n } = expOf(fixed(x));
    return n < -150 ? { a, n } : at(logOnePlus(plain({ a, n })));
  },
  erf: (x: number): Scaled => {
    if (Math.abs(x) > 2 ** -100) return at(erfOf(fixed(x)));
    const { mantissa, exponent } = partsOf(x);
    return { a: div(2n * shifted(mantissa, BITS - 60), rootOf(PI)), n: exponent + 60 };
  },
  sin: (x: number) => at(sinCos(x).sin),
  cos: (x: number) => at(sinCos(x).cos),
  tan: (x: number) => at(div(sinCos(x).sin, sinCos(x).cos)),
  pow: (x: number, y: number) => expOf(mul(logOf(x), fixed(y))),
};

function logOfFixed(a: bigint): bigint {
  const length = a.toString(2).length;
  return BigInt(length - BITS) * LN2 + logOnePlus(shifted(a, BITS - length) - ONE);
}

/** How far a finite double is from an exact value, in units of the last place of a double there. */
export function ulpsOff(actual: number, { a, n }: Scaled): number {
  const size = a < 0n ? -a : a;
  const last = Math.max(size.toString(2).length - BITS + n - 53, -1074); // the exponent of the last place
  const { mantissa, exponent } = partsOf(actual);
  // both in units of 2^(last − 30)
  const off = shifted(mantissa, exponent - last + 30) - shifted(a, n - BITS - last + 30);
  return Math.abs(Number(off)) / 2 ** 30;
}
