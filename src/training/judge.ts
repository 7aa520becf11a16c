/** What classification metrics read: scores and targets in any of their shapes, as classes. */

import { checkNumber, checkOneOf } from "../check";
import { OptionError, ShapeError } from "../errors";
import { asIndices, checkRange } from "../ops/indices";
import { sameShape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { withGradMode } from "../tensor/tape";
import type { Tensor, TensorLike } from "../tensor/tensor";

/** How one score per row becomes a class. */
export interface ThresholdOptions {
  /** For one score per row: class 1 is predicted above it. Default 0, for logits; use 0.5 for probabilities. */
  threshold?: number;
}

/**
 * How numbers of single classes become one: `"binary"` is that of class 1 alone; `"macro"` their mean over the classes
 * that occur, `"weighted"` weighs each by its rows; `"micro"` counts all classes together.
 */
export type Average = "binary" | "macro" | "micro" | "weighted";

const AVERAGES: readonly Average[] = ["binary", "macro", "micro", "weighted"];

/** The average that is asked for; by default that of class 1 where there are two classes, else the macro average. */
export function averageOf(where: string, average: unknown, classes: number): Average {
  const found = checkOneOf(where, "average", average ?? (classes === 2 ? "binary" : "macro"), AVERAGES);
  if (found !== "binary" || classes === 2) return found;
  throw new OptionError(
    `${where}: the average "binary" is for two classes: there are ${classes}; choose "macro", "micro" or "weighted"`,
    { average, classes },
  );
}

/** Scores with their class axis, and the right classes: those of one score per row are two. */
export interface Judged {
  /** [N, C, …], or one score per row [N] where there are two classes. */
  readonly scores: Tensor;
  /** [N, …] as int32. */
  readonly truth: Tensor;
  readonly classes: number;
}

/** Scores [N, C, …] with classes [N, …] or shares of the scores' shape, or one score per row with 0 and 1. */
export function judge(where: string, prediction: TensorLike, target: TensorLike): Judged {
  const scores = asTensor(where, prediction);
  const truth = asTensor(where, target);
  return withGradMode(false, () => {
    const single = scores.rank === 1 || (scores.rank === 2 && scores.shape[1] === 1);
    if (single && truth.size === scores.size) {
      return { scores: scores.flatten(), truth: classesOf(where, truth, 2).flatten(), classes: 2 };
    }
    const wanted = scores.shape.filter((_, axis) => axis !== 1);
    const right = scores.rank >= 2 && sameShape(truth.shape, scores.shape) ? truth.argmax({ axes: 1 }) : truth;
    if (scores.rank < 2 || !sameShape(right.shape, wanted)) {
      throw new ShapeError(
        `${where}: prediction and target do not belong together: ${showShape(scores.shape)} and ` +
          `${showShape(truth.shape)}; give scores [N, C] with classes [N], or one score per row with targets [N]`,
        { prediction: scores.shape, target: truth.shape },
      );
    }
    const classes = scores.shape[1]!;
    return { scores, truth: classesOf(where, right, classes), classes };
  });
}

/** The class of each row: that of the largest score (the first of equal ones), or 1 above the threshold. */
export function predictedBy(where: string, { scores }: Judged, threshold: unknown): Tensor {
  const limit = checkNumber(where, "threshold", threshold ?? 0, { infinite: true });
  return withGradMode(false, () =>
    scores.rank === 1 ? scores.greater(limit).to("int32") : scores.argmax({ axes: 1 }),
  );
}

/** Class numbers, true counting as 1: a quantity or ±1 in their place would only look like bad predictions. */
function classesOf(where: string, target: Tensor, count: number): Tensor {
  const classes = asIndices(where, target.dtype === "bool" ? target.to("int32") : target, "class");
  checkRange(where, classes, count, { name: "class", of: `${count} classes` });
  return classes;
}
