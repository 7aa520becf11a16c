/** Multi-head attention and the encoder layer: first weights, masks, modes, learning, and what they refuse. */
import { describe, expect, test } from "vitest";
import {
  Adam,
  Dataset,
  Embedding,
  Flatten,
  Linear,
  MultiHeadAttention,
  PositionalEncoding,
  Sequential,
  TransformerEncoderLayer,
  accuracy,
  crossEntropy,
  evaluate,
  fitSync,
  manualSeed,
  randint,
  randn,
  tensor,
  zeros,
} from "../../src/index";
import { refusal } from "../support/refusal";

const dtype = "float64";
const x = randn([2, 3, 4], { dtype });

describe("MultiHeadAttention", () => {
  test("one head with the identity for projections is plain attention", () => {
    const layer = new MultiHeadAttention(2, 1, { dtype });
    const identity = [[1, 0], [0, 1]];
    layer.loadStateDict({
      in_proj_weight: [...identity, ...identity, ...identity],
      in_proj_bias: [0, 0, 0, 0, 0, 0],
      "out_proj.weight": identity,
      "out_proj.bias": [0, 0],
    });
    const [q, m] = [randn([1, 3, 2], { dtype }), randn([1, 5, 2], { dtype })];
    expect(layer.forward(q, m)).toBeCloseToTensor(q.scaledDotProductAttention(m, m));
  });

  test("begins with Xavier's bound and biases 0", () => {
    const layer = new MultiHeadAttention(60, 3);
    const bound = Math.sqrt(6 / 240);
    expect(layer.inProjWeight.abs().max().item()).toBeLessThanOrEqual(bound);
    expect(layer.inProjWeight.abs().max().item()).toBeGreaterThan(0.99 * bound);
    expect(layer.outProj.weight.abs().max().item()).toBeLessThanOrEqual(1 / Math.sqrt(60));
    expect([layer.inProjBias, layer.outProj.bias].map((bias) => bias!.abs().max().item())).toEqual([0, 0]);
  });

  test("gives the weights beside the output, of all heads or their mean", () => {
    const layer = new MultiHeadAttention(4, 2, { dtype });
    const { output, weights } = layer.run(x, x, x, { averageWeights: false });
    expect([output.shape, weights.shape]).toEqual([[2, 3, 4], [2, 2, 3, 3]]);
    expect(weights.sum({ axes: -1 })).toBeCloseToTensor(tensor(zeros([2, 2, 3], { dtype })).add(1));
    expect(layer.run(x).weights).toBeCloseToTensor(weights.mean({ axes: 1 }));
    expect(layer.run(x.slice([[0, 1]]).squeeze(0)).weights.shape).toEqual([3, 3]);
  });

  test("a query that may see nothing gets the output's bias", () => {
    const layer = new MultiHeadAttention(4, 2, { dtype });
    const padding = [[true, true, true], [false, false, false]];
    const y = layer.forward(x, x, x, { keyPaddingMask: padding });
    expect(y.slice([[0, 1]]).abs().max().item()).toBe(0);
    expect(y.slice([[1, 2]])).toBeCloseToTensor(layer.forward(x.slice([[1, 2]])));
  });

  test("masks for each head come as four axes or, as in PyTorch, as [batch·heads, L, S]", () => {
    const layer = new MultiHeadAttention(4, 2, { dtype });
    const mask = randn([2, 2, 3, 3], { dtype });
    const four = layer.forward(x, x, x, { mask });
    expect(layer.forward(x, x, x, { mask: mask.reshape([4, 3, 3]) })).toBeCloseToTensor(four);
  });

  test("leaves weights out in training only", () => {
    const layer = new MultiHeadAttention(4, 2, { dropout: 0.5, dtype });
    expect(layer.forward(x).equal(layer.forward(x)).all().item()).toBe(0);
    layer.eval();
    expect(layer.forward(x)).toBeCloseToTensor(layer.forward(x));
  });

  test("prints what is unusual, and its output layer below it", () => {
    expect(String(new MultiHeadAttention(4, 2))).toBe("MultiHeadAttention(4, 2\n  (out_proj): Linear(4, 4)\n)");
    expect(String(new MultiHeadAttention(4, 2, { dropout: 0.1, bias: false })).split("\n")[0]).toBe(
      "MultiHeadAttention(4, 2, { dropout: 0.1, bias: false }",
    );
    expect(new MultiHeadAttention(4, 2).summary([2, 3, 4])).toContain("80 parameters");
  });

  test("refuses heads, inputs and masks that do not fit", () => {
    const name = "MultiHeadAttention";
    const layer = new MultiHeadAttention(4, 2, { dtype });
    expect(refusal(() => new MultiHeadAttention(4, 3))).toBe(
      `OptionError: ${name}: the heads do not divide the width: 4 for 3 heads (remainder 1); choose a width that is a multiple`,
    );
    expect(refusal(() => layer.forward(zeros([2, 3, 5])))).toBe(
      `ShapeError: ${name}: the width does not fit: [2, 3, 5], [2, 3, 5], [2, 3, 5] (5 ≠ 4); ` +
        "give each as [batch, length, 4], or [length, 4]",
    );
    expect(refusal(() => layer.forward(zeros([4])))).toMatch(/^ShapeError: MultiHeadAttention: bad rank: \[4\], \[4\], \[4\] \(ranks 1, 1, 1\)/);
    expect(refusal(() => layer.forward(x, zeros([1, 3, 4])))).toMatch(/batches differ: \[2, 3, 4\], \[1, 3, 4\], \[1, 3, 4\] \(2, 1, 1\)/);
    expect(refusal(() => layer.forward(x, zeros([2, 3, 4]), zeros([2, 5, 4])))).toMatch(/^ShapeError: MultiHeadAttention: keys and values differ in number/);
    expect(refusal(() => layer.forward(x, x, x, { mask: zeros([2, 3]) }))).toMatch(/the mask does not fit: \[2, 3\] for scores \[2, 2, 3, 3\]/);
    expect(refusal(() => layer.forward(x, x, x, { mask: zeros([2, 3, 3]) }))).toBe(
      `ShapeError: ${name}: a mask of rank 3 does not fit: [2, 3, 3] ≠ [4, 3, 3] (batch · heads first); ` +
        "give [queries, keys], or four axes, of which batch and heads may be 1",
    );
    expect(refusal(() => layer.forward(x, x, x, { keyPaddingMask: [true, false, false] }))).toBe(
      `ShapeError: ${name}: keyPaddingMask does not fit: [3] ≠ [2, 3] (one entry per key); give [batch, keys]`,
    );
    expect(refusal(() => layer.forward(x, x, x, { attnMask: [] } as object))).toMatch(/^OptionError: MultiHeadAttention: unknown option: "attnMask"/);
    expect(refusal(() => new MultiHeadAttention(4, 2, { dropout: -1 }))).toMatch(/dropout is out of range: -1/);
  });
});

