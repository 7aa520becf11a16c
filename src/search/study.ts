/** The search itself: asks a strategy for points, tries them one after another, and keeps what came of each. */

import { checkBoolean, checkFunction, checkNumber, checkOptions, checkSignal, show } from "../check";
import { OptionError } from "../errors";
import { randint } from "../ops/random";
import { Tensor } from "../tensor/tensor";
import { type Axis, type Point, checkPoint } from "./space";
import { type SearchEnd, SearchResult, type Trial, hasFailed } from "./trials";

/** What an objective gives for settings: a number, or a tensor of one element. */
export type Score = number | Tensor;

/** What an objective returns: the score at once, or a promise of it. */
export type Outcome = Score | PromiseLike<Score>;

/** Settings that all searches share. */
export interface SearchOptions<P = Readonly<Record<string, unknown>>> {
  /** How many trials are made at most, those of `previous` among them: whole, ≥ 1. */
  trials?: number;
  /** What chance is drawn from, whole, ≥ 0; without it, from the generator that `manualSeed` seeds, once. */
  seed?: number;
  /** Whether the largest score is the best; default false: the smallest. */
  maximize?: boolean;
  /** Told of each trial when it has ended, and of the best one so far (null before any has succeeded). */
  onTrial?: (trial: Trial<P>, best: Trial<P> | null) => void;
  /** An AbortSignal: the trial that runs is the last one, and is not kept. */
  signal?: { readonly aborted: boolean };
  /** Trials of an earlier search of this space: they are not made again, and this one goes on from them. */
  previous?: readonly Trial<P>[];
}

/** What a search gives: its result at once, or for an objective that returns promises, a promise of it. */
export type Searched<R, P> = R extends PromiseLike<unknown> ? Promise<SearchResult<P>> : SearchResult<P>;

/** Which point comes next, given the costs (smaller is better, Infinity failed) of all so far; or why none does. */
export type Strategy = (tried: readonly Tried[]) => Point | Exclude<SearchEnd, "trials" | "abort">;

/** A point and its cost. */
export interface Tried {
  readonly point: Point;
  readonly cost: number;
}

/** The options that {@link runSearch} reads itself. */
export const SEARCH_OPTIONS = ["trials", "seed", "maximize", "onTrial", "signal", "previous"];

/** The seed given, or one from the default generator; drawn once, for objectives may seed that themselves. */
export function seedOf(where: string, seed: unknown): number {
  if (seed === undefined) return randint(0, 2 ** 31 - 1, []).item();
  return checkNumber(where, "seed", seed, { integer: true, min: 0, max: 2 ** 53 });
}

/** Everything a strategy needs to know of a search. */
export interface Plan {
  readonly where: string;
  readonly axes: readonly Axis[];
  readonly trials: number;
  readonly strategy: Strategy;
}

/** Searches: at once, or as a promise from the first trial on whose objective returns one. */
export function runSearch<R, P>(objective: (params: P) => R, options: SearchOptions<P>, plan: Plan): Searched<R, P> {
  const study = new Study(objective as (params: Point) => unknown, options as SearchOptions, plan);
  return study.run() as Searched<R, P>;
}

/** What an objective threw. */
class Thrown {
  constructor(readonly error: unknown) {}
}

class Study {
  private readonly trials: Trial[] = [];
  private readonly tried: Tried[] = [];
  private readonly sign: number;
  private readonly signal: { readonly aborted: boolean } | undefined;
  private best: Trial | null = null;
  private end: SearchEnd = "trials";

  constructor(
    private readonly objective: (params: Point) => unknown,
    private readonly options: SearchOptions,
    private readonly plan: Plan,
  ) {
    const { where, axes } = plan;
    checkFunction(where, "the objective", objective);
    this.sign = checkBoolean(where, "maximize", options.maximize, false) ? -1 : 1;
    if (options.onTrial !== undefined) checkFunction(where, "onTrial", options.onTrial);
    this.signal = checkSignal(where, options.signal);
    const previous: unknown = options.previous ?? [];
    if (!Array.isArray(previous)) {
      throw new OptionError(`${where}: previous is no list of trials: ${show(previous)}; pass the trials of a result`, { previous });
    }
    previous.forEach((trial: unknown, i) => {
      const at = `${where}: previous trial ${i}`;
      checkOptions(at, trial, ["params", "score", "error"]);
      const { params, score, error = null } = trial as Partial<Trial>;
      // JSON has no NaN and makes null of it
      const number = score === null || score === undefined ? NaN : checkScore(at, score);
      this.keep({ params: checkPoint(at, axes, params), score: number, error });
    });
  }

  run(): SearchResult | Promise<SearchResult> {
    for (;;) {
      const point = this.next();
      if (point === null) return this.result();
      const outcome = this.attempt(point);
      if (isPromise(outcome)) return this.runOn(point, outcome);
      this.record(point, outcome);
    }
  }

  private async runOn(first: Point, running: PromiseLike<unknown>): Promise<SearchResult> {
    let outcome: unknown = running;
    for (let point: Point | null = first; point !== null; ) {
      this.record(point, await settled(outcome));
      point = this.next();
      if (point !== null) outcome = this.attempt(point);
    }
    return this.result();
  }

  private next(): Point | null {
    if (this.signal?.aborted === true) {
      this.end = "abort";
      return null;
    }
    if (this.trials.length >= this.plan.trials) return null;
    const point = this.plan.strategy(this.tried);
    if (typeof point !== "string") return point;
    this.end = point;
    return null;
  }

  private attempt(point: Point): unknown {
    try {
      return this.objective({ ...point });
    } catch (error) {
      return new Thrown(error);
    }
  }

  private record(params: Point, outcome: unknown): void {
    if (this.signal?.aborted === true) return; // its score may be that of a training cut short
    const thrown = outcome instanceof Thrown;
    const score = thrown ? NaN : checkScore(this.plan.where, outcome);
    const trial = { params, score, error: thrown ? (outcome.error ?? "nothing") : null };
    this.keep(trial);
    this.options.onTrial?.(trial, this.best);
  }

  private keep(trial: Trial): void {
    const cost = hasFailed(trial) ? Infinity : this.sign * trial.score;
    this.trials.push(trial);
    this.tried.push({ point: trial.params, cost });
    if (cost < (this.best === null ? Infinity : this.sign * this.best.score)) this.best = trial;
  }

  private result(): SearchResult {
    const { where } = this.plan;
    if (this.best !== null) return new SearchResult(this.best, this.trials, this.end, this.sign);
    if (this.end === "abort") {
      throw new OptionError(`${where}: nothing was found: aborted after ${this.trials.length} trials; let one succeed`, {
        trials: this.trials,
      });
    }
    const { error, score, params } = this.trials[0]!;
    const reason = error === null ? `it gave ${score}` : error instanceof Error ? error.message : show(error);
    const failure = new OptionError(
      `${where}: every trial failed: ${this.trials.length} of ${this.trials.length} (the first: ${reason}); ` +
        "mend the objective, or search elsewhere",
      { trials: this.trials, params },
    );
    if (error !== null) failure.cause = error;
    throw failure;
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

async function settled(outcome: unknown): Promise<unknown> {
  try {
    return await outcome;
  } catch (error) {
    return new Thrown(error);
  }
}

function checkScore(where: string, value: unknown): number {
  const score = value instanceof Tensor && value.size === 1 ? value.item() : value;
  if (typeof score === "number") return score;
  throw new OptionError(
    `${where}: the objective gave no number: ${show(value)}; return the score, such as a loss on validation data`,
    { value },
  );
}
