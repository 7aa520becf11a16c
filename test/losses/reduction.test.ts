/** Mean, sum, none: the same for every loss. */
import { describe, expect, test } from "vitest";
import { type LossOptions, type Reduction, crossEntropy, grad, mse, randn, tensor, zeros } from "../../src/index";
import { reductionOf } from "../../src/losses/reduction";
import { refusal } from "../support/refusal";

describe("reductions", () => {
  test("the sum is n times the mean, in value and gradient, and none keeps every element", () => {
    const logits = randn([6, 4], { dtype: "float64", requiresGrad: true });
    const classes = [0, 1, 2, 3, 0, 1];
    const of = (reduction: Reduction) => crossEntropy(logits, classes, { reduction });
    expect(of("sum").item()).toBeCloseTo(6 * of("mean").item(), 12);
    expect(of("none").shape).toEqual([6]);
    expect(of("none").sum().item()).toBeCloseTo(of("sum").item(), 12);
    const [ofSum, ofMean] = [grad(of("sum"), [logits])[0]!, grad(of("mean"), [logits])[0]!];
    expect(ofSum).toBeCloseToTensor(ofMean.mul(6).toArray());
  });

  test("the mean of nothing is NaN, its sum 0", () => {
    expect(mse(zeros([0, 2]), zeros([0, 2])).item()).toBeNaN();
    expect(mse(zeros([0, 2]), zeros([0, 2]), { reduction: "sum" }).item()).toBe(0);
    expect(mse(zeros([0, 2]), zeros([0, 2]), { reduction: "none" }).shape).toEqual([0, 2]);
  });

  test("integers count as float32, and dtypes promote", () => {
    const whole = tensor([1, 2], { dtype: "int32" });
    expect(mse(whole, whole.add(1), { reduction: "sum" }).dtype).toBe("float32");
    expect(mse(whole, tensor([true, false]), { reduction: "none" })).toBeCloseToTensor([0, 4]);
    expect(mse([1], tensor([1.1], { dtype: "float64" })).dtype).toBe("float64");
    expect(mse(tensor([0.1], { dtype: "float64" }), [0.1]).item()).toBe(0);
  });

  test("unknown reductions and options are refused, with the nearest one named", () => {
    expect(refusal(() => mse([1], [1], { reduction: "meen" as Reduction }))).toBe(
      'OptionError: mse: unknown reduction: "meen"; did you mean "mean"? give one of "mean", "sum", "none"',
    );
    expect(refusal(() => mse([1], [1], { reductoin: "sum" } as LossOptions))).toBe(
      'OptionError: mse: unknown option: "reductoin"; did you mean "reduction"? Options are reduction, half',
    );
    expect(refusal(() => mse([1], [1], "sum" as LossOptions))).toMatch(/^OptionError: mse: options must be a record: "sum"/);
    expect(reductionOf("any", {})).toBe("mean");
  });
});
