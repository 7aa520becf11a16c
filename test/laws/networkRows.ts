/** The law rows of what networks are made of: normalisation, embedding, attention. */
import fc from "fast-check";
import * as g from "../../src/index";
import type { Tensor } from "../../src/tensor/tensor";
import { type Row, linear, shaped, smooth } from "./row";

const upToTwo = fc.integer({ min: 0, max: 2 });
const oneOrTwo = fc.integer({ min: 1, max: 2 });

/** Large enough that equal values, whose slope is 1/√eps, do no harm to central differences. */
const eps = 0.3;

/** x, and a weight and a bias or not. */
const scaled = fc.record({
  lead: fc.array(upToTwo, { maxLength: 2 }),
  last: fc.array(oneOrTwo, { minLength: 1, maxLength: 2 }),
  parts: upToTwo,
});

/** Options of those that are there. */
const given = (weight?: Tensor, bias?: Tensor): { weight?: Tensor; bias?: Tensor } => ({
  ...(weight === undefined ? {} : { weight }),
  ...(bias === undefined ? {} : { bias }),
});

const layerNorms = scaled.map(({ lead, last, parts }) => ({
  f: (...[x, weight, bias]: Tensor[]) => g.layerNorm(x!, last, { ...given(weight, bias), eps }),
  shapes: [[...lead, ...last], last, last].slice(0, 1 + parts),
}));

const rmsNorms = scaled.map(({ lead, last, parts }) => ({
  f: (...[x, weight]: Tensor[]) => g.rmsNorm(x!, last, { ...given(weight), eps }),
  shapes: [[...lead, ...last], last].slice(0, 1 + Math.min(parts, 1)),
}));

const channelled = fc.record({ batch: upToTwo, rest: fc.array(upToTwo, { maxLength: 2 }), parts: upToTwo });

const groupNorms = fc
  .tuple(channelled, oneOrTwo, oneOrTwo)
  .map(([{ batch, rest, parts }, groups, each]) => ({
    f: (...[x, weight, bias]: Tensor[]) => g.groupNorm(x!, groups, { ...given(weight, bias), eps }),
    shapes: [[batch, groups * each, ...rest], [groups * each], [groups * each]].slice(0, 1 + parts),
  }));

/** By the batch, whose values per channel are not one; or by given statistics, the variance squared to be positive. */
const batchNorms = fc
  .record({
    batch: fc.constantFrom(0, 2, 3),
    channels: upToTwo,
    rest: fc.array(oneOrTwo, { maxLength: 2 }),
    training: fc.boolean(),
  })
  .map(({ batch, channels, rest, training }) => ({
    f: (...[x, weight, bias, runningMean, root]: Tensor[]) =>
      training
        ? g.batchNorm(x!, { weight: weight!, bias: bias!, training, eps })
        : g.batchNorm(x!, { weight: weight!, bias: bias!, runningMean: runningMean!, runningVar: root!.square(), eps }),
    shapes: [[batch, channels, ...rest], ...Array.from({ length: training ? 2 : 4 }, () => [channels])],
  }));

const lookups = fc
  .record({ count: fc.integer({ min: 1, max: 3 }), width: upToTwo, shape: fc.array(upToTwo, { maxLength: 2 }) })
  .chain(({ count, width, shape }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const whole = fc.array(fc.integer({ min: 0, max: count - 1 }), { minLength: size, maxLength: size });
    return whole.map((values) => {
      const indices = g.tensor(Int32Array.from(values), { shape });
      return { f: (...[weight]: Tensor[]) => g.embedding(weight!, indices), shapes: [[count, width]] };
    });
  });

type Leads = readonly [queries: number[], keys: number[], values: number[]];

/** Attention with and without a mask, which is learned where it is there, over batches that broadcast. */
const attentions = fc
  .record({
    lead: fc.constantFrom<Leads>([[], [], []], [[2], [2], [2]], [[2], [1], [2]], [[0], [0], [0]]),
    queries: upToTwo,
    keys: oneOrTwo,
    width: oneOrTwo,
    values: oneOrTwo,
    masked: fc.boolean(),
    causal: fc.boolean(),
  })
  .map(({ lead: [q, k, v], queries, keys, width, values, masked, causal }) => ({
    f: (...[a, b, c, mask]: Tensor[]) =>
      g.scaledDotProductAttention(a!, b!, c!, { ...(mask === undefined ? {} : { mask }), causal }),
    shapes: [
      [...q, queries, width],
      [...k, keys, width],
      [...v, keys, values],
      ...(masked ? [[queries, keys]] : []),
    ],
  }));

export const networkRows: Readonly<Record<string, Row>> = {
  layerNorm: smooth(shaped(layerNorms)),
  rmsNorm: smooth(shaped(rmsNorms)),
  groupNorm: smooth(shaped(groupNorms)),
  batchNorm: smooth(shaped(batchNorms)),
  embedding: linear(shaped(lookups)),
  scaledDotProductAttention: smooth(shaped(attentions)),
};
