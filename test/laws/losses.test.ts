/** What holds for every loss; an exported loss without a row here fails. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as gradkit from "../../src/index";
import {
  Generator,
  type Reduction,
  type Tensor,
  type TensorLike,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  binaryHinge,
  checkGradients,
  compile,
  cosineEmbedding,
  crossEntropy,
  elasticNetPenalty,
  gaussianNll,
  grad,
  hinge,
  hingeEmbedding,
  huber,
  js,
  klDivergence,
  l1Penalty,
  l2Penalty,
  logSoftmax,
  mae,
  mse,
  nll,
  permutation,
  poissonNll,
  slice,
  smoothL1,
  softmax,
  tensor,
  wasm,
  zeroOne,
  zeros,
} from "../../src/index";
import { filesBelow } from "../support/sources";
import { tensorsOf } from "../support/arbitraries";

type Loss = (prediction: TensorLike, target: TensorLike, options?: { reduction?: Reduction }) => Tensor;

/** Predictions [n, 3] and targets for them, and where the loss is smooth. */
interface Row {
  readonly loss: Loss;
  /** Makes a valid target from n and free numbers of shape [n, 3]. */
  readonly target: (free: Tensor) => Tensor;
  /** Makes a valid prediction from free numbers. */
  readonly prediction?: (free: Tensor) => Tensor;
  /** Distance of a prediction from the nearest kink of the loss; none if it is smooth. */
  readonly kinkAt?: (prediction: Tensor, target: Tensor) => Tensor;
  readonly differentiable?: false;
  /** Whether single losses may be below 0. */
  readonly negative?: true;
}

const classes = (free: Tensor): Tensor => free.argmax({ axes: 1 });
const same = (free: Tensor): Tensor => free.mul(1.5).add(0.1);
const share = (free: Tensor): Tensor => free.sigmoid();
const error = (p: Tensor, t: Tensor): Tensor => p.sub(t).abs();
const sides = (free: Tensor): Tensor => free.greater(0).to("float64").mul(2).sub(1);
const lead = (p: Tensor, t: Tensor): Tensor => p.sub(p.gather(t.unsqueeze(1), { axis: 1 })).add(1).abs();

/** Vectors beside others, on the side that the others' first number says. */
const embedding: Loss = (p, t, o) => cosineEmbedding(p, t, sides(slice(t, [null, [0, 1]]).squeeze(1)), o);
const cosine = (p: Tensor, t: Tensor): Tensor => {
  const norms = p.norm({ axes: 1 }).mul(t.norm({ axes: 1 }));
  return p.mul(t).sum({ axes: 1 }).div(norms.maximum(0.1)).abs().minimum(norms);
};

const rows: Readonly<Record<string, Row>> = {
  binaryCrossEntropy: { loss: binaryCrossEntropy, target: share, prediction: share },
  binaryCrossEntropyWithLogits: { loss: binaryCrossEntropyWithLogits, target: share },
  binaryHinge: { loss: binaryHinge, target: sides, kinkAt: (p, t) => p.mul(t).sub(1).abs() },
  cosineEmbedding: { loss: embedding, target: same, kinkAt: cosine },
  crossEntropy: { loss: crossEntropy, target: classes },
  "crossEntropy of probabilities": { loss: crossEntropy, target: (free) => softmax(free) },
  "crossEntropy with all settings": {
    loss: (p, t, o) => crossEntropy(p, t, { ...o, weight: [1, 2, 3], labelSmoothing: 0.2, ignoreIndex: -1 }),
    target: classes,
  },
  gaussianNll: { loss: gaussianNll, target: same },
  hinge: { loss: hinge, target: classes, kinkAt: lead },
  "hinge squared": { loss: (p, t, o) => hinge(p, t, { ...o, p: 2 }), target: classes, kinkAt: lead },
  hingeEmbedding: { loss: hingeEmbedding, target: sides, kinkAt: (p, t) => p.sub(1).abs().maximum(t), negative: true },
  huber: { loss: huber, target: same, kinkAt: (p, t) => error(p, t).sub(1).abs() },
  klDivergence: { loss: klDivergence, target: share, prediction: (free) => logSoftmax(free), negative: true },
  "klDivergence of logarithms": {
    loss: (p, t, o) => klDivergence(p, t, { ...o, logTarget: true }),
    target: (free) => logSoftmax(free),
    prediction: (free) => logSoftmax(free),
    negative: true,
  },
  mae: { loss: mae, target: same, kinkAt: error },
  mse: { loss: mse, target: same },
  nll: { loss: nll, target: classes, prediction: (free) => logSoftmax(free) },
  poissonNll: { loss: poissonNll, target: (free) => free.exp().round(), negative: true },
  "poissonNll of rates": {
    loss: (p, t, o) => poissonNll(p, t, { ...o, logInput: false, full: true }),
    target: (free) => free.exp().round(),
    prediction: (free) => free.exp(),
    negative: true,
  },
  smoothL1: { loss: smoothL1, target: same, kinkAt: (p, t) => error(p, t).sub(1).abs() },
  zeroOne: { loss: zeroOne, target: classes, differentiable: false },
};

const penalties = {
  elasticNetPenalty: (w: Tensor) => elasticNetPenalty(w, 0.3, 0.7),
  l1Penalty: (w: Tensor) => l1Penalty(w, 0.3),
  l2Penalty: (w: Tensor) => l2Penalty(w, 0.7),
};

