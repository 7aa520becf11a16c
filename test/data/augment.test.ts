/** Augmentation: what moves where, that it is the same for one seed, and that it stays out of other data. */
import { describe, expect, test } from "vitest";
import {
  type Augmentation, Dataset, Linear, type RandomAffineOptions, SGD, fitSync, manualSeed, mse, rand, randomAffine,
  randomFlip, tensor, zeros,
} from "../../src/index";
import { refusal } from "../support/refusal";

const dot = [[0, 0, 0, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 0]];
const move = (options: RandomAffineOptions, x: unknown = [dot]): unknown =>
  Dataset.from({ x: x as number[][][], y: [0] }).map(randomAffine(options)).x.toArray();

describe("randomAffine", () => {
  test("without settings changes nothing", () => {
    const x = rand([3, 2, 6, 5]);
    expect(Dataset.from({ x, y: [0, 1, 2] }).map(randomAffine({})).x.toArray()).toEqual(x.toArray());
  });

  test("shifts to the right and down, and fills what comes in", () => {
    const moved = [[0.5, 0.5, 0.5, 0.5, 0.5], [0.5, 0, 0, 0, 0], [0.5, 0, 0, 0, 1]];
    expect(move({ shift: [1, 1], fill: 0.5 })).toEqual([moved]);
    expect(move({ shift: [0.5, 0.5] }, [[[1, 0], [0, 0]]])).toEqual([[[0.25, 0.25], [0.25, 0.25]]]);
  });

  test("turns counter-clockwise about the middle", () => {
    const square = [[0, 0, 0], [0, 0, 1], [0, 0, 0]];
    const turned = tensor(move({ rotate: [90, 90] }, [square]) as number[]);
    expect(turned).toBeCloseToTensor([[[0, 1, 0], [0, 0, 0], [0, 0, 0]]], { atol: 1e-6 });
  });

  test("by half a turn puts everything on its head, to the last corner", () => {
    const x = rand([5, 4, 6]);
    const half = Dataset.from({ x, y: zeros([5]) }).map(randomAffine({ rotate: [180, 180] })).x;
    expect(half).toBeCloseToTensor(x.flip({ axes: [1, 2] }).toArray(), { atol: 1e-6 });
  });

  test("scales about the middle, and slants what is below it to the right", () => {
    const line = [[0, 1, 0], [0, 1, 0], [0, 1, 0]];
    expect(move({ scale: [0.5, 0.5] }, [[[0, 0, 0, 0, 0], [1, 0, 0, 0, 1], [0, 0, 0, 0, 0]]])).toEqual([
      [[0, 0, 0, 0, 0], [0, 1, 0, 1, 0], [0, 0, 0, 0, 0]],
    ]);
    const slanted = tensor(move({ shear: [45, 45] }, [line]) as number[]);
    expect(slanted).toBeCloseToTensor([[[1, 0, 0], [0, 1, 0], [0, 0, 1]]], { atol: 1e-6 });
  });

  test("takes flat rows with their size, and bytes, of which it makes float32", () => {
    const flat = Dataset.from({ x: tensor([[0, 200, 0, 0]], { dtype: "int32" }), y: [0] });
    const { x } = flat.map(randomAffine({ shift: [0.5, 0.5], height: 2, width: 2 }));
    expect([x.dtype, x.shape, x.toArray()]).toEqual(["float32", [1, 4], [[0, 50, 0, 50]]]);
    const wide = Dataset.from({ x: zeros([2, 2, 2], { dtype: "float64" }), y: [0, 1] });
    expect(wide.map(randomAffine({})).x.dtype).toBe("float64");
  });

  test("one number a means −a to a, and 1 − a to 1 + a for the scale", () => {
    const mean = (options: RandomAffineOptions, size: number): number => {
      const data = Dataset.from({ x: zeros([2000, size, size]), y: zeros([2000]) });
      return data.map(randomAffine({ ...options, fill: 1, seed: 2 })).x.mean().item();
    };
    // 1 − (1 − |dx|)(1 − |dy|), whose mean over −1 … 1 is ¾.
    expect(mean({ shift: 1 }, 1)).toBeCloseTo(0.75, 1);
    expect(mean({ scale: 0.5 }, 9)).toBeCloseTo(mean({ scale: [0.5, 1.5] }, 9), 12);
    expect(mean({ scale: [1, 1.5] }, 9)).toBe(0);
  });
});

