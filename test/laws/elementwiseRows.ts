/** The law rows of elementwise ops: on which numbers each is smooth, and away from which kinks. */
import fc from "fast-check";
import * as g from "../../src/index";
import type { Tensor } from "../../src/tensor/tensor";
import { broadcastPairs, tensorsOf } from "../support/arbitraries";
import { type Case, type Row, discrete, linear, one, smallShapes, smooth, two } from "./row";

const positive = { min: 0.3, max: 3 };
const flat = { min: 0.1, max: 0.9 };

/** A tensor of multiples of 0.2, moved by an offset: float32 tells them apart as float64 does. */
const onGrid = (shape: readonly number[], offset = 0): fc.Arbitrary<Tensor> => {
  const size = shape.reduce((a, b) => a * b, 1);
  return fc
    .array(fc.integer({ min: -8, max: 8 }), { minLength: size, maxLength: size })
    .map((steps) => g.tensor(Float64Array.from(steps, (step) => 0.2 * step + offset), { shape }));
};

/** Two tensors that broadcast: their elements are equal or 0.2 apart, or never nearer than an offset. */
const pairs = (f: (a: Tensor, b: Tensor) => Tensor, offset: number): fc.Arbitrary<Case> =>
  broadcastPairs({ maxSize: 2 })
    .chain(({ a, b }) => fc.tuple(onGrid(a), onGrid(b, offset)))
    .map((at) => ({ f, at }));

const numbers = fc.double({ min: -2, max: 2, noNaN: true });

/** A function of a tensor and a number, on either side. */
const withNumber = (f: (a: Tensor | number, b: Tensor | number) => Tensor) =>
  fc.record({ shape: smallShapes(), number: numbers, left: fc.boolean() }).chain(({ shape, number, left }) =>
    tensorsOf(shape).map((x) => ({ f: (y: Tensor) => (left ? f(number, y) : f(y, number)), at: [x] })),
  );

const masks = (shape: readonly number[]) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return fc
    .array(fc.boolean(), { minLength: size, maxLength: size })
    .map((values) => g.tensor(values, { shape, dtype: "bool" }));
};

export const elementwiseRows: Readonly<Record<string, Row>> = {
  add: linear(two(g.add)),
  sub: linear(two(g.sub)),
  mul: smooth(fc.oneof(two(g.mul), withNumber(g.mul))),
  div: smooth(two(g.div, {}, { min: -3, max: 3, kinks: [0], margin: 0.4 })),
  pow: smooth(fc.oneof(two(g.pow, positive, { min: -2, max: 2 }), one((x) => g.pow(x, 3)), one((x) => g.pow(1.5, x)))),
  maximum: smooth(pairs(g.maximum, 0.1)),
  minimum: smooth(pairs(g.minimum, 0.1)),
  neg: linear(one(g.neg)),
  abs: smooth(one(g.abs, { kinks: [0] })),
  sign: smooth(one(g.sign, { kinks: [0] })),
  square: smooth(one(g.square)),
  reciprocal: smooth(one(g.reciprocal, { min: -3, max: 3, kinks: [0], margin: 0.4 })),
  floor: smooth(one(g.floor, flat)),
  ceil: smooth(one(g.ceil, flat)),
  round: smooth(one(g.round, { min: 0.6, max: 1.4 })),
  exp: smooth(one(g.exp)),
  expm1: smooth(one(g.expm1)),
  log: smooth(one(g.log, positive)),
  log1p: smooth(one(g.log1p, { min: -0.6, max: 3 })),
  sqrt: smooth(one(g.sqrt, positive)),
  rsqrt: smooth(one(g.rsqrt, positive)),
  sin: smooth(one(g.sin)),
  cos: smooth(one(g.cos)),
  tan: smooth(one(g.tan, { min: -1, max: 1 })),
  tanh: smooth(one(g.tanh)),
  erf: smooth(one(g.erf)),
  sigmoid: smooth(one(g.sigmoid)),
  logSigmoid: smooth(one(g.logSigmoid)),
  hardSigmoid: smooth(one(g.hardSigmoid, { min: -4, max: 4, kinks: [-3, 3] })),
  hardTanh: smooth(one(g.hardTanh, { kinks: [-1, 1] })),
  relu: smooth(one(g.relu, { kinks: [0] })),
  relu6: smooth(one(g.relu6, { min: -2, max: 8, kinks: [0, 6] })),
  leakyRelu: smooth(one((x) => g.leakyRelu(x, { negativeSlope: 0.2 }), { kinks: [0] })),
  elu: smooth(one((x) => g.elu(x, { alpha: 0.7 }), { kinks: [0] })),
  gelu: smooth(fc.oneof(one(g.gelu), one((x) => g.gelu(x, { approximate: "tanh" })))),
  silu: smooth(one(g.silu)),
  mish: smooth(one(g.mish)),
  softplus: smooth(one(g.softplus)),
  softsign: smooth(one(g.softsign, { kinks: [0] })),
  clamp: smooth(one((x) => g.clamp(x, -1, 0.5), { kinks: [-1, 0.5] })),
  where: linear(
    two(g.add).chain(({ at }) => {
      const [a, b] = at as [Tensor, Tensor];
      const whole = g.add(a, b).shape;
      return masks(whole).map((mask) => ({ f: (...[x, y]: Tensor[]) => g.where(mask, x!, y!), at }));
    }),
  ),
  equal: discrete(pairs(g.equal, 0)),
  notEqual: discrete(pairs(g.notEqual, 0)),
  less: discrete(pairs(g.less, 0.1)),
  lessEqual: discrete(pairs(g.lessEqual, 0.1)),
  greater: discrete(pairs(g.greater, 0.1)),
  greaterEqual: discrete(pairs(g.greaterEqual, 0.1)),
  logicalNot: discrete(smallShapes().chain((shape) => onGrid(shape)).map((x) => ({ f: g.logicalNot, at: [x] }))),
  logicalAnd: discrete(pairs(g.logicalAnd, 0)),
  logicalOr: discrete(pairs(g.logicalOr, 0)),
  isNaN: discrete(one(g.isNaN)),
  isFinite: discrete(one(g.isFinite)),
  to: linear(one((x) => g.to(g.to(x, "float32"), x.dtype), { min: 0, max: 0 })),
  clone: linear(one(g.clone)),
  detach: discrete(one(g.detach)),
  dropout: linear(one((x) => g.dropout(x, 0.4, { generator: new g.Generator(3) }))),
};

/** Functions that make tensors: their values are constants, and no method makes sense. */
const makes = (f: () => Tensor): Row => discrete(fc.constant({ f: () => f(), at: [] }), { method: false });

const generator = () => new g.Generator(5);

export const creationRows: Readonly<Record<string, Row>> = {
  zeros: makes(() => g.zeros([2, 3])),
  ones: makes(() => g.ones([])),
  full: makes(() => g.full([0, 2], 3)),
  eye: makes(() => g.eye(3)),
  arange: makes(() => g.arange(1, 4, 0.5)),
  linspace: makes(() => g.linspace(0, 1, 5)),
  zerosLike: discrete(one(g.zerosLike), { method: false }),
  onesLike: discrete(one(g.onesLike), { method: false }),
  rand: makes(() => g.rand([3], { generator: generator() })),
  randn: makes(() => g.randn([3], { generator: generator() })),
  randint: makes(() => g.randint(0, 9, [3], { generator: generator() })),
  permutation: makes(() => g.permutation(6, { generator: generator() })),
};
