/** Scalers learn columns, apply what they learnt, and go back. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MinMaxScaler, OptionError, ShapeError, StandardScaler, type Tensor, rand, tensor } from "../../src/index";

const value = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 1000);
const tables = fc
  .integer({ min: 1, max: 4 })
  .chain((columns) =>
    fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 8 }),
  );
const exact = (values: readonly (readonly number[])[]): Tensor => tensor(values, { dtype: "float64" });

describe("StandardScaler", () => {
  test("gives columns of mean 0 and population standard deviation 1", () => {
    const x = exact([[1, 100], [2, 300], [6, 800]]);
    const z = new StandardScaler().fit(x).transform(x);
    expect(z.mean({ axes: 0 })).toBeCloseToTensor([0, 0]);
    expect(z.square().mean({ axes: 0 })).toBeCloseToTensor([1, 1]);
    const state = new StandardScaler().fit([[1], [3]]).stateDict();
    expect([state["mean"]!.toArray(), state["scale"]!.toArray()]).toEqual([[2], [1]]);
  });

  test("goes there and back", () => {
    fc.assert(
      fc.property(tables, (values) => {
        const x = exact(values);
        const scaler = new StandardScaler().fit(x);
        expect(scaler.inverse(scaler.transform(x))).toBeCloseToTensor(x, { rtol: 1e-9, atol: 1e-9 });
        expect(scaler.transform(x).isFinite().all().item()).toBe(1);
      }),
    );
  });

  test("takes a constant column to exactly 0, also where its mean is rounded", () => {
    const x = Array.from({ length: 1000 }, () => [0.1, 5]);
    const scaler = new StandardScaler().fit(exact(x));
    expect(scaler.transform(exact([[0.1, 5], [0.1, 7]])).toArray()).toEqual([[0, 0], [0, 2]]);
  });

  test("is exact for values far from 0", () => {
    const scaler = new StandardScaler().fit(exact([[1e9], [1e9 + 1], [1e9 + 2]]));
    expect(scaler.stateDict()["scale"]).toBeCloseToTensor([Math.sqrt(2 / 3)]);
  });

  test("scales series, images and integers, in a float dtype", () => {
    expect(new StandardScaler().fit([1, 3]).transform([1, 3, 5]).toArray()).toEqual([-1, 1, 3]);
    const images = rand([5, 2, 3]);
    const z = new StandardScaler().fit(images).transform(images);
    expect(z.shape).toEqual([5, 2, 3]);
    expect(z.mean({ axes: 0 })).toBeCloseToTensor([[0, 0, 0], [0, 0, 0]]);
    expect(new StandardScaler().fit(new Uint8Array([0, 4])).transform(new Uint8Array([2, 6])).dtype).toBe("float32");
    expect(new StandardScaler().fit([1, 3]).transform(exact([[1]]).reshape([1])).dtype).toBe("float64");
  });

  test("applies what it learnt from training rows to others", () => {
    const scaler = new StandardScaler().fit([[0], [2]]);
    expect(scaler.transform([[10]]).toArray()).toEqual([[9]]);
  });

  test("goes on from a state, to the same bits", () => {
    const x = rand([6, 3]);
    const scaler = new StandardScaler().fit(x);
    const other = new StandardScaler();
    other.loadStateDict(scaler.stateDict());
    expect(other.transform(x).toTypedArray()).toEqual(scaler.transform(x).toTypedArray());
  });
});

describe("MinMaxScaler", () => {
  test("stretches columns to [0, 1], new rows beyond", () => {
    const scaler = new MinMaxScaler().fit([[2, 5], [4, 9]]);
    expect(scaler.transform([[3, 5], [6, 13]]).toArray()).toEqual([[0.5, 0], [2, 2]]);
  });

  test("stretches to another range, and goes back", () => {
    fc.assert(
      fc.property(tables, (values) => {
        const x = exact(values);
        const scaler = new MinMaxScaler({ range: [-1, 3] }).fit(x);
        const z = scaler.transform(x);
        for (const value of z.toTypedArray()) expect(Math.abs(value - 1)).toBeLessThanOrEqual(2 + 1e-9);
        expect(scaler.inverse(z)).toBeCloseToTensor(x, { rtol: 1e-9, atol: 1e-9 });
      }),
    );
  });

  test("takes a constant column to the lower end", () => {
    const scaler = new MinMaxScaler({ range: [-1, 1] }).fit([[7], [7]]);
    expect(scaler.transform([[7]]).toArray()).toEqual([[-1]]);
    expect(scaler.inverse([[-1]]).toArray()).toEqual([[7]]);
  });

  test("goes on from a state", () => {
    const scaler = new MinMaxScaler().fit([[2], [4]]);
    const other = new MinMaxScaler();
    other.loadStateDict(scaler.stateDict());
    expect(other.transform([[3]]).toArray()).toEqual([[0.5]]);
  });

  test.each<[object, string]>([
    [{ range: [1, 0] }, "MinMaxScaler: range[1] is out of range: 0; give a number > 1"],
    [{ range: [0] }, "MinMaxScaler: range is not a pair: [0]; give [low, high], such as [-1, 1]"],
    [{ featureRange: [0, 1] }, 'MinMaxScaler: unknown option: "featureRange"; did you mean "range"?'],
  ])("refuses %j", (options, message) => {
    expect(() => new MinMaxScaler(options)).toThrow(message);
  });
});

describe.each([["StandardScaler", () => new StandardScaler()], ["MinMaxScaler", () => new MinMaxScaler()]] as const)("%s", (name, make) => {
  test("refuses to work before fit", () => {
    const message = (method: string): string =>
      `${name}.${method}: nothing is known of the columns: fit was not called; call .fit(trainingRows) first`;
    expect(() => make().transform([[1]])).toThrow(message("transform"));
    expect(() => make().inverse([[1]])).toThrow(message("inverse"));
    expect(() => make().stateDict()).toThrow(OptionError);
  });

  test("refuses other columns than those it was fitted on", () => {
    const scaler = make().fit([[1, 2], [3, 4]]);
    expect(() => scaler.transform([[1, 2, 3]])).toThrow(ShapeError);
    expect(() => scaler.transform([[1, 2, 3]])).toThrow(
      `${name}.transform: other columns than fitted: [1, 3] for [N, 2] (3 ≠ 2 columns, or laid out otherwise); give rows like those that were fitted`,
    );
    expect(() => scaler.inverse([1, 2])).toThrow(ShapeError);
  });

  test("refuses to learn from nothing or from NaN", () => {
    expect(() => make().fit(tensor(new Float32Array(0), { shape: [0, 2] }))).toThrow(`${name}.fit: no rows: [0, 2]; give at least one row`);
    expect(() => make().fit(1)).toThrow(ShapeError);
    expect(() => make().fit([[1, 2], [NaN, 4]])).toThrow(`${name}.fit: a value in x is not finite: NaN (row 1, column 0); drop or fill such rows first`);
  });

  test("refuses what is no state", () => {
    const state = make().fit([[1, 2]]).stateDict();
    const key = Object.keys(state)[0]!;
    expect(() => make().loadStateDict({})).toThrow(`${name}.loadStateDict: "${key}" is not a tensor: undefined; pass what stateDict() gave`);
    expect(() => make().loadStateDict({ ...state, extra: tensor(1) })).toThrow('unknown option: "extra"');
    expect(() => make().loadStateDict({ ...state, [key]: tensor([1]) })).toThrow("shapes differ");
  });
});
