/** Bayesian optimisation: a model of the objective, made of all trials, says where the next one promises most. */

import { checkNumber, checkOptions } from "../check";
import { erf } from "../devices/js/scalar";
import { type Coordinate, coordinatesOf } from "./coordinates";
import { GaussianProcess } from "./gaussianProcess";
import { type Axis, type Point, type SearchParams, type SearchSpace, axesOf, keyOf, pointOf } from "./space";
import { type Outcome, SEARCH_OPTIONS, type SearchOptions, type Searched, type Tried, runSearch, seedOf } from "./study";
import { streamOf } from "./stream";

/** Settings of {@link bayesianSearch}. */
export interface BayesianSearchOptions<P> extends SearchOptions<P> {
  /** How many trials are spread over the space before the model is asked: whole, ≥ 2; default 2 + 2·settings, ≤ 10. */
  initial?: number;
}

/**
 * Models the objective by a Gaussian process and tries where the expected improvement E[max(0, best − f)] is largest;
 * for objectives so costly that few trials can be made.
 *
 * The space is that of {@link randomSearch}; 30 trials unless `trials` says otherwise. The first ones are spread evenly
 * (an additive recurrence, moved by the seed). The model has a Matérn 5/2 kernel with a length scale for each setting;
 * lists of numbers count as ordered by size, other lists as kinds without order, whole numbers as whole. Scores farther
 * from the best than 5 times the median are cut off there, so that very bad ones do not hide the rest; failures count
 * as the worst. No settings are tried twice; a small space may be exhausted. A proposal costs some milliseconds at 20
 * trials, and grows with their cube. What else is said of {@link randomSearch} holds here too.
 *
 * @throws OptionError for a space or options that are wrong, for an objective that gives no number, and where all
 * trials fail.
 *
 * @example
 * ```ts
 * import { bayesianSearch } from "gradkit";
 * const space = { x: { min: -5, max: 5 }, kind: ["plain", "raised"] } as const;
 * const options = { trials: 20, seed: 1 };
 * const found = bayesianSearch(({ x, kind }) => (x - 1) ** 2 + (kind === "raised" ? 1 : 0), space, options);
 * found.params.kind; // → "plain"
 * found.score < 0.01; // → true
 * ```
 *
 * Source: Jones, Schonlau and Welch 1998, "Efficient global optimization of expensive black-box functions"; Snoek,
 * Larochelle and Adams 2012, "Practical Bayesian optimization of machine learning algorithms".
 */
export function bayesianSearch<const S extends SearchSpace, R extends Outcome>(
  objective: (params: SearchParams<S>) => R,
  space: S,
  options: BayesianSearchOptions<SearchParams<S>> = {},
): Searched<R, SearchParams<S>> {
  const where = "bayesianSearch";
  checkOptions(where, options, [...SEARCH_OPTIONS, "initial"]);
  const axes = axesOf(where, space);
  const trials = checkNumber(where, "trials", options.trials ?? 30, { integer: true, min: 1 });
  const fallback = Math.min(10, 2 + 2 * axes.length);
  const initial = checkNumber(where, "initial", options.initial ?? fallback, { integer: true, min: 2 });
  const seed = seedOf(where, options.seed);
  const proposer = new Proposer(axes, seed, initial);
  return runSearch(objective, options, { where, axes, trials, strategy: (tried) => proposer.next(tried) });
}

/** Random points that are looked at, */
const ANYWHERE = 400;
/** points near each of the best trials so far, */
const NEARBY = 40;
/** so many of these, */
const BEST = 4;
/** and steps uphill from the most promising of all. */
const CLIMB = 100;

/** How far from the best trials the n-th point near them may lie. */
const width = (n: number): number => 0.3 * 0.5 ** (n % 6);

class Proposer {
  private readonly coordinates: readonly Coordinate[];
  private readonly size: number;

  constructor(
    private readonly axes: readonly Axis[],
    private readonly seed: number,
    private readonly initial: number,
  ) {
    this.coordinates = axes.map(coordinatesOf);
    this.size = this.coordinates.reduce((product, { count }) => product * count, 1);
  }

  next(tried: readonly Tried[]): Point | "exhausted" {
    const known = new Set(tried.map(({ point }) => keyOf(this.axes, point)));
    if (known.size >= this.size) return "exhausted";
    const random = streamOf(this.seed, tried.length + 1);
    const isNew = (at: Float64Array): boolean => !known.has(keyOf(this.axes, this.decode(at)));
    const spread = this.spread(tried.length);
    const some = tried.some(({ cost }) => cost < Infinity);
    if ((tried.length < this.initial || !some) && isNew(spread)) return this.decode(spread);
    const promising = some ? this.mostPromising(tried, random, isNew) : null;
    if (promising !== null) return this.decode(promising);
    // a small space in which nearly all is known
    for (;;) {
      const at = this.random(random);
      if (isNew(at)) return this.decode(at);
    }
  }

