/** The shape of nested lists of numbers, as far as they are written out. It emits nothing. */

import type { Shape } from "./shape";
import type { Bad, ShapeOf, Sole } from "./types";

/** The shape of what a tensor is made of. */
export type Nested<V> = Sole<Each<V>>;

type Each<V> = V extends readonly unknown[]
  ? Lists<V>
  : V extends { readonly BYTES_PER_ELEMENT: number }
    ? [number]
    : ShapeOf<V>;

/** The shape from one depth on, E being every entry there; eight axes are looked at. */
type Lists<E, Out extends Shape = []> = 0 extends 1 & E
  ? Shape
  : [E] extends [never]
    ? Out
    : [E] extends [readonly unknown[]]
      ? Out["length"] extends 8
        ? Shape
        : Alike<E["length"]> extends true
          ? Lists<E[number], [...Out, E["length"]]>
          : Ragged<Out>
      : [E] extends [number | boolean]
        ? Out
        : number extends Extract<E, readonly unknown[]>["length"]
          ? Shape
          : [E] extends [number | boolean | readonly unknown[]]
            ? Ragged<Out>
            : Shape;

/** Whether a length is one, not one of several. */
type Alike<N, All = N> = N extends unknown ? ([All] extends [N] ? true : false) : never;

type Ragged<Out extends Shape> =
  Bad<`tensor: ragged array (lists at depth ${Out["length"]} are not equally long)`>;
