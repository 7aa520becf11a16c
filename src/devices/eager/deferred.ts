/** Results of large maps in eager code, computed when they are read: what only the next map reads is never stored. */

import { type DType, type TypedArray, bytesOf, isFloat } from "../../dtype";
import { type Expr, input, substitute, topological } from "../../scalar/expr";
import { type Shape, isContiguous, sameShape, sizeOf } from "../../shape";
import type { Storage, View } from "../../tensor/storage";
import { jsDevice } from "../js/device";
import { type MapOf, stream } from "./stream";

/** Inputs and nodes of a map that others were made part of. */
const MOST_INPUTS = 12;
const MOST_NODES = 64;

/** The result of a map. Its first reader may compute it on the way; for a second one it is stored. */
export class Deferred implements Storage {
  readonly dtype: DType;
  /** The shape that the map was computed over, whatever the tensor that is read has been reshaped to. */
  readonly shape: Shape;
  /** Elements. */
  readonly size: number;
  private map: MapOf | null;
  private made: TypedArray | null = null;
  private used = false;

  constructor(map: MapOf) {
    this.map = map;
    this.dtype = map.dtype;
    this.shape = map.shape;
    this.size = sizeOf(map.shape);
  }

  get data(): TypedArray {
    if (this.map !== null) {
      this.made = computed(this.map);
      this.map = null; // and with it the inputs
    }
    return this.made!;
  }

  /** What it is computed of; nothing once it is stored. */
  get inputs(): readonly View[] {
    return this.map?.inputs ?? [];
  }

  /**
   * What is to be computed, for the first who asks; null for all others, once it is stored, or where it has more
   * inputs or nodes than that.
   */
  take(inputs = Infinity, nodes = Infinity): MapOf | null {
    const { map } = this;
    if (map === null || this.used || map.inputs.length > inputs || topological(map.expr).length > nodes) return null;
    this.used = true;
    return map;
  }
}

/** The elements of a map, in a new array. */
export function computed(map: MapOf): TypedArray {
  const { expr, inputs, shape, dtype } = map;
  return stream(map) ?? jsDevice.execute({ kernel: "map", attrs: { expr }, output: { shape, dtype } }, inputs).data;
}

/** A result that waits keeps what it is computed of, but no more than so many times its own bytes. */
const MOST_KEPT = 3;

/** Whether a map may wait: its inputs never change, are not much larger, and it is computed in its own precision. */
export function mayWait({ inputs, shape, dtype }: MapOf): boolean {
  if (!isFloat(dtype)) return false;
  let kept = 0;
  for (const storage of new Set(inputs.map((view) => view.storage))) {
    if (storage.settled !== undefined) return false;
    kept += storage.size * bytesOf(storage.dtype);
  }
  return kept <= MOST_KEPT * sizeOf(shape) * bytesOf(dtype);
}

/**
 * The map with those inputs made part of it that wait themselves and have not been read yet. Other waiting inputs are
 * computed now: chains stay short, and nothing is kept alive that was used up long ago.
 */
export function joined(map: MapOf): MapOf {
  const { shape, dtype } = map;
  if (!map.inputs.some(({ storage }) => storage instanceof Deferred)) return map;
  const inputs: View[] = [];
  const parts = new Map<Storage, Expr>();
  let room = MOST_INPUTS - map.inputs.length;
  let nodes = MOST_NODES - topological(map.expr).length;
  const own = map.inputs.map((view): Expr => {
    const { storage } = view;
    if (!(storage instanceof Deferred)) return place(view, inputs);
    const whole = storage.dtype === dtype && sameShape(storage.shape, shape) && isWhole(view, shape);
    const known = parts.get(storage);
    if (known !== undefined && whole) return known;
    const part = whole ? storage.take(room, nodes) : null;
    if (part === null) {
      void storage.data;
      return place(view, inputs);
    }
    room -= part.inputs.length;
    nodes -= topological(part.expr).length;
    const places = part.inputs.map((inner) => place(inner, inputs));
    const expr = substitute(part.expr, (i) => places[i]!);
    parts.set(storage, expr);
    return expr;
  });
  return { expr: substitute(map.expr, (i) => own[i]!), inputs, shape, dtype };
}

/** Whether a view reads its storage element by element in the order of a shape. */
function isWhole({ shape: own, strides, offset }: View, shape: Shape): boolean {
  return offset === 0 && sameShape(own, shape) && isContiguous(own, strides);
}

/** The input that reads a view: one of those there are, or a new one. */
function place(view: View, inputs: View[]): Expr {
  const { storage, shape, strides, offset } = view;
  const at = inputs.findIndex(
    (other) =>
      other.storage === storage &&
      other.offset === offset &&
      sameShape(other.shape, shape) &&
      sameShape(other.strides, strides),
  );
  return input(at >= 0 ? at : inputs.push(view) - 1);
}
