/** Gives Tensor its methods and fills the device slot; only the entry (and the tests' setup) imports it. */

import { backward } from "./autograd/backward";
import { jsDevice } from "./devices/js/device";
import * as activations from "./ops/activations";
import { clone, detach, to } from "./ops/cast";
import * as compare from "./ops/compare";
import * as elementwise from "./ops/elementwise";
import { dropout } from "./ops/random";
import * as transcendental from "./ops/transcendental";
import { setDevice } from "./tensor/device";
import type { TensorMethods } from "./tensor/methods";
import { Tensor, type TensorLike } from "./tensor/tensor";

setDevice(jsDevice);

/** Each method as the function it is: the tensor itself is the first argument. */
type Functions<M> = {
  readonly [K in keyof M]: M[K] extends (...rest: infer R) => infer T ? (x: Tensor, ...rest: R) => T : never;
};

const methods = {
  ...elementwise,
  ...transcendental,
  ...activations,
  ...compare,
  backward,
  clone,
  detach,
  dropout,
  to,
} satisfies Functions<TensorMethods<Tensor, TensorLike>>;

for (const [name, fn] of Object.entries<(x: Tensor, ...rest: never[]) => unknown>(methods)) {
  const value = function (this: Tensor, ...rest: never[]): unknown {
    return fn(this, ...rest);
  };
  Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true });
}
