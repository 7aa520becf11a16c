/** A Gaussian process: what is known of a function between the points where it was measured, and how surely. */

/** Measurements: points in [0, 1]ᵈ, and values of mean 0 and variance 1. */
export interface Measured {
  readonly points: readonly Float64Array[];
  readonly values: Float64Array;
  /** Which coordinates name kinds: two of them are 0 apart or 1. */
  readonly kinds: readonly boolean[];
}

/** What the process believes of one point. */
export interface Belief {
  readonly mean: number;
  /** Standard deviation. */
  readonly deviation: number;
}

/** (uᵢ − vᵢ)², or for kinds whether they differ. */
function gap(u: number, v: number, isKind: boolean): number {
  return isKind ? Number(u !== v) : (u - v) ** 2;
}

/** Matérn 5/2 of a squared distance: (1 + √5r + 5r²/3)·e^(−√5r). */
function matern(square: number): number {
  const r = Math.sqrt(5 * square);
  return (1 + r + (r * r) / 3) * Math.exp(-r);
}

/** Logarithms of one length scale for each coordinate, then of the noise's share of the variance. */
type Logs = readonly number[];

const NOISE = { start: Math.log(1e-4), low: Math.log(1e-6), high: Math.log(0.3), spread: 3 };
const LENGTH = { start: Math.log(0.5), low: Math.log(0.02), high: Math.log(20), spread: 1 };
/** Steps of the search for the logs, each tried up and down until nothing improves. */
const STEPS = [1.2, 0.4];
const ROUNDS = 4;

interface Factored {
  /** The logarithm of marginal likelihood and priors, to a constant. */
  readonly evidence: number;
  /** The lower Cholesky factor of K + noise, row by row. */
  readonly factor: Float64Array;
  /** (K + noise)⁻¹·values */
  readonly weights: Float64Array;
  /** The variance by which K is scaled, at its likeliest value. */
  readonly variance: number;
}

/**
 * Regression with kernel σ²·Matérn5/2(r), r² = Σ(uᵢ − vᵢ)²/ℓᵢ², and noise. σ² is at its likeliest value; length scales
 * and noise are where marginal likelihood times log-normal priors is largest, by a search in steps.
 *
 * Source: Rasmussen and Williams 2006, "Gaussian processes for machine learning", algorithm 2.1 and §5.4.1.
 */
export class GaussianProcess {
  private readonly logs: Logs;
  private readonly factored: Factored;

  constructor(private readonly measured: Measured) {
    const gaps = gapsOf(measured);
    let logs: Logs = [...measured.kinds.map(() => LENGTH.start), NOISE.start];
    let best = factorise(measured, gaps, logs)!;
    for (const step of STEPS) {
      for (let round = 0, improved = true; improved && round < ROUNDS; round++) {
        improved = false;
        for (let i = 0; i < logs.length; i++) {
          for (const change of [step, -step]) {
            const next = logs.with(i, within(logs[i]! + change, i === logs.length - 1 ? NOISE : LENGTH));
            const found = next[i] === logs[i] ? null : factorise(measured, gaps, next);
            if (found === null || !(found.evidence > best.evidence + 1e-9)) continue;
            [logs, best, improved] = [next, found, true];
            break;
          }
        }
      }
    }
    this.logs = logs;
    this.factored = best;
  }

  /** What is believed of a point. */
  at(point: Float64Array): Belief {
    const { points, kinds } = this.measured;
    const { factor, weights, variance } = this.factored;
    const n = points.length;
    const scales = this.logs.map((log) => Math.exp(-2 * log));
    const solved = new Float64Array(n);
    let mean = 0;
    let explained = 0;
    for (let i = 0; i < n; i++) {
      let square = 0;
      for (let s = 0; s < kinds.length; s++) square += gap(point[s]!, points[i]![s]!, kinds[s]!) * scales[s]!;
      const k = matern(square);
      mean += k * weights[i]!;
      let rest = k;
      for (let j = 0; j < i; j++) rest -= factor[i * n + j]! * solved[j]!;
      solved[i] = rest / factor[i * n + i]!;
      explained += solved[i]! ** 2;
    }
    return { mean, deviation: Math.sqrt(variance * Math.max(1 - explained, 1e-10)) };
  }
}

function within(log: number, { low, high }: typeof LENGTH): number {
  return Math.min(high, Math.max(low, log));
}

/** The gap of each pair of points in each coordinate. */
function gapsOf({ points, kinds }: Measured): Float64Array[] {
  const n = points.length;
  return kinds.map((isKind, s) => {
    const gaps = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) gaps[i * n + j] = gap(points[i]![s]!, points[j]![s]!, isKind);
    }
    return gaps;
  });
}

/** Null where rounding leaves the matrix without a factor. */
function factorise({ values }: Measured, gaps: readonly Float64Array[], logs: Logs): Factored | null {
  const n = values.length;
  const noise = Math.exp(logs.at(-1)!);
  const factor = new Float64Array(n * n);
  const scales = gaps.map((_, s) => Math.exp(-2 * logs[s]!));
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let square = 0;
      for (let s = 0; s < gaps.length; s++) square += gaps[s]![i * n + j]! * scales[s]!;
      let rest = i === j ? 1 + noise : matern(square);
      for (let k = 0; k < j; k++) rest -= factor[i * n + k]! * factor[j * n + k]!;
      if (i !== j) factor[i * n + j] = rest / factor[j * n + j]!;
      else if (rest > 0) factor[i * n + i] = Math.sqrt(rest);
      else return null;
    }
    logDeterminant += 2 * Math.log(factor[i * n + i]!);
  }
  const weights = solve(factor, values);
  const variance = Math.max(values.reduce((sum, value, i) => sum + value * weights[i]!, 0) / n, 1e-12);
  const priors = logs.reduce((sum, log, i) => {
    const { start, spread } = i === logs.length - 1 ? NOISE : LENGTH;
    return sum - ((log - start) / spread) ** 2 / 2;
  }, 0);
  return { evidence: priors - (n * Math.log(variance) + logDeterminant) / 2, factor, weights, variance };
}

/** Solves L·Lᵀ·x = b. */
function solve(factor: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) x[i]! -= factor[i * n + j]! * x[j]!;
    x[i]! /= factor[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i]! -= factor[j * n + i]! * x[j]!;
    x[i]! /= factor[i * n + i]!;
  }
  return x;
}
