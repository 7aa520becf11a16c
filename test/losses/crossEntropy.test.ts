/** Cross-entropy: numbers of the lessons, probabilities, weights, corners. */
import { describe, expect, test } from "vitest";
import { crossEntropy, grad, jacobian, logSoftmax, nll, randn, softmax, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

const lesson = () => tensor([[2, 1, 0.1]], { dtype: "float64", requiresGrad: true });

describe("crossEntropy of the lessons", () => {
  test("z = (2, 1, 0.1), class 0: loss 0.417030, gradient p − t, which sums to 0", () => {
    const z = lesson();
    const loss = crossEntropy(z, [0]);
    expect(loss.item()).toBeCloseTo(0.41703, 6);
    const [g] = grad(loss, [z]);
    expect(g).toBeCloseToTensor([[-0.340999, 0.242433, 0.098566]], { atol: 1e-6 });
    expect(g!.sum().item()).toBeCloseTo(0, 15);
    expect(softmax(z)).toBeCloseToTensor([[0.659001, 0.242433, 0.098566]], { atol: 1e-6 });
  });

  test("is the same by the chain rule, J·(−1/p₀, 0, 0), and by probabilities instead of a class", () => {
    const z = tensor([2, 1, 0.1], { dtype: "float64" });
    const p = softmax(z).toArray() as number[];
    const chain = tensor([-1 / p[0]!, 0, 0], { dtype: "float64" }).matmul(jacobian((x) => softmax(x), z));
    const x = lesson();
    const [byClass] = grad(crossEntropy(x, [0]), [x]);
    expect(chain.unsqueeze(0)).toBeCloseToTensor(byClass!.toArray());
    const [byShares] = grad(crossEntropy(x, [[1, 0, 0]]), [x]);
    expect(byShares).toBeCloseToTensor(byClass!.toArray());
  });

  test("logits of ±1000 give exactly 1000, and stay finite", () => {
    const z = tensor([[1000, 0, -1000]], { requiresGrad: true });
    const loss = crossEntropy(z, [1]);
    expect(loss.item()).toBe(1000);
    expect(grad(loss, [z])[0]).toBeCloseToTensor([[1, -1, 0]]);
  });

  test("is ln K for equal logits, and falls as the right class gains", () => {
    expect(crossEntropy(zeros([5, 10], { dtype: "float64" }), [0, 1, 2, 3, 9]).item()).toBeCloseTo(Math.log(10), 12);
    const losses = [-2, 0, 1, 5, 20].map((score) => crossEntropy([[score, 0, 0]], [0]).item());
    expect(losses).toEqual([...losses].sort((a, b) => b - a));
  });

  test("the gradient of the mean over N rows is (p − t)/N", () => {
    const z = randn([4, 3], { dtype: "float64", requiresGrad: true });
    const t = [[1, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]];
    const [g] = grad(crossEntropy(z, [0, 2, 1, 0]), [z]);
    expect(g).toBeCloseToTensor(softmax(z).sub(t).div(4).toArray());
  });

  test("is nll of logSoftmax", () => {
    const z = randn([4, 3], { dtype: "float64" });
    const options = { weight: [1, 2, 0.5], ignoreIndex: 2 } as const;
    const expected = nll(logSoftmax(z, { axis: 1 }), [0, 1, 2, 0], options).item();
    expect(crossEntropy(z, [0, 1, 2, 0], options).item()).toBeCloseTo(expected, 12);
  });
});

describe("settings of crossEntropy", () => {
  const z = tensor([[1, 0, 1], [0, 1, 2]], { dtype: "float64" });
  const shares = [[0.2, 0.3, 0.5], [1, 0, 0]];
  const weight = [0.5, 2, 1.25];

  // Numbers of PyTorch 1.13's F.cross_entropy.
  test("weights with smoothing and ignored rows are PyTorch's", () => {
    const settings = { weight, labelSmoothing: 0.2, ignoreIndex: -100 };
    expect(crossEntropy(z, [0, -100], settings).item()).toBeCloseTo(1.387259911942393, 12);
    const each = crossEntropy(z, [0, -100], { ...settings, reduction: "none" });
    expect(each).toBeCloseToTensor([0.6936299559711965, 0]);
  });

  test("weights of probabilities divide by the number of rows, as in PyTorch", () => {
    expect(crossEntropy(z, shares, { weight }).item()).toBeCloseTo(1.4729730487996866, 12);
    expect(crossEntropy(z, shares, { weight, labelSmoothing: 0.2 }).item()).toBeCloseTo(1.5037452017692448, 12);
    expect(crossEntropy([[1, 0, 1]], [0], { labelSmoothing: 1 }).item()).toBeCloseTo(1.1953281373915845, 6);
  });

  test("one-hot integers are probabilities too", () => {
    const oneHot = tensor([[0, 1, 0], [1, 0, 0]], { dtype: "int32" });
    expect(crossEntropy(z, oneHot).item()).toBeCloseTo(crossEntropy(z, [1, 0]).item(), 12);
    expect(crossEntropy([1, 0, 1], [0, 1, 0]).item()).toBeCloseTo(crossEntropy([1, 0, 1], 1).item(), 6);
  });

  test("gradients flow to probabilities: −log p / N", () => {
    const target = tensor(shares, { dtype: "float64", requiresGrad: true });
    const [g] = grad(crossEntropy(z, target), [target]);
    expect(g).toBeCloseToTensor(logSoftmax(z).neg().div(2).toArray());
  });

  test("probabilities with classes on axis 1 of a picture", () => {
    const picture = randn([2, 3, 4], { dtype: "float64" });
    const target = softmax(randn([2, 3, 4], { dtype: "float64" }), { axis: 1 });
    const each = crossEntropy(picture, target, { reduction: "none", weight });
    expect(each.shape).toEqual([2, 4]);
    const rows = (x: typeof picture) => x.permute([0, 2, 1]).reshape([8, 3]);
    const flat = crossEntropy(rows(picture), rows(target), { reduction: "none", weight });
    expect(each.reshape([8])).toBeCloseToTensor(flat.toArray());
  });
});

describe("corners of crossEntropy, as in PyTorch", () => {
  test("a logit of −∞ is a class of probability 0", () => {
    const z = tensor([[-Infinity, 0, 1]], { dtype: "float64", requiresGrad: true });
    const loss = crossEntropy(z, [1]);
    expect(loss.item()).toBeCloseTo(1.3132616875182228, 12);
    expect(grad(loss, [z])[0]).toBeCloseToTensor([[0, -0.7310585786300049, 0.7310585786300049]]);
    expect(crossEntropy(z, [0]).item()).toBe(Infinity);
    expect(crossEntropy(z, [1], { labelSmoothing: 0.1 }).item()).toBe(Infinity);
    expect(crossEntropy(z, [[0, 1, 0]]).item()).toBeNaN();
    expect(crossEntropy([[Infinity, 0, 1]], [1]).item()).toBeNaN();
  });

  test("if every row is ignored the mean is NaN and the sum 0, and nothing has a gradient", () => {
    const z = tensor([[1, 0, 1], [0, 0, 0]], { dtype: "float64", requiresGrad: true });
    const of = (reduction: "mean" | "sum" | "none") => crossEntropy(z, [-100, -100], { ignoreIndex: -100, reduction });
    expect(of("mean").item()).toBeNaN();
    expect(of("sum").item()).toBe(0);
    expect(of("none")).toBeCloseToTensor([0, 0]);
    expect(grad(of("sum"), [z])[0]).toBeCloseToTensor([[0, 0, 0], [0, 0, 0]]);
    expect(crossEntropy(z, [-100, -100], { ignoreIndex: -100, labelSmoothing: 0.1 }).item()).toBeNaN();
  });

  test("rows of weight 0 have no mean; no rows have none either", () => {
    expect(crossEntropy([[1, 0, 1]], [0], { weight: [0, 1, 1] }).item()).toBeNaN();
    expect(crossEntropy(zeros([0, 3]), zeros([0])).item()).toBeNaN();
    expect(crossEntropy(zeros([0, 3]), zeros([0]), { reduction: "sum" }).item()).toBe(0);
  });

  test("NaN logits give NaN, and only where they count", () => {
    const z = [[NaN, 0], [1, 2]];
    expect(crossEntropy(z, [0, 1]).item()).toBeNaN();
    expect(crossEntropy(z, [-1, 1], { ignoreIndex: -1 }).item()).toBeCloseTo(crossEntropy([[1, 2]], [1]).item(), 6);
  });
});

describe("refusals of crossEntropy", () => {
  test("targets of the logits' shape must be probabilities: swapped arguments are noticed", () => {
    const why = "(probabilities of each row sum to 1; were prediction and target swapped?); " +
      "divide each row by its sum, or give class indices";
    expect(refusal(() => crossEntropy([[1, 0]], [[2, -1]]))).toBe(`OptionError: crossEntropy: target out of range: 2 at [0, 0] ${why}`);
    expect(refusal(() => crossEntropy(zeros([2, 2]), [[0.5, 0.5], [0.5, 0.25]]))).toBe(
      `OptionError: crossEntropy: sum of a row's target out of range: 0.75 at [1] ${why}`,
    );
    expect(refusal(() => crossEntropy(zeros([1, 2]), [[NaN, 1]]))).toMatch(/target out of range: NaN at \[0, 0\]/);
    expect(refusal(() => crossEntropy(zeros([2]), [1, 1]))).toMatch(/sum of a row's target out of range: 2 \(/);
  });

  test("settings out of range are named", () => {
    const z = zeros([2, 3]);
    expect(refusal(() => crossEntropy(z, [0, 1], { labelSmoothing: 1.5 }))).toBe(
      "OptionError: crossEntropy: labelSmoothing is out of range: 1.5; give a number ≥ 0 and ≤ 1",
    );
    expect(refusal(() => crossEntropy(z, [0, 1], { weight: [1, 2] }))).toBe(
      "ShapeError: crossEntropy: weight is not one number per class: [2] (3 classes); give shape [3]",
    );
    expect(refusal(() => crossEntropy(z, [0, 1], { weight: [1, -2, 1] }))).toBe(
      "OptionError: crossEntropy: weight out of range: -2 at [1] (a class counts 0 or more); give finite numbers ≥ 0",
    );
    expect(refusal(() => crossEntropy(z, [0, 1], { ignoreIndex: 0.5 }))).toMatch(/ignoreIndex is out of range: 0.5; give a whole number/);
    expect(refusal(() => crossEntropy(z, [[1, 0, 0], [0, 1, 0]], { ignoreIndex: 1 }))).toBe(
      "OptionError: crossEntropy: ignoreIndex with probabilities: 1 (no row has one class); give class indices, or weight: 0",
    );
    expect(refusal(() => crossEntropy(z, [0, 1], { smoothing: 0.1 } as object))).toMatch(
      /unknown option: "smoothing"; did you mean "labelSmoothing"\?/,
    );
  });
});
