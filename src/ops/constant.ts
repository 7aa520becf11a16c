/** One number seen as a tensor of any shape, without memory for each element: where gradients start from nothing. */

import { type DType, allocate } from "../dtype";
import type { Shape } from "../shape";
import { storageOf } from "../tensor/storage";
import { type Tensor, fromStorage } from "../tensor/tensor";
import { broadcastTo } from "./reduce";

/** A tensor whose elements are all the same number; every axis has stride 0. */
export function constantOf(value: number, shape: Shape, dtype: DType): Tensor {
  return broadcastTo(fromStorage(storageOf(dtype, allocate(dtype, 1).fill(value)), []), shape);
}
