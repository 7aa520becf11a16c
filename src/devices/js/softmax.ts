/** The softmax kernel: exponentials that sum to one along an axis, or their logarithms. */

import { allocate } from "../../dtype";
import { sizeOf } from "../../shape";
import type { Kernel } from "./kernel";
import { eachLine } from "./lines";
import { store } from "./stretch";

/** softmax or log-softmax; a line of −∞ alone gives NaN, as does a line that holds NaN or +∞. */
export const softmax: Kernel<"softmax"> = ([input], { axis, log }, output) => {
  const out = allocate(output.dtype, sizeOf(output.shape));
  const change = log ? logSoftmaxOf : softmaxOf;
  eachLine(input!, axis, (line, start, step) => {
    change(line);
    store(line, 0, out, start, step, line.length);
  });
  return out;
};

/** The largest element: exponentials are taken of differences to it, which cannot overflow. */
function largest(line: Float64Array): number {
  let max = -Infinity;
  for (let i = 0; i < line.length; i++) max = Math.max(max, line[i]!);
  return max;
}

function softmaxOf(line: Float64Array): void {
  const max = largest(line);
  let sum = 0;
  for (let i = 0; i < line.length; i++) {
    const e = Math.exp(line[i]! - max);
    line[i] = e;
    sum += e;
  }
  for (let i = 0; i < line.length; i++) line[i]! /= sum;
}

function logSoftmaxOf(line: Float64Array): void {
  const max = largest(line);
  let sum = 0;
  for (let i = 0; i < line.length; i++) sum += Math.exp(line[i]! - max);
  const logSum = Math.log(sum);
  for (let i = 0; i < line.length; i++) line[i] = line[i]! - max - logSum;
}
