/** What becomes of the axes of a shape: reduced, reordered, inserted, removed. It emits nothing. */

import type { Shape } from "./shape";
import type { Agree, Bad, Open, Show } from "./types";

/** One axis or several, as options give them. */
export type Axes = number | readonly number[];

/** Where an axis is, counted from the front ("0", "1", …); never where there is none. */
export type Place<S extends Shape, X extends number> = `${X}` extends `-${infer N}` ? FromEnd<S, N> : `${X}` & keyof S;

type FromEnd<S extends Shape, N extends string, Seen extends Shape = []> = S extends readonly [
  infer X extends number,
  ...infer Rest extends Shape,
]
  ? `${S["length"]}` extends N
    ? `${Seen["length"]}`
    : FromEnd<Rest, N, [...Seen, X]>
  : never;

/** The places of axes. */
type Places<S extends Shape, X extends number> = X extends unknown ? Place<S, X> : never;

/** The axes that are not there. */
type Missing<S extends Shape, X extends number> = X extends unknown
  ? [Place<S, X>] extends [never]
    ? X
    : never
  : never;

/** Whether axes are known one by one: a union of numbers is one of several. */
export type Literal<X extends Axes, All = X> = X extends readonly number[]
  ? number extends X["length"] | X[number]
    ? false
    : true
  : number extends X
    ? false
    : [All] extends [X]
      ? true
      : false;

type Each<X extends Axes> = X extends readonly number[] ? X[number] : X;

/** What is wrong with an axis. */
export type NoAxis<Word extends string, S extends Shape, X extends number> = Bad<
  `${Word} out of range: ${X} (rank ${S["length"]}: ${Show<S>})`
>;

/** S with the axes at some places left out, or kept as 1. */
type Without<S extends Shape, At, Keep, Out extends Shape = [], Seen extends Shape = []> = S extends readonly [
  infer X extends number,
  ...infer Rest extends Shape,
]
  ? `${Seen["length"]}` extends At
    ? Without<Rest, At, Keep, Keep extends true ? [...Out, 1] : Out, [...Seen, X]>
    : Without<Rest, At, Keep, [...Out, X], [...Seen, X]>
  : Out;

/** The shape of a reduction over axes (undefined: all), which stay as 1 where `Keep` is true. */
export type Reduced<S extends Shape, X extends Axes | undefined, Keep extends boolean> =
  boolean extends Keep
    ? Shape
    : [X] extends [undefined]
      ? Keep extends true
        ? Open<S> extends true
          ? Shape
          : { [K in keyof S]: 1 }
        : []
      : [X] extends [Axes]
        ? Open<S> extends true
          ? Shape
          : Literal<X> extends true
            ? [Missing<S, Each<X>>] extends [never]
              ? Without<S, Places<S, Each<X>>, Keep>
              : NoAxis<"axes", S, Missing<S, Each<X>>>
            : Shape
        : Shape;

/** S where it has the axis X. */
export type Along<S extends Shape, X extends number> =
  Open<S> extends true
    ? Shape
    : Literal<X> extends true
      ? [Place<S, X>] extends [never]
        ? NoAxis<"axis", S, X>
        : S
      : S;

/** The axes in another order. */
export type Permuted<S extends Shape, X extends Shape> =
  Open<S> extends true
    ? Shape
    : Literal<X> extends true
      ? X["length"] extends S["length"]
        ? [Exclude<keyof S & `${number}`, Places<S, X[number]>>] extends [never]
          ? { -readonly [K in keyof X]: S[Place<S, X[K]> & keyof S] & number }
          : Bad<`permute: not an order of the axes: ${Show<X>} for ${Show<S>} (each axis once)`>
        : Bad<`permute: not an order of the axes: ${Show<X>} for ${Show<S>} (rank ${S["length"]})`>
      : Shape;

/** S with a size inserted before the place of an axis of the result. */
type Inserted<S extends Shape, At, N extends number, Out extends Shape = []> = `${Out["length"]}` extends At
  ? [...Out, N, ...S]
  : S extends readonly [infer X extends number, ...infer Rest extends Shape]
    ? Inserted<Rest, At, N, [...Out, X]>
    : Out;

/** A new axis of size N. */
export type Unsqueezed<S extends Shape, X extends number, N extends number = 1> =
  Open<S> extends true
    ? Shape
    : Literal<X> extends true
      ? [Place<[...S, 1], X>] extends [never]
        ? NoAxis<"axis", [...S, 1], X>
        : Inserted<S, Place<[...S, 1], X>, N>
      : Shape;

/** Without axes of size 1: the one named, or all (undefined). */
export type Squeezed<S extends Shape, X extends number | undefined> =
  Open<S> extends true
    ? Shape
    : [X] extends [undefined]
      ? number extends S[number]
        ? Shape
        : Solid<S>
      : [X] extends [number]
        ? Literal<X> extends true
          ? [Place<S, X>] extends [never]
            ? NoAxis<"axis", S, X>
            : Agree<S[Place<S, X> & keyof S], 1> extends true
              ? Without<S, Place<S, X>, false>
              : Bad<`squeeze: the axis is not of size 1: axis ${X} of ${Show<S>} (size ${S[Place<S, X> & keyof S] & number})`>
          : Shape
        : Shape;

type Solid<S extends Shape, Out extends Shape = []> = S extends readonly [
  infer X extends number,
  ...infer Rest extends Shape,
]
  ? Solid<Rest, X extends 1 ? Out : [...Out, X]>
  : Out;

/** The axes before one, and one more for all others. */
export type Flattened<S extends Shape, X extends number> =
  Literal<X> extends true
    ? X extends 0
      ? [number]
      : Open<S> extends true
        ? Shape
        : Upto<S, Place<S, X>>
    : Shape;

type Upto<S extends Shape, At, Out extends Shape = []> = [At] extends [never]
  ? Shape
  : `${Out["length"]}` extends At
    ? [...Out, number]
    : S extends readonly [infer X extends number, ...infer Rest extends Shape]
      ? Upto<Rest, At, [...Out, X]>
      : Shape;
