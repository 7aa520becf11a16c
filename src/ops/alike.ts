/** Operands that meet in one op: plain values take after the tensors among them, and all get one dtype. */

import { type DType, promote } from "../dtype";
import { asTensor } from "../tensor/create";
import { Tensor, type TensorLike } from "../tensor/tensor";
import { to } from "./cast";
import { like } from "./map";

/** Whether all are tensors of one dtype already: the common case, which must cost nothing. */
function areAlike(values: readonly TensorLike[]): values is readonly [Tensor, ...Tensor[]] {
  let dtype: DType | null = null;
  for (const value of values) {
    if (!(value instanceof Tensor) || (dtype !== null && value.dtype !== dtype)) return false;
    ({ dtype } = value);
  }
  return dtype !== null;
}

/** The values as tensors of their promoted dtype, or of what `settle` makes of it. */
export function alike(
  where: string,
  values: readonly TensorLike[],
  settle: (dtype: DType) => DType = (dtype) => dtype,
): Tensor[] {
  if (areAlike(values) && settle(values[0].dtype) === values[0].dtype) return [...values];
  let model: Tensor | null = null;
  for (const value of values) {
    if (value instanceof Tensor && (model === null || promote(model.dtype, value.dtype) !== model.dtype)) model = value;
  }
  const tensors = values.map((value) => asTensor(where, value, model === null ? undefined : like(value, model)));
  const dtype = settle(tensors.map((tensor) => tensor.dtype).reduce(promote));
  return tensors.map((tensor) => to(tensor, dtype));
}
