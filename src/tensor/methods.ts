/** The methods of a tensor: one per op whose first argument is a tensor, with the words people read when they hover. */

/** Every op whose first argument is a tensor, as a method of it; `T` is the tensor, `L` whatever one can be made of. */
export interface TensorMethods<T, L> {
  /** a + b, elementwise with broadcasting. */
  add(other: L): T;
}
