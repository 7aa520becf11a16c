/** What all searches share: failures, promises, signals, going on from earlier trials, and the table. */
import { describe, expect, test } from "vitest";
import {
  type OptionError,
  type SearchOptions,
  bayesianSearch,
  coordinateSearch,
  gridSearch,
  manualSeed,
  randomSearch,
  tensor,
} from "../../src/index";
import { refusal } from "../support/refusal";

const space = { a: [1, 2, 3, 4], b: { min: 0, max: 1, points: 3 } };
type Params = { readonly a: 1 | 2 | 3 | 4 | number; readonly b: number };
const bowl = ({ a, b }: Params): number => (a - 3) ** 2 + (b - 0.5) ** 2;
const searches = { gridSearch, randomSearch, coordinateSearch, bayesianSearch };

describe.each(Object.entries(searches))("%s", (name, search) => {
  const options = (more: SearchOptions<Params> = {}): SearchOptions<Params> => ({ trials: 9, seed: 4, ...more });

  test("gives the best of its trials, and tells of each as it ends", () => {
    const told: (number | undefined)[][] = [];
    const found = search(bowl, space, options({ onTrial: ({ score }, best) => void told.push([score, best?.score]) }));
    const scores = found.trials.map(({ score }) => score);
    expect(found.score).toBe(Math.min(...scores));
    expect(bowl(found.params)).toBe(found.score);
    expect(told).toEqual(scores.map((score, i) => [score, Math.min(...scores.slice(0, i + 1))]));
    expect(found.trials.every(({ params, score }) => bowl(params) === score)).toBe(true);
  });

  test("gives the largest score with maximize, by the same trials", () => {
    const least = search(bowl, space, options());
    const most = search((params: Params) => -bowl(params), space, options({ maximize: true }));
    expect(most.params).toEqual(least.params);
    expect(most.score).toBe(-least.score);
    expect(most.trials.map(({ params }) => params)).toEqual(least.trials.map(({ params }) => params));
  });

  test("gives a promise of the same for an objective that returns promises", async () => {
    const found = search(async (params: Params) => {
      await Promise.resolve();
      if (params.b === 0) throw new Error("late");
      return bowl(params);
    }, space, options());
    expect(found).toBeInstanceOf(Promise);
    const atOnce = search((params: Params) => {
      if (params.b === 0) throw new Error("late");
      return bowl(params);
    }, space, options());
    expect(await found).toEqual(atOnce);
  });

  test("depends on its seed alone, whatever the objective seeds", () => {
    manualSeed(1);
    const first = search(bowl, space, options());
    const second = search((params: Params) => {
      manualSeed(7);
      return tensor(bowl(params), { dtype: "float64" });
    }, space, options());
    expect(second).toEqual(first);
  });

  test("goes on from earlier trials as if it had made them itself", () => {
    const whole = search(bowl, space, options());
    const begun = search(bowl, space, options({ trials: 4 }));
    let calls = 0;
    const previous = JSON.parse(JSON.stringify(begun.trials)) as typeof begun.trials;
    const resumed = search((params: Params) => {
      calls++;
      return bowl(params);
    }, space, options({ previous }));
    expect(resumed).toEqual(whole);
    expect(calls).toBe(whole.trials.length - 4);
  });

  test("records trials that throw or give no finite score, and is not ended by them", () => {
    let calls = 0;
    const found = search((params: Params) => {
      calls++;
      if (calls === 1) throw new TypeError("no such layer");
      return calls === 2 ? NaN : calls === 3 ? -Infinity : bowl(params);
    }, space, options());
    expect(found.trials[0]).toMatchObject({ score: NaN, error: new TypeError("no such layer") });
    expect(found.trials[1]!.score).toBeNaN();
    expect(found.trials[2]!.score).toBe(-Infinity);
    expect(found.score).toBe(Math.min(...found.trials.slice(3).map(({ score }) => score)));
    expect(String(found)).toContain("failed");
  });

  test("fails where all trials fail, with the first reason", () => {
    const attempt = (run: () => number): OptionError => {
      try {
        search(run, space, options({ trials: 2 }));
      } catch (error) {
        return error as OptionError;
      }
      throw new Error("it did not fail");
    };
    const cause = new Error("no data");
    const error = attempt(() => {
      throw cause;
    });
    expect(error.message).toBe(
      `${name}: every trial failed: 2 of 2 (the first: no data); mend the objective, or search elsewhere`,
    );
    expect(error.cause).toBe(cause);
    expect(attempt(() => NaN).message).toContain("(the first: it gave NaN)");
  });

  test("ends at its signal, without the trial that ran", async () => {
    const controller = new AbortController();
    let calls = 0;
    const found = await search(async (params: Params) => {
      calls++;
      await Promise.resolve();
      if (calls === 3) controller.abort();
      return bowl(params);
    }, space, options({ signal: controller.signal }));
    expect(found.stoppedBy).toBe("abort");
    expect(found.trials).toHaveLength(2);
    expect(refusal(() => search(bowl, space, { signal: AbortSignal.abort() }))).toBe(
      `OptionError: ${name}: nothing was found: aborted after 0 trials; let one succeed`,
    );
  });

  test.each<[string, () => unknown]>([
    ["the space is no record of settings: [1, 2]; write { lr:", () => search(() => 1, [1, 2] as never)],
    ["the space is no record of settings: a record", () => search(() => 1, {})],
    ['setting "a" has no choices: an empty list; name at least one', () => search(() => 1, { a: [] })],
    ['setting "a" is neither a list nor a range: 3; write [1, 2] or { min: 1, max: 2 }', () => search(() => 1, { a: 3 as never })],
    ['setting "a": max is out of range: 1; give a number > 1', () => search(() => 1, { a: { min: 1, max: 1 } })],
    ['setting "a": min is out of range: 0; give a number > 0', () => search(() => 1, { a: { min: 0, max: 1, scale: "log" } })],
    ['setting "a": min is out of range: 0.5; give a whole number', () => search(() => 1, { a: { min: 0.5, max: 4, integer: true } })],
    ['setting "a": unknown scale: "line"; did you mean "linear"?', () => search(() => 1, { a: { min: 1, max: 2, scale: "line" as never } })],
    ['setting "a": unknown option: "low"', () => search(() => 1, { a: { low: 1, max: 2 } as never })],
    ["the objective is not a function: 3; give one", () => search(3 as never, space)],
    ["the objective gave no number: undefined; return the score, such as a loss on validation data", () => search((() => undefined) as never, space)],
    ["trials is out of range: 0; give", () => search(bowl, space, { trials: 0 })],
    ["seed is out of range: -1; give a whole number ≥ 0", () => search(bowl, space, { seed: -1 })],
    ['unknown option: "maximise"; did you mean "maximize"?', () => search(bowl, space, { maximise: true } as never)],
    ["maximize is not a boolean: 1", () => search(bowl, space, { maximize: 1 as never })],
    ["onTrial is not a function: 1", () => search(bowl, space, { onTrial: 1 as never })],
    ["signal is not an AbortSignal: an AbortController; pass controller.signal", () => search(bowl, space, { signal: new AbortController() as never })],
    ["previous is no list of trials: 1; pass the trials of a result", () => search(bowl, space, { previous: 1 as never })],
    ['previous trial 0: "a" is not in the space: 9; give one of [1, 2, 3, 4]', () => search(bowl, space, { previous: [{ params: { a: 9, b: 1 }, score: 1, error: null }] })],
    ['previous trial 0: "b" is not in the space: 2; give one of 0 … 1', () => search(bowl, space, { previous: [{ params: { a: 1, b: 2 }, score: 1, error: null }] })],
  ])("refuses: %s", (message, run) => {
    expect(refusal(run)).toContain(`OptionError: ${name}: ${message}`);
  });
});

test("a result prints as a table, the best first", () => {
  const found = gridSearch(({ lr, act }) => (act === "tanh" ? NaN : lr), { lr: [0.1, 0.01], act: ["relu", "tanh"] });
  expect(String(found)).toBe(
    ["trial   score    lr   act", "    2    0.01  0.01  relu", "    0     0.1   0.1  relu", "    1  failed   0.1  tanh", "    3  failed  0.01  tanh"].join("\n"),
  );
  const long = randomSearch(({ x }) => x, { x: { min: 0, max: 1 } }, { trials: 23, seed: 1 });
  expect(String(long).split("\n")).toHaveLength(22);
  expect(String(long)).toMatch(/… and 3 more$/);
});

test("settings have the types of their choices", () => {
  const found = gridSearch(({ act, lr }) => act.length + lr, { act: ["relu", "tanh"], lr: { min: 1, max: 2, points: 2 } });
  const act: "relu" | "tanh" = found.params.act;
  const lr: number = found.params.lr;
  expect([act, lr]).toEqual(["relu", 1]);
});
