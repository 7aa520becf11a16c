/** What losses refuse: shapes that differ, classes that do not exist, arguments in the wrong order. */
import { describe, expect, test } from "vitest";
import { type TensorLike, crossEntropy, hinge, mae, mse, nll, ones, tensor, zeroOne, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

describe("shapes of prediction and target", () => {
  const said = (prediction: number[], target: number[]): string => refusal(() => mse(zeros(prediction), zeros(target)));

  test("must be equal: nothing broadcasts silently, and the mend is named", () => {
    expect(said([64, 1], [64])).toBe(
      "ShapeError: mse: shapes differ: prediction [64, 1], target [64] (a loss does not broadcast); " +
        "write target.unsqueeze(1), or prediction.squeeze(1)",
    );
    expect(said([64], [64, 1])).toMatch(/; write target.squeeze\(1\), or prediction.unsqueeze\(1\)$/);
    expect(said([1, 5], [5])).toMatch(/; write target.unsqueeze\(0\), or prediction.squeeze\(0\)$/);
    expect(said([2, 3], [3, 2])).toMatch(/; transpose one of them$/);
    expect(said([2, 6], [3, 4])).toMatch(/; reshape one of them to the other's shape$/);
    expect(said([64, 10], [64])).toMatch(/; give one target for each predicted number$/);
    expect(said([2], [])).toMatch(/prediction \[2\], target \[\] \(a loss does not broadcast\); give one target/);
    expect(refusal(() => mae([1], [1, 2]))).toMatch(/^ShapeError: mae: shapes differ/);
  });

  test("what the message says works", () => {
    const [column, row] = [ones([4, 1]), zeros([4])];
    expect(mse(column, row.unsqueeze(1)).item()).toBe(1);
    expect(mse(column.squeeze(1), row).item()).toBe(1);
  });
});

describe.each([
  ["crossEntropy", crossEntropy],
  ["nll", nll],
  ["hinge", hinge],
  ["zeroOne", zeroOne],
] as const)("classes of %s", (name, loss) => {
  const said = (scores: TensorLike, classes: TensorLike): string => refusal(() => loss(scores, classes));

  test("are whole numbers, in any dtype", () => {
    const scores = tensor([[0.5, -1], [-2, 3]]);
    const expected = loss(scores, tensor([1, 0], { dtype: "int32" })).item();
    expect(loss(scores, [1, 0]).item()).toBe(expected);
    expect(loss(scores, tensor([1, 0], { dtype: "float64" })).item()).toBe(expected);
    expect(loss(scores, new Uint8Array([1, 0])).item()).toBe(expected);
  });

  test("out of range are refused with value, place and number of classes", () => {
    expect(said(zeros([4, 10]), [0, 9, 10, 3])).toBe(
      `ShapeError: ${name}: class out of range: 10 at [2] (10 classes); give whole numbers from 0 to 9`,
    );
    expect(said(zeros([2, 3]), [0, -1])).toMatch(/class out of range: -1 at \[1\] \(3 classes\)/);
    expect(said(zeros([1, 1]), [1])).toMatch(/\(1 class\)/);
  });

  test("with a fraction or NaN are refused with value and place", () => {
    expect(said(zeros([3, 10]), [0, 1.5, 2])).toBe(
      `DTypeError: ${name}: class is not a whole number: 1.5 at [1]; give whole numbers, as int32 or as floats`,
    );
    expect(said(zeros([2, 10]), [0, NaN])).toMatch(/class is not a whole number: NaN at \[1\]/);
    expect(said(zeros([2, 2]), [true, false])).toMatch(/^DTypeError: .*class is bool/);
  });

  test("in the place of the scores are noticed", () => {
    expect(said([2, 0, 1], zeros([3, 10]))).toBe(
      `ShapeError: ${name}: classes do not fit the scores: prediction [3], target [3, 10] (expected []); ` +
        `the arguments look swapped: write ${name}(scores, classes)`,
    );
  });

  test("of another shape are refused, with the mend", () => {
    expect(said(zeros([5, 3]), zeros([5, 1]))).toMatch(/\(expected \[5\]\); write target.reshape\(\[5\]\)$/);
    expect(said(zeros([5, 3]), zeros([4]))).toMatch(/\(expected \[5\]\); give one class for each row: \[5\]$/);
    expect(said(3, 1)).toBe(
      `ShapeError: ${name}: no class axis: prediction [] (a single number); give scores of shape [classes] or [rows, classes]`,
    );
    if (name !== "crossEntropy") {
      expect(said(zeros([5, 3]), zeros([5, 3]))).toMatch(/; give class indices \[5\], such as target.argmax\(\{ axes: 1 \}\)$/);
      expect(said(zeros([3]), zeros([3]))).toMatch(/; give class indices \[\], such as target.argmax\(\{ axes: 0 \}\)$/);
    }
  });

  test("need no batch, and may lie in a picture", () => {
    const scores = [0.5, -2, 1];
    expect(loss(scores, 1).item()).toBeCloseTo(loss([scores], [1]).item(), 6);
    const picture = tensor([[[1, 2, 0], [0, 5, 1]], [[3, 1, 0], [2, 2, 4]]]);
    const classes = [[0, 1, 1], [1, 0, 0]];
    const each = loss(picture, classes, { reduction: "none" });
    expect(each.shape).toEqual([2, 3]);
    const rows = picture.permute([0, 2, 1]).reshape([6, 2]);
    expect(each.reshape([6])).toBeCloseToTensor(loss(rows, classes.flat(), { reduction: "none" }).toArray());
  });
});
