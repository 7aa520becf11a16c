/** The law rows of reductions, running sums, softmax and sorting, over any axes. */
import fc from "fast-check";
import * as g from "../../src/index";
import type { Tensor } from "../../src/tensor/tensor";
import { type Row, axesOf, axisOf, discrete, linear, oneWith, smooth } from "./row";

interface Reduction {
  readonly axes?: number | number[];
  readonly keepDims: boolean;
}

const reduction = (shape: readonly number[]): fc.Arbitrary<Reduction> =>
  fc.record({ axes: axesOf(shape), keepDims: fc.boolean() }).map(({ axes, keepDims }) =>
    axes === undefined ? { keepDims } : { axes, keepDims },
  );

type Limits = Parameters<typeof oneWith>[0];

/** A reduction over random axes. */
const over = (f: (x: Tensor, options: Reduction) => Tensor, limits: Limits = {}) =>
  oneWith(limits, (shape) => reduction(shape).map((options) => (x) => f(x, options)));

/** A function along one random axis. */
const along = (f: (x: Tensor, options: { axis: number }) => Tensor, limits: Limits = {}) =>
  oneWith({ minRank: 1, ...limits }, (shape) => axisOf(shape).map((axis) => (x) => f(x, { axis })));

const some = { minSize: 1 };
const apart = { minSize: 1, distinct: true };
const several = { minRank: 1, minSize: 2 };
const positive = { min: 0.3, max: 2 };

const sorted = (shape: readonly number[]) =>
  fc
    .record({ axis: axisOf(shape), descending: fc.boolean() })
    .map((options) => (x: Tensor) => g.sort(x, options).values);

const largest = (shape: readonly number[]) =>
  axisOf(shape).chain((axis) =>
    fc
      .record({ k: fc.integer({ min: 0, max: shape.at(axis)! }), largest: fc.boolean() })
      .map(({ k, largest }) => (x: Tensor) => g.topK(x, k, { axis, largest }).values),
  );

export const reduceRows: Readonly<Record<string, Row>> = {
  sum: linear(over(g.sum)),
  mean: linear(over(g.mean, some)),
  prod: smooth(fc.oneof(over(g.prod), over(g.prod, positive))),
  max: smooth(over(g.max, apart)),
  min: smooth(over(g.min, apart)),
  variance: smooth(
    oneWith({ ...several, distinct: true }, (shape) =>
      fc.record({ axis: axisOf(shape), correction: fc.constantFrom(0, 1) }).map(({ axis, correction }) => (x) =>
        g.variance(x, { axes: axis, correction }),
      ),
    ),
  ),
  std: smooth(
    oneWith({ ...several, distinct: true }, (shape) =>
      fc.record({ axis: axisOf(shape), correction: fc.constantFrom(0, 1) }).map(({ axis, correction }) => (x) =>
        g.std(x, { axes: axis, correction }),
      ),
    ),
    { slack: 1e-4 },
  ),
  norm: smooth(
    oneWith({ ...some, ...positive }, (shape) =>
      fc
        .record({ of: reduction(shape), p: fc.constantFrom(1, 2, 3, 0.5) })
        .map(({ of, p }) => (x) => g.norm(x, { ...of, p })),
    ),
  ),
  logSumExp: smooth(over(g.logSumExp, some)),
  argmax: discrete(over(g.argmax, apart)),
  argmin: discrete(over(g.argmin, apart)),
  any: discrete(over(g.any, { kinks: [0] })),
  all: discrete(over(g.all, { kinks: [0] })),
  cumsum: linear(along(g.cumsum)),
  softmax: smooth(along(g.softmax)),
  logSoftmax: smooth(along(g.logSoftmax)),
  sort: smooth(oneWith({ minRank: 1, distinct: true }, sorted)),
  topK: smooth(oneWith({ minRank: 1, distinct: true }, largest)),
};