  private mostPromising(
    tried: readonly Tried[],
    random: () => number,
    isNew: (at: Float64Array) => boolean,
  ): Float64Array | null {
    const points = tried.map(({ point }) => this.encode(point));
    const values = warped(tried.map(({ cost }) => cost));
    const process = new GaussianProcess({ points, values, kinds: this.coordinates.map(({ isKind }) => isKind) });
    const best = Math.min(...points.map((point) => process.at(point).mean));
    const top = { at: null as Float64Array | null, promise: -Infinity };
    const consider = (at: Float64Array): void => {
      const { mean, deviation } = process.at(at);
      const promise = logImprovement((best - mean) / deviation) + Math.log(deviation);
      if (promise > top.promise && isNew(at)) [top.at, top.promise] = [at, promise];
    };
    const ranked = [...points.keys()].sort((a, b) => values[a]! - values[b]!).slice(0, BEST);
    for (let n = 0; n < ANYWHERE; n++) consider(this.random(random));
    for (const i of ranked) for (let n = 0; n < NEARBY; n++) consider(this.near(points[i]!, width(n), random));
    for (let n = 0; n < CLIMB && top.at !== null; n++) consider(this.near(top.at, 0.2 * 0.95 ** n, random));
    return top.at;
  }

  private encode(point: Point): Float64Array {
    return Float64Array.from(this.coordinates, ({ encode }, i) => encode(point[this.axes[i]!.name]));
  }

  private decode(at: Float64Array): Point {
    return pointOf(this.axes, (_, i) => this.coordinates[i]!.decode(at[i]!));
  }

  /** The place of the point that numbers in [0, 1] stand for. */
  private snapped(numbers: Float64Array): Float64Array {
    return numbers.map((u, i) => this.coordinates[i]!.encode(this.coordinates[i]!.decode(u)));
  }

  private random(random: () => number): Float64Array {
    return this.snapped(Float64Array.from(this.axes, random));
  }

  /** A point with one or more coordinates changed by about `width`; kinds and small steps are drawn anew. */
  private near(at: Float64Array, width: number, random: () => number): Float64Array {
    const always = Math.floor(random() * at.length);
    return this.snapped(
      at.map((u, i) => {
        if (i !== always && random() > 0.5) return u;
        if (this.coordinates[i]!.isKind) return random();
        const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
        return Math.min(1, Math.max(0, u + Math.max(width, 0.6 / this.coordinates[i]!.count) * normal));
      }),
    );
  }

  /**
   * Point i of an even spread: the fractions of i/φ, i/φ², …, φ the root of φᵈ⁺¹ = φ + 1, moved by the seed.
   * Source: Roberts 2018, "The unreasonable effectiveness of quasirandom sequences".
   */
  private spread(i: number): Float64Array {
    let root = 2;
    for (let round = 0; round < 60; round++) root = (1 + root) ** (1 / (this.axes.length + 1));
    const move = streamOf(this.seed, 0);
    return this.snapped(Float64Array.from(this.axes, (_, s) => (move() + (i + 1) / root ** (s + 1)) % 1));
  }
}

/** How far above the best a cost may lie, in units of the median's distance from it. */
const CUT = 5;

/** Costs as the model takes them: cut off, then moved and scaled to mean 0 and variance 1; failures as the worst. */
function warped(costs: readonly number[]): Float64Array {
  const finite = costs.filter((cost) => cost < Infinity).sort((a, b) => a - b);
  const [low, high] = [finite[0]!, finite.at(-1)!];
  const unit = finite[Math.floor(finite.length / 2)]! - low || high - low || 1;
  const cut = costs.map((cost) => Math.min((Math.min(cost, high) - low) / unit, CUT));
  const mean = cut.reduce((a, b) => a + b, 0) / cut.length;
  const variance = cut.reduce((sum, value) => sum + (value - mean) ** 2, 0) / cut.length;
  return Float64Array.from(cut, (value) => (value - mean) / (Math.sqrt(variance) || 1));
}

/** log(z·Φ(z) + φ(z)): of the expected improvement in standard deviations; far below 0, φ(z)/z² of its expansion. */
function logImprovement(z: number): number {
  const density = -(z * z + Math.log(2 * Math.PI)) / 2;
  if (z < -5) return density - 2 * Math.log(-z);
  return Math.log((z * (1 + erf(z / Math.SQRT2))) / 2 + Math.exp(density));
}
