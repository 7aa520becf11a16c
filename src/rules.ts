/** The shapes of results, one type for each law; what cannot be is {@link Bad}. It emits nothing. */

import type { Literal, NoAxis, Place, Unsqueezed } from "./axes";
import type { Shape } from "./shape";
import type { Agree, Bad, Merge, Open, Same, ShapeOf, Show, Sizes, Zip } from "./types";

/** [...lead, m, k] as its leading axes, its rows and the axis that is summed over. */
type Left<A extends Shape> = A extends readonly [
  ...infer L extends Shape,
  infer M extends number,
  infer K extends number,
]
  ? [L, [M], K]
  : A extends readonly [infer K extends number]
    ? [[], [], K]
    : never;

/** [...lead, k, n] as its leading axes, its columns and the axis that is summed over. */
type Right<B extends Shape> = B extends readonly [
  ...infer L extends Shape,
  infer K extends number,
  infer N extends number,
]
  ? [L, [N], K]
  : B extends readonly [infer K extends number]
    ? [[], [], K]
    : never;

/** The shape of a matrix product. */
export type Matmul<A extends Shape, B extends Shape> =
  Open<A> extends true
    ? Shape
    : Open<B> extends true
      ? Shape
      : 0 extends A["length"] | B["length"]
        ? Bad<`matmul: an operand is a scalar: ${Show<A>} × ${Show<B>} (it has no axis to sum over)`>
        : Product<A, B>;

/** The shape of a product of two closed shapes with an axis each. */
type Product<A extends Shape, B extends Shape> = [Left<A>, Right<B>] extends [
  [infer P extends Shape, infer M extends Shape, infer K extends number],
  [infer Q extends Shape, infer N extends Shape, infer J extends number],
]
  ? Agree<K, J> extends true
    ? Zip<P, Q> extends infer L
      ? L extends Shape
        ? [...L, ...M, ...N]
        : Bad<`matmul: leading axes do not broadcast: ${Show<A>} × ${Show<B>} (${Show<P>} and ${Show<Q>})`>
      : never
    : Bad<`matmul: inner dimensions differ: ${Show<A>} × ${Show<B>} (${K} ≠ ${J})`>
  : never;

/** The shape of x·Wᵀ + b. */
export type Affine<X extends Shape, W extends Shape> =
  Open<W> extends true
    ? Shape
    : W extends readonly [infer Out extends number, infer In extends number]
      ? X extends readonly [...infer Lead extends Shape, infer K extends number]
        ? Agree<K, In> extends true
          ? [...Lead, Out]
          : Bad<`linear: inner dimensions differ: x ${Show<X>}, weight ${Show<W>} (${K} ≠ ${In})`>
        : Open<X> extends true
          ? Shape
          : Bad<`linear: bad rank: x ${Show<X>}, weight ${Show<W>} (x needs an axis, weight two)`>
      : Bad<`linear: bad rank: x ${Show<X>}, weight ${Show<W>} (x needs an axis, weight two)`>;

/** What an inner product gives: a scalar. */
export type Dotted<A extends Shape, B extends Shape> =
  Vectors<A, B> extends true
    ? [A, B] extends [readonly [infer X], readonly [infer Y]]
      ? Agree<X, Y> extends true
        ? []
        : Bad<`dot: lengths differ: ${Show<A>} and ${Show<B>} (${X & number} ≠ ${Y & number})`>
      : []
    : Bad<`dot: not two vectors: ${Show<A>} and ${Show<B>} (each has one axis)`>;

/** What an outer product gives: a matrix. */
export type Outer<A extends Shape, B extends Shape> =
  Vectors<A, B> extends true
    ? [A, B] extends [readonly [infer X extends number], readonly [infer Y extends number]]
      ? [X, Y]
      : [number, number]
    : Bad<`outer: not two vectors: ${Show<A>} and ${Show<B>} (each has one axis)`>;

/** Whether both may be vectors. */
type Vectors<A extends Shape, B extends Shape> = 1 extends A["length"] ? (1 extends B["length"] ? true : false) : false;

/** The rows of a table at indices. */
export type Embedded<W extends Shape, I extends Shape> =
  Open<I> extends true ? Shape : W extends readonly [number, infer Width extends number] ? [...I, Width] : Shape;

