/** Parts are disjoint, complete, as large as their shares, and as mixed as they should be. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Dataset, OptionError, ShapeError, type SplitSpec, manualSeed } from "../../src/index";

const numbers = (n: number): Dataset => {
  const values = Array.from({ length: n }, (_, i) => i);
  return Dataset.from({ x: values.map((i) => [i]), y: values });
};
const labelled = (labels: readonly number[]): Dataset => Dataset.from({ x: labels.map((_, i) => [i]), y: labels });
const rowsOf = (data: Dataset): number[] => data.x.reshape([-1]).toArray() as number[];
const count = (data: Dataset, label: number): number => data.y.equal(label).sum().item();

/** Fractions of 1: positive weights divided by their sum. */
const fractions = fc
  .array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 })
  .map((weights) => weights.map((w) => w / weights.reduce((a, b) => a + b)));

function spec(shares: readonly number[], options: object = {}): SplitSpec {
  return { ...Object.fromEntries(shares.map((share, i) => [`part${i}`, share])), ...options };
}

describe("split", () => {
  test("gives the parts that were named, in sizes that are their shares rounded", () => {
    const { train, validation, test: last } = numbers(10).split({ train: 0.7, validation: 0.2, test: 0.1, seed: 1 });
    expect([train.length, validation.length, last.length]).toEqual([7, 2, 1]);
    const counted = numbers(10).split({ train: 7, rest: 3 });
    expect(Object.entries(counted).map(([name, part]) => [name, part.length])).toEqual([["train", 7], ["rest", 3]]);
    expect(Object.keys(numbers(3).split({ all: 1 }))).toEqual(["all"]);
  });

  test("makes disjoint parts that hold every row once, whatever the fractions", () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 90 }), fractions, fc.boolean(), fc.nat(), (n, shares, shuffle, seed) => {
        const parts = Object.values(numbers(n).split(spec(shares, { shuffle, seed })));
        expect(parts.flatMap(rowsOf).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
        parts.forEach((part, i) => expect(Math.abs(part.length - shares[i]! * n)).toBeLessThan(1));
      }),
    );
  });

  test("gives every class its share in every part up to one row, and the parts their sizes", () => {
    const labels = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 60, maxLength: 120 });
    fc.assert(
      fc.property(labels, fractions, fc.boolean(), fc.nat(), (given, shares, shuffle, seed) => {
        const data = labelled(given);
        const parts = Object.values(data.split(spec(shares, { shuffle, seed, stratify: true })));
        expect(parts.flatMap(rowsOf).sort((a, b) => a - b)).toEqual(given.map((_, i) => i));
        parts.forEach((part, i) => {
          expect(Math.abs(part.length - shares[i]! * given.length)).toBeLessThan(1);
          for (let label = 0; label < 5; label++) {
            expect(Math.abs(count(part, label) - shares[i]! * count(data, label))).toBeLessThan(1);
          }
        });
      }),
    );
  });

  test("stratifies counts of rows exactly, by [N, 1] targets too", () => {
    const labels = [...Array<number>(30).fill(0), ...Array<number>(10).fill(1)];
    const column = Dataset.from({ x: labels, y: labels.map((label) => [label]) });
    const { train, rest } = column.split({ train: 20, rest: 20, stratify: true, seed: 2 });
    expect([train.y.sum().item(), rest.y.sum().item()]).toEqual([5, 5]);
    expect([train.length, rest.length]).toEqual([20, 20]);
  });

  test("keeps the order of time with shuffle: false", () => {
    const { train, unseen } = numbers(6).split({ train: 4, unseen: 2, shuffle: false });
    expect([rowsOf(train), rowsOf(unseen)]).toEqual([[0, 1, 2, 3], [4, 5]]);
    const stratified = labelled([0, 1, 0, 1, 0, 1]).split({ a: 2, b: 4, shuffle: false, stratify: true });
    expect([rowsOf(stratified.a), rowsOf(stratified.b)]).toEqual([[0, 1], [2, 3, 4, 5]]);
  });

  test("mixes by default, the same for the same seed or the same manualSeed", () => {
    const mixed = (seed?: number): number[] => {
      const options = seed === undefined ? {} : { seed };
      return rowsOf(numbers(60).split({ a: 0.5, b: 0.5, ...options }).a);
    };
    expect(mixed(1)).toEqual(mixed(1));
    expect(mixed(1)).not.toEqual(mixed(2));
    manualSeed(3);
    const first = mixed();
    manualSeed(3);
    expect(mixed()).toEqual(first);
    expect(first).not.toEqual([...first].sort((a, b) => a - b));
    manualSeed(0);
  });

  test("of a part, and of a mapped dataset, stays within it", () => {
    const odd = numbers(20).subset([1, 3, 5, 7]).map(({ x, y }) => ({ x: x.add(100), y }));
    const { a, b } = odd.split({ a: 0.5, b: 0.5 });
    expect([...rowsOf(a), ...rowsOf(b)].sort((p, q) => p - q)).toEqual([101, 103, 105, 107]);
  });

  test.each<[string, () => unknown, new (...args: never[]) => Error, string]>([
    ["fractions below 1", () => numbers(10).split({ train: 0.8, test: 0.1 }), OptionError, "split: the parts do not add up: 0.8 + 0.1 = 0.9 (fractions of 1); make the fractions add up to 1"],
    ["fractions above 1", () => numbers(10).split({ train: 0.8, test: 0.3 }), OptionError, "split: the parts do not add up: 0.8 + 0.3 = 1.1"],
    ["counts that leave rows", () => numbers(10).split({ train: 7, test: 2 }), OptionError, "split: the parts do not add up: 7 + 2 = 9 (10 rows); make the counts add up to 10, or take(n) first"],
    ["a share of 0", () => numbers(10).split({ train: 1, test: 0 }), OptionError, 'split: part "test" is out of range: 0; give a number > 0'],
    ["a negative share", () => numbers(10).split({ train: 1.5, test: -0.5 }), OptionError, 'split: part "test" is out of range: -0.5'],
    ["a part too small for a row", () => numbers(5).split({ train: 0.99, test: 0.01 }), OptionError, 'split: part "test" has no rows: its share of 5 rows is less than one; give it a larger share'],
    ["no parts", () => numbers(5).split({ seed: 1 }), OptionError, "split: no parts: an empty record; write { train: 0.8, test: 0.2 }"],
    ["a list", () => numbers(5).split([0.8, 0.2] as never), OptionError, "split: not a record of parts: [0.8, 0.2]; write { train: 0.8, test: 0.2 }"],
    ["an option misspelt", () => numbers(5).split({ train: 1, shufle: false }), OptionError, 'split: part "shufle" is not a number: false; give its fraction or count of rows (options are shuffle, seed, stratify; the nearest is "shuffle")'],
    ["shuffle of another kind", () => numbers(5).split({ train: 1, shuffle: "no" } as never), OptionError, 'split: shuffle is not a boolean: "no"'],
    ["stratify by measured targets", () => labelled([1, 2.5]).split({ a: 0.5, b: 0.5, stratify: true }), OptionError, "split: stratify needs classes: y is 2.5 in row 1 (not a whole number); leave stratify out for measured targets"],
    ["stratify by one-hot rows", () => Dataset.from({ x: [1, 2], y: [[0, 1], [1, 0]] }).split({ a: 0.5, b: 0.5, stratify: true }), ShapeError, "split: stratify needs one class per row: y is [2, 2]; give class indices of shape [2]"],
  ])("refuses %s", (_, make, kind, message) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});

