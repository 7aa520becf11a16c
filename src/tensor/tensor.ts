/** The Tensor: a storage read with a shape, and the record of how it was made. */

import { checkBoolean, show } from "../check";
import { type DType, type TypedArray, isFloat } from "../dtype";
import { DTypeError, GradError, ShapeError } from "../errors";
import { type Shape, isContiguous, sameShape, showShape, sizeOf, stridesOf } from "../shape";
import type { Shaped } from "../types";
import { currentDevice } from "./device";
import type { TensorMethods } from "./methods";
import { printTensor } from "./print";
import { type Spec, type Storage, type View, readView, settled, wholeView } from "./storage";
import { watching } from "./watch";

/** A tensor, or anything one can be made of: a number, a nested array, a typed array. */
export type TensorLike = Tensor | number | boolean | NestedArray | TypedArray;

/** Numbers in equally long lists, of any depth. */
export type NestedArray = readonly (number | boolean | NestedArray)[];

/** Where a gradient goes on its way back: to the node that made the input, or to a leaf. */
export interface Edge extends Spec {
  /** The node that made this input, if it was computed with gradients. */
  readonly node: GraphNode | null;
  /** The input itself, where no node made it: a leaf or a constant. `backward` lets go of constants. */
  tensor: Tensor | null;
  /** Whether a gradient is wanted here. */
  readonly tracked: boolean;
  /** How often `tensor` had been assigned to when the op ran. */
  readonly version: number;
}

/** One application of an op, as the tape remembers it. Later nodes have larger ids, so ids are a topological order. */
export interface GraphNode extends Spec {
  readonly id: number;
  /** The op's name, such as `matmul`. */
  readonly name: string;
  readonly edges: readonly Edge[];
  /**
   * One function per input from the result's gradient to the input's; null where the derivative is that of
   * `recompute`.
   */
  pullbacks: readonly (((g: Tensor) => Tensor | null) | null)[] | null;
  /** The inputs, kept only where the derivative is that of `recompute`. */
  kept: readonly Tensor[] | null;
  /** Whether `backward` has let go of what the derivative needs. */
  freed: boolean;
  /** Runs the op again, in plainer ops where it is fused, on the given inputs. */
  recompute(inputs: readonly Tensor[]): Tensor;
  /** The result as a formula of its inputs, which are written as given. */
  formula(operands: readonly string[]): string;
}

/**
 * A multi-dimensional array of numbers that remembers how it was computed, so that gradients can flow back.
 *
 * Tensors are made by {@link tensor}, {@link zeros} and their kin, and by operations; they are never disposed of:
 * the garbage collector owns them. Values do not change, except through {@link assign}.
 *
 * S is the shape as far as the compiler knows it: `Tensor<[64, 10]>`, `Tensor<[number, 10]>` where a size is not known,
 * plain `Tensor` where nothing is. Sizes that are known are checked while you type, the others when the program runs.
 *
 * @example
 * ```ts
 * import { tensor } from "gradkit";
 * const w = tensor([3, 4], { requiresGrad: true });
 * w.square().sum().backward();
 * w.grad?.toArray(); // → [6, 8]
 * ```
 */
export class Tensor<S extends Shape = Shape> {
  /** The size of each axis, outermost first; `[]` for a scalar. */
  readonly shape: Shape;
  /** The type of the elements. */
  readonly dtype: DType;
  /** The number of elements. */
  readonly size: number;
  /** Strides, in elements. @internal */
  strides: readonly number[];
  /** Position of the first element in the storage. @internal */
  offset: number;
  /** Where the elements live; replaced by `assign` only. @internal */
  storage: Storage;
  /** How often `assign` has replaced the elements. @internal */
  version = 0;
  /** The node that made this tensor, null for leaves; set by the tape only. */
  gradFn: GraphNode | null = null;
  private wantsGrad = false;
  private gradient: Tensor | (() => Tensor) | null = null;

