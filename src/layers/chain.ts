/** What layers make of shapes, and what a chain of them does, for the compiler. It emits nothing. */

import type { Shape } from "../shape";
import type { Tensor, TensorLike } from "../tensor/tensor";
import type { Bad, Checked, Fit, Join, Open, ShapeOf, Show } from "../types";

/** Where a module's type keeps what it does to shapes. */
declare const maps: unique symbol;

/**
 * What takes [..., ...In] to [..., ...Out], the axes in front being those of the batch. `[]` to `[]` keeps every shape;
 * `Shape` says nothing. Bivariant, as the shape of a tensor is. @internal
 */
export interface Maps<In extends Shape, Out extends Shape> {
  /** No property: what the compiler knows of the shapes. @internal */
  readonly [maps]: { of(shapes: [In, Out]): void }["of"];
}

/** What a module does to shapes. */
export type MapsOf<M> = M extends { readonly [maps]: (shapes: infer P extends [Shape, Shape]) => void }
  ? P
  : [Shape, Shape];

/** The shape that a module with `[In, Out]` gives for an input. */
export type Through<P extends [Shape, Shape], X extends Shape> =
  Open<P[0]> extends true
    ? Shape
    : Open<P[1]> extends true
      ? Shape
      : Open<X> extends true
        ? Shape
        : [Fit<X, P[0]>] extends [never]
          ? Stranger<P[0], X>
          : Fit<X, P[0]> extends { lead: infer Lead extends Shape; more: [] }
            ? [...Lead, ...P[1]]
            : Stranger<P[0], X>;

/** An input that a module cannot take. */
type Stranger<In extends Shape, X extends Shape> =
  Bad<`call: input of the wrong shape: ${Show<X>} (the model expects ${Ending<In>})`>;

/** The end of a shape as people write it: `[..., 64]`. */
type Ending<S extends Shape> = S extends readonly [] ? "[...]" : `[..., ${Known<S>}]`;

/** The known axes at the end of a shape. */
type Known<S extends Shape, Out extends Shape = []> = S extends readonly [
  ...infer Rest extends Shape,
  infer X extends number,
]
  ? Known<Rest, [X, ...Out]>
  : Join<Out>;

/** A module after what came before it: the two together, or what is wrong. */
type Then<P extends [Shape, Shape], Next extends [Shape, Shape], At extends number> =
  Fit<P[1], Closed<Next[0]>> extends infer F
    ? [F] extends [never]
      ? Bad<`Sequential: layer ${At} expects ${Ending<Next[0]>} but gets ${Ending<P[1]>}`>
      : F extends { lead: infer Lead extends Shape; more: infer More extends Shape }
        ? [[...More, ...P[0]], Open<Next[0]> extends true ? Next[1] : After<Lead, Next[1]>]
        : never
    : never;

type After<Lead extends Shape, Out extends Shape> = Open<Out> extends true ? Out : [...Lead, ...Out];

/** Nothing is asked of the input where nothing is known. */
type Closed<S extends Shape> = Open<S> extends true ? [] : S;

/** What a list of layers does to shapes. */
export type Chained<L extends readonly unknown[]> = number extends L["length"]
  ? [Shape, Shape]
  : L extends readonly []
    ? [[], []]
    : Steps<L> extends [...unknown[], infer P extends [Shape, Shape]]
      ? P
      : [Shape, Shape];

/** The layers of a list as arguments: the first that does not fit what comes before is the text of what is wrong. */
export type Fitting<L extends readonly unknown[]> = { [K in keyof L]: Checked<Step<L, K>, L[K]> };

/** What one layer of a list makes of the shapes before it. */
type Step<L extends readonly unknown[], K> = number extends L["length"] ? unknown : Steps<L>[K & keyof Steps<L>];

/** What each layer of a list makes of the shapes before it: `[In, Out]`, or once what is wrong. */
type Steps<L extends readonly unknown[], P = [[], []], Out extends unknown[] = []> = L extends readonly [
  infer First,
  ...infer Rest,
]
  ? P extends [Shape, Shape]
    ? Then<P, MapsOf<First>, Out["length"]> extends infer R
      ? Steps<Rest, R, [...Out, R]>
      : never
    : Steps<Rest, P, [...Out, unknown]>
  : Out;

/** A module as `call` sees it. */
interface Callable {
  forward(...inputs: never[]): unknown;
}

/** Whether nothing is known of what a module does to shapes. */
type Unknown<M> = MapsOf<M> extends [infer In extends Shape, infer Out extends Shape]
  ? Open<In> extends true
    ? true
    : Open<Out>
  : true;

/** The input of a module: one of a shape that it takes, where that is known, else what its `forward` takes. */
export type CallInput<M extends Callable, X> =
  Unknown<M> extends true
    ? Parameters<M["forward"]>[0]
    : X extends TensorLike
      ? Checked<Through<MapsOf<M>, ShapeOf<X>>, X>
      : TensorLike;

/** What the `forward` of a module takes after its input. */
export type MoreInputs<M extends Callable> = Parameters<M["forward"]> extends [unknown?, ...infer More] ? More : [];

/** The output of a module: of the shape that follows, where that is known, else what its `forward` gives. */
export type CallOutput<M extends Callable, X> =
  Unknown<M> extends true ? ReturnType<M["forward"]> : Tensor<Through<MapsOf<M>, ShapeOf<X>>>;