describe("kFold", () => {
  test("puts each row into exactly one validation part, and the others into training", () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 30 }), fc.integer({ min: 2, max: 4 }), fc.boolean(), (n, k, shuffle) => {
        const folds = numbers(n).kFold(k, { shuffle, seed: 1 });
        expect(folds).toHaveLength(k);
        expect(folds.flatMap(({ validation }) => rowsOf(validation)).sort((a, b) => a - b)).toEqual(rowsOf(numbers(n)));
        for (const { train, validation } of folds) {
          expect([...rowsOf(train), ...rowsOf(validation)].sort((a, b) => a - b)).toEqual(rowsOf(numbers(n)));
          expect(Math.abs(validation.length - n / k)).toBeLessThan(1);
        }
      }),
    );
  });

  test("mixes by default, the same for the same seed", () => {
    const first = (seed: number): number[] => rowsOf(numbers(30).kFold(3, { seed })[0]!.validation);
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
    expect(rowsOf(numbers(6).kFold(3, { shuffle: false })[1]!.validation)).toEqual([2, 3]);
  });

  test.each<[() => unknown, string]>([
    [() => numbers(5).kFold(1), "kFold: k is out of range: 1; give a whole number ≥ 2 and ≤ 5"],
    [() => numbers(5).kFold(6), "kFold: k is out of range: 6"],
    [() => numbers(5).kFold(2, { suffle: true } as object), 'kFold: unknown option: "suffle"; did you mean "shuffle"?'],
  ])("refuses %s", (make, message) => {
    expect(make).toThrow(OptionError);
    expect(make).toThrow(message);
  });
});
