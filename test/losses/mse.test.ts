/** Squared errors of the lessons. */
import { describe, expect, test } from "vitest";
import { type Tensor, crossEntropy, grad, mse, softmax, tensor } from "../../src/index";
import { refusal } from "../support/refusal";

describe("mse", () => {
  test("is the mean of the squares, or half of it", () => {
    expect(mse([1, 2], [3, 5]).item()).toBe(6.5);
    expect(mse(tensor(2.9, { dtype: "float64" }), 0.8).item()).toBeCloseTo(4.41, 12);
    expect(mse(tensor(2.9, { dtype: "float64" }), 0.8, { half: true }).item()).toBeCloseTo(2.205, 12);
  });

  test("(1/2N)Σ‖y − h‖² of the two-layer lesson is half the sum over N", () => {
    const h = tensor([[0.37166596, 0.45414264]], { dtype: "float64" });
    expect(mse(h, [[1, 0]], { half: true, reduction: "sum" }).item() / 1).toBeCloseTo(0.3005246039, 8);
  });

  test("has the gradient 2(ŷ − y)/n, and ŷ − y where halved and summed", () => {
    const p = tensor([2, -1], { dtype: "float64", requiresGrad: true });
    expect(grad(mse(p, [0, 1]), [p])[0]).toBeCloseToTensor([2, -2]);
    expect(grad(mse(p, [0, 1], { half: true, reduction: "sum" }), [p])[0]).toBeCloseToTensor([2, -2]);
  });

  test("one step of back-propagation by hand: 2.1 at the output, 1.05 … 4.2 at the weights", () => {
    const x = tensor([[0.5, 1]], { dtype: "float64" });
    const first = tensor([[1, 0.5], [0.5, 0.7]], { dtype: "float64", requiresGrad: true });
    const last = tensor([[1, 2]], { dtype: "float64", requiresGrad: true });
    const output = () => x.matmul(first.transpose()).matmul(last.transpose());
    const loss = mse(output(), [[0.8]], { half: true });
    expect([output().item(), loss.item()]).toBeCloseToTensor([2.9, 2.205], { atol: 1e-12 });
    const [g1, g2] = grad(loss, [first, last]);
    expect(g1).toBeCloseToTensor([[1.05, 2.1], [2.1, 4.2]]);
    expect(g2).toBeCloseToTensor([[2.1, 1.995]]);
  });

  test("stalls where cross-entropy learns: confidently wrong after a softmax", () => {
    const z = tensor([[-10, 10, 0]], { dtype: "float64", requiresGrad: true });
    const slope = (loss: Tensor): number => grad(loss, [z])[0]!.abs().max().item();
    const ofEntropy = slope(crossEntropy(z, [0]));
    const ofSquares = slope(mse(softmax(z), [[1, 0, 0]]));
    expect(ofEntropy).toBeCloseTo(1, 3);
    expect(ofSquares).toBeCloseTo(3e-5, 5);
    expect(ofEntropy / ofSquares).toBeGreaterThan(1e4);
  });

  test("refuses a half that is no boolean", () => {
    expect(refusal(() => mse([1], [1], { half: 0.5 as unknown as boolean }))).toBe(
      "OptionError: mse: half is not a boolean: 0.5; give true or false",
    );
  });
});
