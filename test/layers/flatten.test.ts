/** From pictures to rows. */
import { describe, expect, test } from "vitest";
import { Flatten, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

describe("Flatten", () => {
  test("keeps the batch and joins the rest, in order", () => {
    expect(new Flatten().forward(zeros([64, 1, 28, 28])).shape).toEqual([64, 784]);
    expect(new Flatten().forward(tensor([[[1, 2], [3, 4]]])).toArray()).toEqual([[1, 2, 3, 4]]);
    expect(new Flatten().forward(zeros([3, 5])).shape).toEqual([3, 5]);
    expect(new Flatten().forward(zeros([0, 2, 3])).shape).toEqual([0, 6]);
  });

  test("begins at another axis where told so", () => {
    expect(new Flatten({ startAxis: 0 }).forward(zeros([2, 3])).shape).toEqual([6]);
    expect(new Flatten({ startAxis: 2 }).forward(zeros([2, 3, 4, 5])).shape).toEqual([2, 3, 20]);
    expect(String(new Flatten())).toBe("Flatten()");
    expect(String(new Flatten({ startAxis: 2 }))).toBe("Flatten({ startAxis: 2 })");
  });

  test("refuses axes that are not there", () => {
    expect(refusal(() => new Flatten({ startAxis: -1 }))).toMatch(/^OptionError: Flatten: startAxis is out of range: -1/);
    expect(refusal(() => new Flatten().forward(zeros([3])))).toMatch(/^ShapeError: flatten: startAxis out of range: 1/);
  });
});
