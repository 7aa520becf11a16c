/** What losses ask of their arguments: equal shapes, classes that exist, probabilities; nothing broadcasts silently. */

import { type DType, promote, toFloat } from "../dtype";
import { OptionError, ShapeError } from "../errors";
import { to } from "../ops/cast";
import { gather } from "../ops/gather";
import { asIndices, checkRange, elementsOf, positionOf } from "../ops/indices";
import { like } from "../ops/map";
import { broadcastTo } from "../ops/reduce";
import { reshape, unsqueeze } from "../ops/reshape";
import { type Shape, broadcastShapes, sameShape, showShape, sizeOf } from "../shape";
import { asTensor } from "../tensor/create";
import type { Tensor, TensorLike } from "../tensor/tensor";

/**
 * Prediction and target as float tensors of one dtype and one shape: a loss that broadcast [64, 1] with [64] would
 * compare every row with every other.
 */
export function alike(where: string, prediction: TensorLike, target: TensorLike): [Tensor, Tensor] {
  const p = asTensor(where, prediction, like(prediction, target));
  const t = asTensor(where, target, like(target, p));
  if (!sameShape(p.shape, t.shape)) {
    throw new ShapeError(
      `${where}: shapes differ: prediction ${showShape(p.shape)}, target ${showShape(t.shape)} ` +
        `(a loss does not broadcast); ${mendShapes(p.shape, t.shape)}`,
      { prediction: p.shape, target: t.shape },
    );
  }
  const dtype = toFloat(promote(p.dtype, t.dtype));
  return [to(p, dtype), to(t, dtype)];
}

function mendShapes(p: Shape, t: Shape): string {
  const extra = (long: Shape, short: Shape): number =>
    long.findIndex((n, axis) => n === 1 && sameShape(long.filter((_, i) => i !== axis), short));
  const inPrediction = extra(p, t);
  if (inPrediction !== -1) return `write target.unsqueeze(${inPrediction}), or prediction.squeeze(${inPrediction})`;
  const inTarget = extra(t, p);
  if (inTarget !== -1) return `write target.squeeze(${inTarget}), or prediction.unsqueeze(${inTarget})`;
  if (p.length === 2 && sameShape([p[1]!, p[0]!], t)) return "transpose one of them";
  if (sizeOf(p) === sizeOf(t)) return "reshape one of them to the other's shape";
  return "give one target for each predicted number";
}

/** Class scores and the classes that are right, ready to pick along the class axis. */
export interface Classes {
  readonly scores: Tensor;
  /** 1, or 0 for scores without a batch. */
  readonly axis: number;
  /** How many classes there are. */
  readonly count: number;
  /** The right class of each row, int32, with the class axis kept as size 1. */
  readonly index: Tensor;
}

/** The scores [N, C, …] (or [C]) as floats, and their class axis. */
export function asScores(where: string, prediction: TensorLike): { scores: Tensor; axis: number; count: number } {
  const given = asTensor(where, prediction);
  const axis = given.rank < 2 ? 0 : 1;
  const count = given.shape[axis];
  if (count === undefined) {
    throw new ShapeError(
      `${where}: no class axis: prediction [] (a single number); give scores of shape [classes] or [rows, classes]`,
      { prediction: given.shape },
    );
  }
  return { scores: to(given, toFloat(given.dtype)), axis, count };
}

/** Checks scores against class indices: shape [N, C, …] against [N, …], whole numbers from 0 to C − 1. */
export function asClasses(where: string, prediction: TensorLike, target: TensorLike, ignored?: number): Classes {
  const { scores, axis, count } = asScores(where, prediction);
  const expected = scores.shape.filter((_, i) => i !== axis);
  const { shape } = asTensor(where, target);
  if (!sameShape(shape, expected)) throw wrongClasses(where, scores.shape, shape, expected);
  const classes = asIndices(where, target, "class");
  const of = `${count} ${count === 1 ? "class" : "classes"}`;
  checkRange(where, classes, count, { name: "class", of, ...(ignored === undefined ? {} : { except: ignored }) });
  return { scores, axis, count, index: unsqueeze(classes, axis) };
}

