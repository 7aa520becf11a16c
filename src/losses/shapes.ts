/** The shapes of losses for the compiler: what a target must have, and what is left of it. It emits nothing. */

import type { Shape } from "../shape";
import type { Bad, Merge, Open, Same, ShapeOf, Show } from "../types";

/** What a loss gives: a scalar, or one loss for each element or row. */
export type Lost<Each extends Shape, R> = [R] extends ["none"] ? Each : "none" extends R ? Shape : [];

/** The shape of a target that must be that of the prediction. */
export type Target<P, T> = Same<
  `shapes differ: prediction ${Show<ShapeOf<P>>}, target ${Show<ShapeOf<T>>} (a loss does not broadcast)`,
  ShapeOf<P>,
  ShapeOf<T>
>;

/** The shape of one class for each row of scores [N, C, …] or [C]. */
export type Rows<P> =
  Open<ShapeOf<P>> extends true
    ? Shape
    : ShapeOf<P> extends readonly [infer N extends number, number, ...infer Rest extends Shape]
      ? [N, ...Rest]
      : ShapeOf<P> extends readonly [number]
        ? []
        : Shape;

/** The shape of a target of classes; with `Soft`, it may have the shape of the scores too. */
export type ClassTarget<P, T, Soft = false> = Classes<ShapeOf<P>, ShapeOf<T>, Rows<P>, Soft>;

type Classes<P extends Shape, T extends Shape, R extends Shape, Soft> =
  Open<P> extends true
    ? Shape
    : Open<T> extends true
      ? Shape
      : [Merge<T, R>] extends [never]
        ? [Soft, Merge<T, P>] extends [true, Shape]
          ? [Merge<T, P>] extends [never]
            ? Misfit<P, T, R>
            : P
          : Misfit<P, T, R>
        : R;

type Misfit<P extends Shape, T extends Shape, R extends Shape> =
  Bad<`classes do not fit the scores: prediction ${Show<P>}, target ${Show<T>} (expected ${Show<R>})`>;
