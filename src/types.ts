/** Shapes that the compiler checks: an algebra of tuples of sizes. It emits nothing. */

import type { Shape } from "./shape";

/** Where a tensor's type keeps its shape; there is no such property. */
declare const shapeOf: unique symbol;

/**
 * What has a shape of type S. The method makes S bivariant: unknown sizes pass where known ones are wanted, and back,
 * while two different known ones do not fit. @internal
 */
export interface Shaped<S extends Shape> {
  /** No property: what the compiler knows of the shape. @internal */
  readonly [shapeOf]: { of(shape: S): void }["of"];
}

/**
 * A shape that cannot be, and why. Its rank is unknown, so that one mistake gives one error.
 */
export interface Bad<Why extends string> extends Shape {
  /** What is wrong, as the run-time error says it. */
  readonly why: Why;
}

/** The type of an argument: P, or where the shapes do not fit (R is {@link Bad}) the text of what is wrong. */
export type Checked<R, P> = R extends { readonly why: infer Why } ? Why : P;

/** The shape of a tensor, or of a number; `Shape` where it is not known. */
export type ShapeOf<X> = Sole<Told<X>>;

type Told<X> = X extends { readonly [shapeOf]: (shape: infer S extends Shape) => void }
  ? S
  : X extends number | boolean
    ? []
    : Shape;

/** S, unless it is one of several. */
export type Sole<S extends Shape, All = S> = S extends unknown ? ([All] extends [S] ? S : Shape) : never;

/** A shape from the list of sizes it was written as. */
export type Sizes<S extends Shape> = number extends S["length"] ? Shape : { -readonly [K in keyof S]: Size<S[K]> };

/** A size; −1 leaves it open. */
type Size<N> = N extends -1 ? number : N;

/** Whether the number of axes is unknown. */
export type Open<S extends Shape> = number extends S["length"] ? true : false;

/** A shape as people write it, `[64, n, 10]`; n stands for sizes that are not known. */
export type Show<S extends Shape> = Open<S> extends true ? "[…]" : `[${Join<S>}]`;

/** The sizes with commas between; n for unknown ones. */
export type Join<S extends Shape> = S extends readonly [infer X extends number, ...infer Rest extends Shape]
  ? `${Count<X>}${Rest extends readonly [] ? "" : `, ${Join<Rest>}`}`
  : "";

type Count<N extends number> = number extends N ? "n" : `${N}`;

/** Whether two sizes can be the same; unknown ones can. */
export type Agree<X, Y> = [X] extends [Y] ? true : [Y] extends [X] ? true : false;

/** The size that two equal ones tell: the known one. */
export type Either<X extends number, Y extends number> = number extends X ? Y : X;

/** The common size of two axes that broadcast, or why there is none. */
type Meet<X extends number, Y extends number> = [X] extends [1]
  ? Y
  : [Y] extends [1]
    ? X
    : Agree<X, Y> extends true
      ? Either<X, Y>
      : `${X} ≠ ${Y}`;

/** The common shape of two closed ones, from the last axis on, or why there is none. */
export type Zip<A extends Shape, B extends Shape, Out extends Shape = []> = A extends readonly [
  ...infer I extends Shape,
  infer X extends number,
]
  ? B extends readonly [...infer J extends Shape, infer Y extends number]
    ? Meet<X, Y> extends infer M
      ? M extends number
        ? Zip<I, J, [M, ...Out]>
        : M
      : never
    : [...A, ...Out]
  : [...B, ...Out];

/** The shape of an elementwise result. */
export type Broadcast<A extends Shape, B extends Shape> =
  Open<A> extends true
    ? Shape
    : Open<B> extends true
      ? Shape
      : Zip<A, B> extends infer R
        ? R extends Shape
          ? R
          : Bad<`shapes do not broadcast: ${Show<A>} and ${Show<B>} (${R & string})`>
        : never;

/** A closed shape that two of one rank tell together; never where they differ. */
export type Merge<A extends Shape, B extends Shape, Out extends Shape = []> = A extends readonly [
  infer X extends number,
  ...infer I extends Shape,
]
  ? B extends readonly [infer Y extends number, ...infer J extends Shape]
    ? Agree<X, Y> extends true
      ? Merge<I, J, [...Out, Either<X, Y>]>
      : never
    : never
  : B extends readonly []
    ? Out
    : never;

/** The shape of two that must be the same; `Law` says what it means that they are not. */
export type Same<Law extends string, A extends Shape, B extends Shape> =
  Open<A> extends true
    ? B
    : Open<B> extends true
      ? A
      : Merge<A, B> extends infer R extends Shape
        ? [R] extends [never]
          ? Bad<Law>
          : R
        : never;

/** How a shape ends against what is wanted of its last axes: what each has left over in front, or never. */
export type Fit<S extends Shape, Wanted extends Shape> = Wanted extends readonly [
  ...infer W extends Shape,
  infer Y extends number,
]
  ? S extends readonly [...infer R extends Shape, infer X extends number]
    ? Agree<X, Y> extends true
      ? Fit<R, W>
      : never
    : Open<S> extends true
      ? { lead: S; more: [] }
      : { lead: []; more: Wanted }
  : { lead: S; more: [] };