function wrongClasses(where: string, scores: Shape, target: Shape, expected: Shape): ShapeError {
  const withoutClasses = target.filter((_, i) => i !== (target.length < 2 ? 0 : 1));
  let mend = `give one class for each row: ${showShape(expected)}`;
  if (target.length > 0 && scores.length === target.length - 1 && sameShape(withoutClasses, scores)) {
    mend = `the arguments look swapped: write ${where}(scores, classes)`;
  } else if (sameShape(scores, target)) {
    mend = `give class indices ${showShape(expected)}, such as target.argmax({ axes: ${scores.length < 2 ? 0 : 1} })`;
  } else if (sizeOf(target) === sizeOf(expected)) {
    mend = `write target.reshape(${showShape(expected)})`;
  }
  return new ShapeError(
    `${where}: classes do not fit the scores: prediction ${showShape(scores)}, target ${showShape(target)} ` +
      `(expected ${showShape(expected)}); ${mend}`,
    { prediction: scores, target, expected },
  );
}

/** The weight of each row's own class, in the shape of `index`; `weight` holds one number per class. */
export function weightsOf(where: string, weight: TensorLike, { scores, axis, count, index }: Classes): Tensor {
  const wide = broadcastTo(classWeights(where, weight, scores, axis, count), [
    ...scores.shape.slice(0, axis),
    count,
    ...index.shape.slice(axis + 1),
  ]);
  return gather(wide, index, { axis });
}

/** One weight per class, checked, laid out along the class axis of the scores. */
export function classWeights(where: string, weight: TensorLike, scores: Tensor, axis: number, count: number): Tensor {
  const given = asTensor(where, weight, like(weight, scores));
  if (!sameShape(given.shape, [count])) {
    throw new ShapeError(
      `${where}: weight is not one number per class: ${showShape(given.shape)} (${count} classes); give shape [${count}]`,
      { weight: given.shape, classes: count },
    );
  }
  const bad = (w: number): boolean => !(w >= 0 && w < Infinity);
  refuse(where, "weight", given, bad, { why: "a class counts 0 or more", mend: "give finite numbers ≥ 0" });
  return to(reshape(given, scores.shape.map((_, i) => (i === axis ? count : 1))), scores.dtype);
}

/** A weight for each element, of a shape that repeats to that of the prediction. */
export function elementWeights(where: string, name: string, weight: TensorLike, shape: Shape, dtype: DType): Tensor {
  const given = to(asTensor(where, weight, ArrayBuffer.isView(weight) ? undefined : dtype), dtype);
  const common = broadcastShapes(given.shape, shape);
  if (common === null || !sameShape(common, shape)) {
    throw new ShapeError(
      `${where}: ${name} does not fit: ${showShape(given.shape)} for a prediction of ${showShape(shape)} ` +
        `(it must repeat to that shape); give one number, or ${showShape(shape.slice(-1))}, or ${showShape(shape)}`,
      { [name]: given.shape, prediction: shape },
    );
  }
  return given;
}

/** Why a value is refused, and what to do. */
interface Words {
  readonly why: string;
  readonly mend: string;
}

/** Refuses the first element for which `bad` holds, with its position; while tracing, values are not known. */
export function refuse(where: string, name: string, x: Tensor, bad: (value: number) => boolean, words: Words): void {
  const elements = elementsOf(x);
  const wrong = elements?.findIndex(bad) ?? -1;
  if (elements === null || wrong === -1) return;
  const at = x.rank === 0 ? "" : ` at ${positionOf(wrong, x.shape)}`;
  throw new OptionError(`${where}: ${name} out of range: ${elements[wrong]}${at} (${words.why}); ${words.mend}`, {
    value: elements[wrong],
    position: wrong,
  });
}

/** Refuses sides that are neither −1 nor +1. */
export function refuseSides(where: string, sides: Tensor, mend: string): void {
  refuse(where, "target", sides, (side) => side !== 1 && side !== -1, { why: "targets are -1 and +1", mend });
}