describe("what is drawn", () => {
  const pictures = (): Dataset => Dataset.from({ x: Array.from({ length: 12 }, () => dot), y: zeros([12]) });
  const augment = (seed?: number): Augmentation =>
    randomAffine({ rotate: 30, shift: 1, ...(seed === undefined ? {} : { seed }) });

  test("is the same for one seed, whatever the batches, and another in each epoch", () => {
    const data = pictures().map(augment(3));
    const whole = data.x.toArray() as number[][][];
    const small = data.batches({ size: 5 });
    const epoch = (): unknown[] => [...small].flatMap(({ x }) => x.toArray() as unknown[]);
    expect(epoch()).toEqual(whole);
    expect(epoch()).not.toEqual(whole);
    expect(pictures().map(augment(3)).x.toArray()).toEqual(whole);
    expect(pictures().map(augment(4)).x.toArray()).not.toEqual(whole);
    expect(new Set(whole.map((picture) => JSON.stringify(picture))).size).toBe(12);
  });

  test("goes with the row: parts and mixed orders see the same pictures", () => {
    const data = pictures().map(augment(3));
    const whole = data.x.toArray() as unknown[];
    expect(data.subset([7, 2]).x.toArray()).toEqual([whole[7], whole[2]]);
    const batches = data.batches({ size: 12, shuffle: "epoch", seed: 1 });
    const [mixed] = [...batches];
    const order = batches.order(0);
    expect(mixed!.x.toArray()).toEqual(Array.from(order, (row) => whole[row]));
  });

  test("without a seed follows manualSeed", () => {
    const made = (seed: number): unknown => {
      manualSeed(seed);
      return pictures().map(augment()).x.toArray();
    };
    expect(made(1)).toEqual(made(1));
    expect(made(1)).not.toEqual(made(2));
  });

  test("leaves the data itself and other parts alone", () => {
    const data = Dataset.from({ x: rand([10, 3, 3]), y: zeros([10]) });
    const { train, validation } = data.split({ train: 0.8, validation: 0.2, shuffle: false });
    const before = [data.x.toArray(), validation.x.toArray()];
    expect(train.map(augment(1)).x.toArray()).not.toEqual(train.x.toArray());
    expect([data.x.toArray(), validation.x.toArray()]).toEqual(before);
  });

  test("trains the same with one seed", () => {
    const run = (): number[] => {
      manualSeed(1);
      const model = new Linear(9, 1);
      const flat = Dataset.from({ x: rand([20, 9]), y: rand([20, 1]) });
      const data = flat.map(randomAffine({ rotate: 20, height: 3, width: 3 }));
      fitSync(model, data, { loss: mse, optimizer: new SGD(model.parameters(), { lr: 0.1 }), epochs: 3, batchSize: 6 });
      return Array.from(model.weight.toTypedArray());
    };
    expect(run()).toEqual(run());
  });
});

