/** Scaled dot-product attention: means by hand, masks and their corners, dropout, and what is refused. */
import { describe, expect, test } from "vitest";
import { Generator, compile, grad, ones, randn, scaledDotProductAttention, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

const generator = new Generator(1);
const [q, k, v] = [[2, 3, 4], [2, 5, 4], [2, 5, 3]].map((shape) => randn(shape, { dtype: "float64", generator })) as [
  ReturnType<typeof randn>,
  ReturnType<typeof randn>,
  ReturnType<typeof randn>,
];

describe("scaledDotProductAttention", () => {
  test("is softmax(q·kᵀ/√E)·v", () => {
    const weights = q.matmul(k.transpose()).div(2).softmax();
    expect(scaledDotProductAttention(q, k, v)).toBeCloseToTensor(weights.matmul(v));
    expect(q.scaledDotProductAttention(k, v, { scale: 0 })).toBeCloseToTensor(
      v.mean({ axes: 1, keepDims: true }).broadcastTo([2, 3, 3]),
    );
  });

  test("causal lets each query see no later key, also beside a mask", () => {
    const causal = scaledDotProductAttention(q, k, v, { causal: true });
    const first = scaledDotProductAttention(q.slice([null, [0, 1]]), k.slice([null, [0, 1]]), v.slice([null, [0, 1]]));
    expect(causal.slice([null, [0, 1]])).toBeCloseToTensor(first);
    const notFirst = tensor([[true], [false], [false]]).logicalOr([[false, true, true, true, true]]);
    const both = scaledDotProductAttention(q, k, v, { causal: true, mask: notFirst });
    expect(both.slice([null, [1, 2]])).toBeCloseToTensor(v.slice([null, [1, 2]]));
  });

  test("gives zeros, and zero gradients, where nothing may be seen, compiled too", () => {
    const masks = [tensor([[false], [true], [true]]), tensor([[-Infinity], [0], [0]], { dtype: "float64" })];
    for (const mask of masks) {
      const see = (x: typeof q): typeof q => scaledDotProductAttention(x, k, v, { mask });
      const x = tensor(q, { requiresGrad: true });
      const y = see(x);
      expect(y.slice([null, [0, 1]]).abs().max().item()).toBe(0);
      const [gradient] = grad(y.sum(), [x]);
      expect(gradient!.isFinite().all().item()).toBe(1);
      expect(gradient!.slice([null, [0, 1]]).abs().max().item()).toBe(0);
      const compiled = compile(see);
      expect(compiled(q)).toBeCloseToTensor(y);
      compiled.release();
    }
    expect(scaledDotProductAttention(q, k, v, { mask: tensor(false).reshape([1, 1]) }).abs().max().item()).toBe(0);
  });

  test("keeps NaN and large scores as they are", () => {
    const mask = [[true, true, true, true, true]];
    expect(scaledDotProductAttention(q.mul(NaN), k, v, { mask }).isNaN().all().item()).toBe(1);
    expect(scaledDotProductAttention(q.mul(1e5), k, v).isFinite().all().item()).toBe(1);
  });

  test("works without keys, queries or rows", () => {
    const nothing = scaledDotProductAttention(zeros([2, 3]), zeros([0, 3]), zeros([0, 2]));
    expect(nothing.toArray()).toEqual([[0, 0], [0, 0]]);
    // Without a width every key matches as well as the others.
    expect(scaledDotProductAttention(zeros([1, 0]), zeros([2, 0]), [[1], [3]]).toArray()).toEqual([[2]]);
    const mask = zeros([0, 2]).to("bool");
    expect(scaledDotProductAttention(zeros([0, 3]), zeros([2, 3]), zeros([2, 4]), { mask }).shape).toEqual([0, 4]);
  });

  test("leaves weights out with dropout, from the stream it is given", () => {
    const [a, b] = [1, 1].map((seed) => {
      const options = { dropout: 0.25, generator: new Generator(seed) };
      return scaledDotProductAttention(zeros([1, 4]), zeros([1000, 4]), ones([1000, 1]), options);
    });
    expect(a!.item()).toBe(b!.item());
    expect(a!.item()).not.toBe(1);
    expect(a!.item()).toBeCloseTo(1, 1);
  });

  test("refuses what does not fit", () => {
    const name = "scaledDotProductAttention";
    const refused = (...args: Parameters<typeof scaledDotProductAttention>): string =>
      refusal(() => scaledDotProductAttention(...args));
    expect(refused(q, v, k)).toBe(
      `ShapeError: ${name}: queries and keys differ in width: q [2, 3, 4], k [2, 5, 3], v [2, 5, 4] (4 ≠ 3); ` +
        "give both the same last size",
    );
    expect(refused(q, k, v.slice([null, [0, 4]]))).toBe(
      `ShapeError: ${name}: keys and values differ in number: q [2, 3, 4], k [2, 5, 4], v [2, 4, 3] (5 ≠ 4); ` +
        "give one value for each key",
    );
    expect(refused([1, 2], k, v)).toBe(
      `ShapeError: ${name}: bad rank: q [2], k [2, 5, 4], v [2, 5, 3] (each has a length and a width); ` +
        "give [..., length, width]",
    );
    expect(refused(zeros([3, 3, 4]), k, v)).toMatch(/leading axes do not broadcast: q \[3, 3, 4\], k \[2, 5, 4\]/);
    expect(refused(q, k, v, { mask: zeros([5, 3]) })).toBe(
      `ShapeError: ${name}: the mask does not fit: [5, 3] for scores [2, 3, 5] (it must broadcast to them); ` +
        "give [queries, keys], with leading axes of 1 or the scores' size",
    );
    expect(refused(q, k, v, { mask: zeros([4, 2, 3, 5]) })).toMatch(/the mask does not fit: \[4, 2, 3, 5\]/);
    expect(refused(q, k, v, { mask: zeros([3, 5], { dtype: "int32" }) })).toBe(
      `DTypeError: ${name}: the mask is int32: [3, 5] (bool says what may be seen, floats are added); ` +
        'convert it with .to("bool") or .to("float32")',
    );
    expect(refused(q, k, v, { dropout: 1.5 })).toMatch(/^OptionError: scaledDotProductAttention: dropout is out of range: 1.5/);
    expect(refused(q, k, v, { isCausal: true } as object)).toMatch(/did you mean "causal"\?/);
  });
});
