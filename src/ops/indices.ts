/** What may serve as an index or a class: whole numbers in range, whatever dtype they come in. */

import { show } from "../check";
import type { TypedArray } from "../dtype";
import { DTypeError, ShapeError, TraceError } from "../errors";
import * as s from "../scalar/expr";
import type { Shape } from "../shape";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import { readView } from "../tensor/storage";
import { Tensor, type TensorLike } from "../tensor/tensor";
import { detach, to } from "./cast";
import { MapOp } from "./map";

/** The elements, or null while a computation is being traced and they are not known yet. @internal */
export function elementsOf(x: Tensor): TypedArray | null {
  try {
    return readView(x, false);
  } catch (error) {
    if (error instanceof TraceError) return null;
    throw error;
  }
}

/** A flat position as people count it: `[1, 2]`. @internal */
export function positionOf(flat: number, shape: Shape): string {
  const position: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    position.unshift(flat % shape[axis]!);
    flat = Math.floor(flat / shape[axis]!);
  }
  return `[${position.join(", ")}]`;
}

const NEVER_VALID = -(2 ** 31);
const [x, limit, invalid] = [s.input(0), s.constant(2 ** 31), s.constant(NEVER_VALID)] as const;
const wholeOrInvalid = s.select(s.mul(s.equal(s.floor(x), x), s.less(s.abs(x), limit)), x, invalid);

/**
 * Indices as an int32 tensor without history; floats are taken where they are whole. @internal
 *
 * While tracing, values are not known: then a fraction becomes an index that the kernels refuse.
 *
 * @throws DTypeError for a fraction, NaN or a boolean, with its position.
 */
export function asIndices(where: string, value: TensorLike, name = "index"): Tensor {
  const given = asTensor(where, value);
  if (given.dtype === "int32") return given;
  if (given.dtype === "bool") {
    throw new DTypeError(`${where}: ${name} is bool: ${show(value)} (positions are counted from 0); give whole numbers`, {
      [name]: value,
    });
  }
  const exact = value instanceof Tensor || ArrayBuffer.isView(value) ? detach(given) : asTensor(where, value, "float64");
  const elements = elementsOf(exact);
  if (elements === null) {
    return to(apply(new MapOp("indices"), [exact], { expr: wholeOrInvalid, dtype: exact.dtype }), "int32");
  }
  const wrong = elements.findIndex((x) => (x | 0) !== x);
  if (wrong !== -1) {
    throw new DTypeError(
      `${where}: ${name} is not a whole number: ${elements[wrong]} at ${positionOf(wrong, exact.shape)}; ` +
        "give whole numbers, as int32 or as floats",
      { value: elements[wrong], position: wrong },
    );
  }
  return to(exact, "int32");
}

/** How {@link checkRange} names what it checks. @internal */
export interface RangeWords {
  /** What the numbers are, such as `class`. */
  readonly name: string;
  /** What there are `size` of, such as `3 classes`. */
  readonly of: string;
  /** A value that is allowed although it is out of range. */
  readonly except?: number;
}

/**
 * Refuses indices outside 0 … size − 1; while tracing, that is left to the kernels. @internal
 *
 * @throws ShapeError with the value and its position.
 */
export function checkRange(where: string, index: Tensor, size: number, { name, of, except }: RangeWords): void {
  const elements = elementsOf(index);
  const wrong = elements?.findIndex((i) => (i < 0 || i >= size) && i !== except) ?? -1;
  if (elements === null || wrong === -1) return;
  const mend = size === 0 ? "there is nothing to choose" : `give whole numbers from 0 to ${size - 1}`;
  throw new ShapeError(
    `${where}: ${name} out of range: ${elements[wrong]} at ${positionOf(wrong, index.shape)} (${of}); ${mend}`,
    { value: elements[wrong], position: wrong, size },
  );
}