describe("randomFlip", () => {
  const picture = [[1, 2, 3], [4, 5, 6]];
  const flip = (options: object, x: unknown = [picture]): unknown =>
    Dataset.from({ x: x as number[][][], y: [0] }).map(randomFlip(options)).x.toArray();

  test("mirrors left and right, top and bottom, in every channel", () => {
    expect(flip({ horizontal: 1 })).toEqual([[[3, 2, 1], [6, 5, 4]]]);
    expect(flip({ horizontal: 0, vertical: 1 })).toEqual([[[4, 5, 6], [1, 2, 3]]]);
    expect(flip({ horizontal: 1, vertical: 1 }, [[picture, [[7, 8, 9], [0, 0, 1]]]])).toEqual([
      [[[6, 5, 4], [3, 2, 1]], [[1, 0, 0], [9, 8, 7]]],
    ]);
    expect(flip({ horizontal: 0 })).toEqual([picture]);
  });

  test("does so as often as its probability says", () => {
    const data = Dataset.from({ x: Array.from({ length: 1000 }, () => [[0, 1]]), y: zeros([1000]) });
    const turned = data.map(randomFlip({ seed: 5, horizontal: 0.3 })).x.slice([null, null, [0, 1]]).mean().item();
    expect(turned).toBeGreaterThan(0.25);
    expect(turned).toBeLessThan(0.35);
  });
});

describe("refusals", () => {
  const affine = (options: unknown): string => refusal(() => randomAffine(options as RandomAffineOptions));
  test.each<[string, string]>([
    [affine({ rotate: 200 }), "OptionError: randomAffine: rotate[0] is out of range: -200; give a number ≥ -180 and ≤ 180"],
    [affine({ rotate: [10] }), "OptionError: randomAffine: rotate is no range: [10]; give [least, largest], or one number a for ± a"],
    [affine({ shift: [2, 1] }), "OptionError: randomAffine: shift is no range: [2, 1] (2 > 1); give the smaller number first"],
    [affine({ scale: 1 }), "OptionError: randomAffine: scale[0] is out of range: 0; give a number > 0"],
    [affine({ shear: 90 }), "OptionError: randomAffine: shear[0] is out of range: -90; give a number > -90 and < 90"],
    [affine({ fill: Infinity }), "OptionError: randomAffine: fill is out of range: Infinity; give a number"],
    [affine({ height: 28 }), "OptionError: randomAffine: width is out of range: undefined; give a whole number ≥ 1"],
    [affine({ seed: -1 }), "OptionError: randomAffine: seed is out of range: -1; give a whole number ≥ 0 and ≤ 9007199254740992"],
    [affine({ angle: 3 }), 'OptionError: randomAffine: unknown option: "angle"; did you mean "scale"?'],
    [refusal(() => randomFlip({ horizontal: 2 })), "OptionError: randomFlip: horizontal is out of range: 2; give a number ≥ 0 and ≤ 1"],
    [refusal(() => randomFlip({ vertical: -1 })), "OptionError: randomFlip: vertical is out of range: -1; give a number ≥ 0 and ≤ 1"],
  ])("%s", (said, message) => expect(said.slice(0, message.length)).toBe(message));

  test("nothing to change changes nothing", () => {
    expect(randomAffine()({ x: tensor([[[1, 2], [3, 4]]]), y: tensor([0]) }).x.toArray()).toEqual([[[1, 2], [3, 4]]]);
  });

  test("an x that is no tensor", () => {
    expect(refusal(() => randomFlip()({ x: [[[1, 2]]] as never, y: tensor([0]) }))).toBe(
      "OptionError: randomFlip: x is no tensor: [[[1, 2]]]; make it one, such as tensor(x), or map a Dataset",
    );
  });

  test("an x that holds no pictures", () => {
    expect(refusal(() => move({}, [[1, 2, 3, 4]]))).toBe(
      "ShapeError: randomAffine: x holds no such pictures: [1, 4]; give [N, H, W] or [N, C, H, W], or [N, H·W] with { height, width }",
    );
    expect(refusal(() => move({ height: 2, width: 3 }, [[1, 2, 3, 4]]))).toMatch("no such pictures: [1, 4] for height 2 and width 3; give");
    expect(refusal(() => move({ height: 2, width: 3 }))).toMatch("no such pictures: [1, 3, 5] for height 2 and width 3; give");
  });
});
