/** Convexity by its definition: no chord of the graph runs below it. Tested on a segment, and on random ones. */

import { checkFunction, checkNumber, checkOptions, show } from "../check";
import { OptionError, ShapeError } from "../errors";
import { to } from "../ops/cast";
import { add, mul } from "../ops/elementwise";
import { sameShape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { Generator } from "../tensor/generator";
import { noGrad } from "../tensor/tape";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { numberOf } from "./numberOf";

/** Settings of {@link isConvexOnSegment}. */
export interface SegmentOptions {
  /** Points on the segment, both ends included; a whole number ≥ 3, default 17. */
  points?: number;
  /** How far a chord may run below the graph, relative to the largest |f| on it; ≥ 0, default 10⁻⁶. */
  tolerance?: number;
}

/** Settings of {@link chordTest}. */
export interface ChordTestOptions extends SegmentOptions {
  /** How many random segments are tried; default 100. */
  chords?: number;
  /** Seed of the generator that `draw` is given; default 0. */
  seed?: number;
}

/** What {@link chordTest} found. */
export interface ChordTest {
  /** Whether no chord ran below the graph: convex as far as was seen. */
  readonly convex: boolean;
  /** How many of the segments showed that f is not convex. */
  readonly violations: number;
  /** How many segments were tried. */
  readonly chords: number;
  /** The ends of the segment with the largest gap, as a proof; null if there is none. */
  readonly worst: { readonly a: Tensor; readonly b: Tensor; readonly gap: number } | null;
}

/**
 * Whether a scalar function is convex along the segment from a to b, as far as equally spaced points of it show:
 * f(½(p + q)) ≤ ½(f(p) + f(q)) for neighbours p, q of each point.
 *
 * Shapes: a and b equal, any; f(x) a single element, or a number. Points are handed to `f` in float64. `false` is a
 * proof (up to rounding), `true` is not: a dent between the points goes unseen.
 *
 * @throws ShapeError if a and b have different shapes; OptionError if f is not finite on the segment, gives no single
 * number, or for options out of range.
 *
 * @example
 * ```ts
 * import { isConvexOnSegment } from "gradkit";
 * isConvexOnSegment((x) => x.square().sum(), [-1, 2], [3, 0]); // → true
 * isConvexOnSegment((x) => x.sin().sum(), [0], [3]); // → false
 * ```
 */
export function isConvexOnSegment(
  f: (x: Tensor) => Tensor | number,
  a: TensorLike,
  b: TensorLike,
  options: SegmentOptions = {},
): boolean {
  checkOptions("isConvexOnSegment", options, ["points", "tolerance"]);
  return gapOn("isConvexOnSegment", f, a, b, options) <= 0;
}

/**
 * Tries a function's convexity on random segments: those between two points that `draw` gives.
 *
 * One violation proves that the function is not convex; none makes it likely that it is, where `draw` reaches.
 * Cross-entropy of a linear model passes, of a network with a hidden layer it fails. `draw` is given a generator, so
 * that the same seed tries the same segments; see {@link isConvexOnSegment} for what is asked of each.
 *
 * @throws what {@link isConvexOnSegment} throws.
 *
 * @example
 * ```ts
 * import { type Tensor, chordTest, randn } from "gradkit";
 * const saddle = (p: Tensor) => p.slice([[0, 1]]).mul(p.slice([[1, 2]]));
 * chordTest(saddle, (generator) => randn([2], { generator })).convex; // → false
 * ```
 */
export function chordTest(
  f: (x: Tensor) => Tensor | number,
  draw: (generator: Generator) => TensorLike,
  options: ChordTestOptions = {},
): ChordTest {
  checkOptions("chordTest", options, ["chords", "seed", "points", "tolerance"]);
  checkFunction("chordTest", "draw", draw);
  const chords = checkNumber("chordTest", "chords", options.chords ?? 100, { integer: true, min: 1 });
  const generator = new Generator(options.seed ?? 0);
  let worst: ChordTest["worst"] = null;
  let violations = 0;
  for (let i = 0; i < chords; i++) {
    const [a, b] = [draw(generator), draw(generator)].map((end) => pointOf("chordTest", end)) as [Tensor, Tensor];
    const gap = gapOn("chordTest", f, a, b, options);
    if (gap > 0) violations++;
    if (gap > (worst?.gap ?? 0)) worst = { a, b, gap };
  }
  return { convex: violations === 0, violations, chords, worst };
}

function pointOf(where: string, x: TensorLike): Tensor {
  return noGrad(() => to(asTensor(where, x, "float64"), "float64"));
}

/** By how much f lies above a chord between neighbours of a point, at most; 0 or less if it lies nowhere above. */
function gapOn(
  where: string,
  f: (x: Tensor) => Tensor | number,
  from: TensorLike,
  to: TensorLike,
  options: SegmentOptions,
): number {
  checkFunction(where, "f", f);
  const points = checkNumber(where, "points", options.points ?? 17, { integer: true, min: 3 });
  const tolerance = checkNumber(where, "tolerance", options.tolerance ?? 1e-6, { min: 0 });
  const [a, b] = [pointOf(where, from), pointOf(where, to)];
  if (!sameShape(a.shape, b.shape)) {
    throw new ShapeError(
      `${where}: the ends have different shapes: ${showShape(a.shape)} and ${showShape(b.shape)}; give two points of one space`,
      { a: a.shape, b: b.shape },
    );
  }
  const values = Array.from({ length: points }, (_, i) => {
    const t = i / (points - 1);
    return finite(where, noGrad(() => numberOf(where, "f", f(add(mul(a, 1 - t), mul(b, t))))), t);
  });
  const slack = tolerance * Math.max(...values.map(Math.abs));
  const gaps = values.slice(1, -1).map((value, i) => value - (values[i]! + values[i + 2]!) / 2);
  const gap = Math.max(...gaps);
  return gap > slack ? gap : 0;
}

function finite(where: string, value: number, t: number): number {
  if (Number.isFinite(value)) return value;
  throw new OptionError(`${where}: f is not finite: ${show(value)} at a + ${t}·(b − a); choose ends within its domain`, {
    value,
    t,
  });
}