describe("TransformerEncoderLayer", () => {
  test("causal: what comes later changes nothing before", () => {
    const layer = new TransformerEncoderLayer(4, 2, { dimFeedforward: 8, dtype }).eval();
    const other = x.mul(tensor([[1], [1], [0]], { dtype }));
    const [a, b] = [x, other].map((input) => layer.forward(input, { causal: true }).slice([null, [0, 2]]));
    expect(a).toBeCloseToTensor(b!);
    const [c, d] = [x, other].map((input) => layer.forward(input).slice([null, [0, 2]]));
    expect(c!.equal(d!).any().item()).toBe(0);
  });

  test("has two hidden layers of 2048 and dropout 0.1 unless told otherwise, and prints what is unusual", () => {
    const layer = new TransformerEncoderLayer(4, 2);
    expect([layer.linear1.outFeatures, layer.dropout.p, layer.selfAttn.dropout]).toEqual([2048, 0.1, 0.1]);
    const unusual = { dimFeedforward: 8, normFirst: true, activation: "gelu", bias: false } as const;
    const other = new TransformerEncoderLayer(4, 2, unusual);
    expect(String(other).split("\n")[0]).toBe(
      'TransformerEncoderLayer(4, 2, { dimFeedforward: 8, activation: "gelu", normFirst: true, bias: false }',
    );
    expect(Object.keys(other.stateDict()).filter((key) => key.endsWith("bias"))).toEqual([]);
    expect(layer.forward(x.to("float32")).equal(layer.forward(x.to("float32"))).all().item()).toBe(0);
  });

  test("takes an option that is undefined as left out", () => {
    const none = { dimFeedforward: undefined, dropout: undefined, activation: undefined, layerNormEps: undefined };
    const bare = { ...none, normFirst: undefined, bias: undefined, batchFirst: undefined, dtype: undefined };
    expect(String(new TransformerEncoderLayer(4, 2, bare as object))).toBe(String(new TransformerEncoderLayer(4, 2)));
  });

  test("refuses settings out of range and unknown options", () => {
    expect(refusal(() => new TransformerEncoderLayer(4, 3))).toMatch(/the heads do not divide the width/);
    expect(refusal(() => new TransformerEncoderLayer(4, 2, { activation: "tanh" as "relu" }))).toMatch(/^OptionError: TransformerEncoderLayer: unknown activation: "tanh"/);
    expect(refusal(() => new TransformerEncoderLayer(4, 2, { dimFeedForward: 8 } as object))).toMatch(/did you mean "dimFeedforward"\?/);
    const layer = new TransformerEncoderLayer(4, 2, { dimFeedforward: 8 });
    expect(refusal(() => layer.forward(zeros([1, 2, 4]), { masks: 1 } as object))).toMatch(/^OptionError: TransformerEncoderLayer: unknown option: "masks"/);
    expect(refusal(() => layer.forward(zeros([1, 2, 5])))).toMatch(/the width does not fit/);
  });

  test("learns which of two words stands first, in a compiled fit", () => {
    manualSeed(1);
    const model = new Sequential(
      new Embedding(4, 16),
      new PositionalEncoding(16),
      new TransformerEncoderLayer(16, 2, { dimFeedforward: 32, dropout: 0, normFirst: true }),
      new Flatten(),
      new Linear(64, 2),
    );
    const rows = randint(2, 4, [96, 4]);
    const data = Dataset.from({ x: rows, y: rows.slice([null, [0, 1]]).squeeze(1).sub(2) });
    const optimizer = new Adam(model.parameters(), { lr: 0.01 });
    const onNotice = (text: string): never => expect.fail(text);
    fitSync(model, data, { loss: crossEntropy, optimizer, epochs: 12, batchSize: 32, onNotice });
    expect(evaluate(model, data, { metrics: { accuracy } })["accuracy"]).toBe(1);
  });
});