  /** Made by `fromView`, `tensor` and their kin. @internal */
  constructor(view: View) {
    this.shape = view.shape;
    this.dtype = view.dtype;
    this.strides = view.strides;
    this.offset = view.offset;
    this.storage = view.storage;
    this.size = sizeOf(view.shape);
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Whether there is a gradient, without reading it. @internal */
  get hasGrad(): boolean {
    return this.gradient !== null;
  }

  /** Leaves a gradient that is only read out when somebody asks for it. @internal */
  deferGrad(read: () => Tensor): void {
    this.gradient = read;
  }

  /** Lets go of a gradient that was left to be read and has not been. @internal */
  forgetGrad(read: () => Tensor): void {
    if (this.gradient === read) this.gradient = null;
  }

  /** Whether this tensor was made by the user (or is without gradients) rather than by a recorded operation. */
  get isLeaf(): boolean {
    return this.gradFn === null;
  }

  /** Whether operations on this tensor are recorded. May be set on leaves of a float dtype. */
  get requiresGrad(): boolean {
    return this.wantsGrad;
  }

  set requiresGrad(value: boolean) {
    checkBoolean("requiresGrad", "requiresGrad", value, false);
    if (value && !isFloat(this.dtype)) {
      throw new DTypeError(
        `requiresGrad: only floats have gradients: ${this.dtype}; convert with .to("float32") first`,
        { dtype: this.dtype },
      );
    }
    if (!value && this.gradFn !== null) {
      throw new GradError(
        `requiresGrad: a computed tensor cannot be cut in place: made by ${this.gradFn.name}; use .detach()`,
        { op: this.gradFn.name },
      );
    }
    this.wantsGrad = value;
  }

  /**
   * The gradient that `backward` has accumulated here, for leaves that require one. It may be set: to a tensor of this
   * shape, or to null.
   */
  get grad(): Tensor<S> | null {
    if (typeof this.gradient === "function") this.gradient = this.gradient();
    watching()?.readGrad(this, this.gradient);
    return this.gradient;
  }

  set grad(value: Tensor<S> | null) {
    if (value !== null && !(value instanceof Tensor)) {
      throw new GradError(`grad: not a tensor: ${show(value)}; give a tensor of shape ${showShape(this.shape)}, or null`, {
        grad: value,
      });
    }
    if (value !== null && !sameShape(value.shape, this.shape)) {
      throw new ShapeError(
        `grad: the gradient has another shape: ${showShape(value.shape)} (the tensor has ${showShape(this.shape)}); ` +
          "give one element for each of the tensor's, or null",
        { grad: value.shape, shape: this.shape },
      );
    }
    watching()?.writeGrad(this, typeof this.gradient === "function" ? this.gradient() : this.gradient);
    this.gradient = value;
  }

  /**
   * The single element as a number (bool: 0 or 1).
   *
   * @throws ShapeError if there is not exactly one element.
   */
  item(): number {
    if (this.size !== 1) {
      throw new ShapeError(
        `item: not a single element: ${showShape(this.shape)} (${this.size} elements); ` +
          "reduce it first, or read all with .toArray()",
        { shape: this.shape },
      );
    }
    watching()?.touch(this);
    return this.storage.data[this.offset]!;
  }

  /** The elements as nested arrays; a number (or boolean) for a scalar. */
  toArray(): NestedArray | number | boolean {
    watching()?.touch(this);
    const data = readView(this, false);
    const value = (i: number): number | boolean => (this.dtype === "bool" ? data[i] === 1 : data[i]!);
    let at = 0;
    const nest = (axis: number): NestedArray | number | boolean =>
      axis === this.rank ? value(at++) : Array.from({ length: this.shape[axis]! }, () => nest(axis + 1));
    return nest(0);
  }

  /** A copy of the elements in row-major order. */
  toTypedArray(): TypedArray {
    watching()?.touch(this);
    return readView(this, true);
  }

  /** The values, laid out to be read; long axes are shortened. */
  toString(): string {
    watching()?.touch(this);
    return printTensor(this, readView(this, false), this.requiresGrad, this.gradFn?.name ?? null);
  }

  /** What `JSON.stringify` writes: shape, dtype and the flat values. */
  toJSON(): { shape: Shape; dtype: DType; values: number[] } {
    watching()?.touch(this);
    return { shape: this.shape, dtype: this.dtype, values: Array.from(readView(this, false)) };
  }

  /** What Node's `console.log` shows. @internal */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** Every op whose first argument is a tensor, as a method. */
export interface Tensor<S extends Shape = Shape> extends TensorMethods<S>, Shaped<S> {}

/** A tensor on a view, without history. @internal */
export function fromView(view: View): Tensor {
  const storage = settled(view.storage);
  if (storage === view.storage) return new Tensor(view);
  const { shape, dtype, strides, offset } = view;
  return new Tensor({ storage, shape, dtype, strides, offset });
}

/** A tensor on a whole storage in row-major order, without history. @internal */
export function fromStorage(storage: Storage, shape: Shape): Tensor {
  return new Tensor(wholeView(storage, shape));
}

/**
 * Replaces the elements of `target` by those of `value`: the only way a tensor ever changes.
 *
 * Shapes: both the same; the value is converted to the target's dtype beforehand by the caller.
 * No gradient flows through. Other tensors that showed the old elements (views, `detach`) go on showing them.
 * A graph recorded before the change refuses `backward`.
 *
 * @throws ShapeError if the shapes differ, DTypeError if the dtypes differ or one is no tensor, GradError if `target`
 * was computed with gradients.
 *
 * @example
 * ```ts
 * import { assign, tensor } from "gradkit";
 * const mean = tensor([0, 0]);
 * assign(mean, tensor([1, 2]));
 * mean.toArray(); // → [1, 2]
 * ```
 */
export function assign(target: Tensor, value: Tensor): void {
  for (const given of [target, value]) {
    if (given instanceof Tensor) continue;
    throw new DTypeError(`assign: not a tensor: ${show(given)}; make one with tensor(…)`, { value: given });
  }
  if (!sameShape(target.shape, value.shape)) {
    throw new ShapeError(
      `assign: shapes differ: ${showShape(target.shape)} ← ${showShape(value.shape)}; give a value of the same shape`,
      { target: target.shape, value: value.shape },
    );
  }
  if (target.dtype !== value.dtype) {
    throw new DTypeError(
      `assign: dtypes differ: ${target.dtype} ← ${value.dtype}; convert with .to("${target.dtype}")`,
      { target: target.dtype, value: value.dtype },
    );
  }
  if (target.gradFn !== null) {
    throw new GradError(
      `assign: the target was computed with gradients: made by ${target.gradFn.name} ` +
        "(its graph would no longer be true); assign to a leaf, or to a .detach() of it",
      { op: target.gradFn.name },
    );
  }
  watching()?.touch(target);
  watching()?.touch(value);
  const whole = value.offset === 0 && isContiguous(value.shape, value.strides);
  const output = { shape: value.shape, dtype: value.dtype };
  target.storage = whole ? settled(value.storage) : currentDevice().execute({ kernel: "copy", attrs: {}, output }, [value]);
  target.strides = stridesOf(target.shape);
  target.offset = 0;
  target.version++;
}