test("every loss that is exported from src/losses has a row", async () => {
  const paths = filesBelow("src/losses", ".ts").map((path) => `../../${path.slice(0, -".ts".length)}.ts`);
  const modules = (await Promise.all(paths.map((path) => import(path)))) as Record<string, unknown>[];
  const functions = new Set(modules.flatMap(Object.values).filter((value) => typeof value === "function"));
  const exported = Object.entries(gradkit).filter(([, value]) => functions.has(value)).map(([name]) => name);
  expect(exported.length).toBeGreaterThan(10);
  expect(exported.filter((name) => !(name in rows) && !(name in penalties))).toEqual([]);
});

/** A prediction and its target, away from kinks. */
const cases = (row: Row): fc.Arbitrary<readonly [Tensor, Tensor]> =>
  fc
    .integer({ min: 1, max: 4 })
    .chain((n) => fc.tuple(tensorsOf([n, 3]), tensorsOf([n, 3])))
    .map(([a, b]) => [row.prediction?.(a) ?? a, row.target(b)] as const)
    .filter(([p, t]) => row.kinkAt === undefined || row.kinkAt(p, t).min().item() > 0.01);

describe.each(Object.entries(rows))("%s", (_, row) => {
  const { loss } = row;

  test("has right gradients to the second order, in every reduction", () => {
    fc.assert(
      fc.property(cases(row), fc.constantFrom<Reduction>("mean", "sum", "none"), (pair, reduction) => {
        const [p, t] = pair;
        if (row.differentiable === false) {
          expect(loss(tensor(p, { requiresGrad: true }), t, { reduction }).requiresGrad).toBe(false);
          return;
        }
        const report = checkGradients((x) => loss(x, t, { reduction }), [p], { order: 2 });
        expect(report.ok, report.toString()).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  test("is a scalar, at least 0 where nothing is negative by nature, and the sum of its parts", () => {
    fc.assert(
      fc.property(cases(row), ([p, t]) => {
        const each = loss(p, t, { reduction: "none" });
        expect([loss(p, t).rank, loss(p, t, { reduction: "sum" }).rank]).toEqual([0, 0]);
        expect([p.shape, [p.shape[0]]]).toContainEqual(each.shape);
        if (row.negative !== true) expect(each.min().item()).toBeGreaterThanOrEqual(0);
        expect(loss(p, t, { reduction: "sum" })).toBeCloseToTensor(each.sum().item());
      }),
      { numRuns: 25 },
    );
  });

  test.each(["float32", "float64"] as const)("compiled gives what it gives eagerly, with its gradient, in %s", (dtype) => {
    const whole = (x: Tensor, t: Tensor): Tensor[] => {
      const value = loss(x, t);
      return value.requiresGrad ? [value, ...grad(value, [x])] : [value];
    };
    const [p, t] = fc.sample(cases(row), { numRuns: 1, seed: 3 })[0]!;
    const inputs = [p, t].map((x) => (x.dtype === "int32" ? x : x.to(dtype))) as [Tensor, Tensor];
    const x = tensor(inputs[0], { requiresGrad: true });
    for (const device of [js(), wasm()]) {
      const compiled = compile(whole, { device });
      const expected = whole(x, inputs[1]);
      const tolerance = dtype === "float64" ? 1e-12 : 1e-5;
      compiled(x, inputs[1]).forEach((value, i) => {
        expect(value).toBeCloseToTensor(expected[i]!.toArray(), { rtol: tolerance, atol: tolerance });
      });
      compiled.release();
    }
  });

  test("does not depend on the order of the rows", () => {
    fc.assert(
      fc.property(cases(row), fc.integer({ min: 0, max: 1000 }), ([p, t], seed) => {
        const order = permutation(p.shape[0]!, { generator: new Generator(seed) });
        const shuffled = loss(p.indexSelect(order), t.indexSelect(order));
        expect(shuffled).toBeCloseToTensor(loss(p, t).item());
      }),
      { numRuns: 20 },
    );
  });

  test("leaves the target's own gradient alone where it is a constant, and takes plain arrays", () => {
    const [p, t] = fc.sample(cases(row), 1)[0]!;
    const plain = loss(p.toArray(), t.toArray());
    expect(plain).toBeCloseToTensor(loss(p, t).item(), { rtol: 1e-5, atol: 1e-6 });
    if (row.differentiable === false) return;
    const x = tensor(p, { requiresGrad: true });
    expect(grad(loss(x, t), [x])[0]!.shape).toEqual(p.shape);
    expect(t.grad).toBeNull();
  });

  test("gives NaN for the mean of no rows, 0 for their sum, and no gradient", () => {
    const free = zeros([0, 3], { dtype: "float64", requiresGrad: true });
    const target = row.target(zeros([0, 3], { dtype: "float64" }));
    const prediction = row.prediction?.(free) ?? free;
    expect(loss(prediction, target).item()).toBeNaN();
    expect(loss(prediction, target, { reduction: "sum" }).item()).toBe(0);
    if (row.differentiable !== false) {
      expect(grad(loss(prediction, target, { reduction: "sum" }), [free])[0]!.shape).toEqual([0, 3]);
    }
  });
});

describe.each(Object.entries(penalties))("%s", (_, penalty) => {
  test("has right gradients to the second order away from 0, and grows with the weights", () => {
    fc.assert(
      fc.property(tensorsOf([2, 3], { kinks: [0] }), (w) => {
        const report = checkGradients(penalty, [w], { order: 2 });
        expect(report.ok, report.toString()).toBe(true);
        expect(penalty(w.mul(2)).item()).toBeGreaterThan(penalty(w).item());
      }),
      { numRuns: 20 },
    );
    expect(penalty(zeros([3], { dtype: "float64" })).item()).toBe(0);
  });
});