describe("PositionalEncoding", () => {
  test("adds sines and cosines of falling frequency", () => {
    const waves = new PositionalEncoding(4).forward(zeros([3, 4], { dtype }));
    const angles = [1, 0.01];
    const expected = [0, 1, 2].map((t) => angles.flatMap((w) => [Math.sin(t * w), Math.cos(t * w)]));
    expect(waves).toBeCloseToTensor(expected);
    expect(new PositionalEncoding(3).forward(zeros([2, 3], { dtype })).slice([[1, 2]])).toBeCloseToTensor([
      [Math.sin(1), Math.cos(1), Math.sin(10000 ** (-2 / 3))],
    ]);
  });

  test("takes the length first where it is told so, drops in training, and has no state", () => {
    const layer = new PositionalEncoding(4);
    const turned = new PositionalEncoding(4, { batchFirst: false }).forward(x.permute([1, 0, 2]));
    expect(turned.permute([1, 0, 2])).toBeCloseToTensor(layer.forward(x));
    expect(layer.stateDict()).toEqual({});
    const dropping = new PositionalEncoding(4, { dropout: 1 });
    expect(dropping.forward(x).abs().max().item()).toBe(0);
    expect(dropping.eval().forward(x)).toBeCloseToTensor(layer.forward(x));
    expect(String(dropping)).toBe("PositionalEncoding(4, { dropout: 1 })");
  });

  test("refuses other ranks and widths", () => {
    expect(refusal(() => new PositionalEncoding(4).forward(zeros([2, 3])))).toBe(
      "ShapeError: PositionalEncoding: input does not fit: [2, 3] (rank 2, width 3 for 4); " +
        "give [batch, length, 4], or [length, 4] for one sequence",
    );
    expect(refusal(() => new PositionalEncoding(0))).toMatch(/width is out of range: 0/);
  });
});
