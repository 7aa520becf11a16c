/** Gives Tensor its methods and fills the device slot; only the entry (and the tests' setup) imports it. */

import { jsDevice } from "./devices/js/device";
import * as elementwise from "./ops/elementwise";
import { setDevice } from "./tensor/device";
import type { TensorMethods } from "./tensor/methods";
import { Tensor, type TensorLike } from "./tensor/tensor";

setDevice(jsDevice);

const methods = {
  add(other) {
    return elementwise.add(this, other);
  },
} satisfies TensorMethods<Tensor, TensorLike> & ThisType<Tensor>;

for (const [name, method] of Object.entries(methods)) {
  Object.defineProperty(Tensor.prototype, name, { value: method, writable: true, configurable: true });
}