/** What `backward` may begin with: a single element, or a gradient G. */
export type Seed<S extends Shape, G> = [G] extends [undefined]
  ? Open<S> extends true
    ? S
    : [Exclude<S[number], 1>] extends [never]
      ? S
      : number extends S[number]
        ? S
        : Bad<`backward: not a single element: ${Show<S>} (give the gradient that arrives here, or take a sum or mean)`>
  : S;

/** The last two axes swapped. */
export type Transposed<S extends Shape> = S extends readonly [
  ...infer Lead extends Shape,
  infer M extends number,
  infer N extends number,
]
  ? [...Lead, N, M]
  : Open<S> extends true
    ? Shape
    : Bad<`transpose: too few axes: ${Show<S>} (rank ${S["length"]} < 2)`>;

/** What a shape repeats to. */
export type Repeated<S extends Shape, To extends Shape> =
  Open<S> extends true
    ? Sizes<To>
    : Open<To> extends true
      ? Shape
      : Zip<S, To> extends infer R
        ? R extends Shape
          ? Merge<R, To> extends never
            ? Bad<`broadcastTo: the shape does not repeat to the target: ${Show<S>} → ${Show<To>}`>
            : Sizes<To>
          : Bad<`broadcastTo: the shape does not repeat to the target: ${Show<S>} → ${Show<To>}`>
        : never;

/** A window: axes with a range are of a size known at run time. */
export type Sliced<S extends Shape, R extends readonly unknown[]> =
  Open<S> extends true
    ? Shape
    : number extends R["length"]
      ? { [K in keyof S]: number }
      : Windows<S, R> extends infer W
        ? W extends Shape
          ? W
          : Bad<`slice: not one entry per axis: ${R["length"]} ranges for ${Show<S>}`>
        : never;

type Windows<S extends Shape, R extends readonly unknown[], Out extends Shape = []> = R extends readonly [
  infer First,
  ...infer Others,
]
  ? S extends readonly [infer X extends number, ...infer Rest extends Shape]
    ? Windows<Rest, Others, [...Out, First extends null ? X : number]>
    : null
  : [...Out, ...S];

/** S with one axis of unknown size. */
type Loose<S extends Shape, At> = { -readonly [K in keyof S]: K extends At ? number : S[K] };

/** The shape of tensors joined along an axis, whose size is known at run time. */
export type Joined<L extends readonly unknown[], X extends number> = L extends readonly [infer First, ...infer Rest]
  ? Open<ShapeOf<First>> extends true
    ? Shape
    : Literal<X> extends true
      ? [Place<ShapeOf<First>, X>] extends [never]
        ? NoAxis<"axis", ShapeOf<First>, X>
        : Join<ShapeOf<First>, Place<ShapeOf<First>, X>, Rest, Loose<ShapeOf<First>, Place<ShapeOf<First>, X>>>
      : Shape
  : Shape;

type Join<S extends Shape, At extends string, L extends readonly unknown[], Out extends Shape> = L extends readonly [
  infer Next,
  ...infer Rest,
]
  ? Open<ShapeOf<Next>> extends true
    ? Join<S, At, Rest, Out>
    : Merge<Out, Loose<ShapeOf<Next>, At>> extends infer M extends Shape
      ? [M] extends [never]
        ? Bad<`concat: shapes differ beside axis ${At}: ${Show<S>} and ${Show<ShapeOf<Next>>}`>
        : Join<S, At, Rest, M>
      : never
  : Out;

/** The shape of tensors of one shape, laid side by side along a new axis. */
export type Stacked<L extends readonly unknown[], X extends number> = number extends L["length"]
  ? Shape
  : L extends readonly [infer First, ...infer Rest]
    ? Pile<ShapeOf<First>, Rest> extends infer S extends Shape
      ? S extends { readonly why: string }
        ? S
        : Unsqueezed<S, X, L["length"]>
      : never
    : Shape;

type Pile<S extends Shape, L extends readonly unknown[]> = L extends readonly [infer Next, ...infer Rest]
  ? Same<`stack: shapes differ: ${Show<S>} and ${Show<ShapeOf<Next>>}`, S, ShapeOf<Next>> extends infer M extends Shape
    ? M extends { readonly why: string }
      ? M
      : Pile<M, Rest>
    : never
  : S;
