/** Gives Tensor its methods and fills the device slot; only the entry (and the tests' setup) imports it. */

import { backward } from "./autograd/backward";
import { jsDevice } from "./devices/js/device";
import {
  sigmoid, logSigmoid, hardSigmoid, hardTanh, relu, relu6, leakyRelu, elu, gelu, silu, mish, softplus, softsign,
} from "./ops/activations";
import { all, any } from "./ops/anyAll";
import { adaptiveAvgPool2d, avgPool1d, avgPool2d } from "./ops/avgPool";
import { scaledDotProductAttention } from "./ops/attention";
import { batchNorm } from "./ops/batchNorm";
import { clone, detach, to } from "./ops/cast";
import {
  equal, notEqual, less, lessEqual, greater, greaterEqual, logicalNot, logicalAnd, logicalOr, isNaN, isFinite, where,
  clamp,
} from "./ops/compare";
import { split } from "./ops/concat";
import { conv1d, conv2d, convTranspose2d } from "./ops/conv";
import { cumsum } from "./ops/cumulate";
import {
  add, sub, mul, div, pow, maximum, minimum, neg, abs, sign, square, reciprocal, floor, ceil, round,
} from "./ops/elementwise";
import { embedding } from "./ops/embedding";
import { argmax, argmin, max, min } from "./ops/extreme";
import { gather, scatterAdd, takeAlong } from "./ops/gather";
import { indexSelect, oneHot } from "./ops/indexSelect";
import { linear } from "./ops/linear";
import { logSumExp } from "./ops/logSumExp";
import { dot, matmul, outer } from "./ops/matmul";
import { maxPool1d, maxPool2d } from "./ops/maxPool";
import { std, variance } from "./ops/moments";
import { norm } from "./ops/norm";
import { groupNorm, layerNorm, rmsNorm } from "./ops/normalize";
import { pad } from "./ops/pad";
import { permute, transpose } from "./ops/permute";
import { prod } from "./ops/product";
import { dropout } from "./ops/random";
import { broadcastTo, mean, sum } from "./ops/reduce";
import { flatten, reshape, squeeze, unsqueeze } from "./ops/reshape";
import { flip, slice } from "./ops/slice";
import { logSoftmax, softmax } from "./ops/softmax";
import { sort, topK } from "./ops/sort";
import { tile } from "./ops/tile";
import {
  exp, expm1, log, log1p, sqrt, rsqrt, sin, cos, tan, tanh, erf,
} from "./ops/transcendental";
import type { Shape } from "./shape";
import { setDevice } from "./tensor/device";
import type { TensorMethods } from "./tensor/methods";
import { Tensor } from "./tensor/tensor";

setDevice(jsDevice);

/** Each method as the function it is: the tensor itself is the first argument. */
type Functions<M> = {
  readonly [K in keyof M]: M[K] extends (...rest: infer R) => infer T ? (x: Tensor, ...rest: R) => T : never;
};

const methods = {
  add, sub, mul, div, pow, maximum, minimum, neg, abs, sign, square, reciprocal, floor, ceil, round,
  exp, expm1, log, log1p, sqrt, rsqrt, sin, cos, tan, tanh, erf,
  sigmoid, logSigmoid, hardSigmoid, hardTanh, relu, relu6, leakyRelu, elu, gelu, silu, mish, softplus, softsign,
  equal, notEqual, less, lessEqual, greater, greaterEqual, logicalNot, logicalAnd, logicalOr, isNaN, isFinite, where,
  clamp,
  sum, mean, max, min, prod, variance, std, norm, logSumExp, argmax, argmin, any, all, cumsum,
  softmax, logSoftmax,
  reshape, flatten, squeeze, unsqueeze, transpose, permute, broadcastTo, slice, flip, pad, split, tile,
  gather, takeAlong, indexSelect, oneHot, scatterAdd, sort, topK,
  matmul, dot, outer, linear,
  conv1d, conv2d, convTranspose2d, maxPool1d, maxPool2d, avgPool1d, avgPool2d, adaptiveAvgPool2d,
  layerNorm, rmsNorm, groupNorm, batchNorm, embedding, scaledDotProductAttention,
  backward,
  clone,
  detach,
  dropout,
  to,
} satisfies Functions<TensorMethods<Shape>>;

for (const [name, fn] of Object.entries<(x: Tensor, ...rest: never[]) => unknown>(methods)) {
  const value = function (this: Tensor, ...rest: never[]): unknown {
    return fn(this, ...rest);
  };
  Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true });
}
