/** The convolve kernel: cross-correlation over the last two axes, in groups of channels. */

import { type TypedArray, allocate } from "../../dtype";
import { sizeOf } from "../../shape";
import { type Kernel, dense } from "./kernel";

/** Along an axis, for each k: the i from `first` until before `end` have 0 ≤ i·stride + k·dilation − padding < size. */
interface Reach {
  readonly first: Int32Array;
  readonly end: Int32Array;
}

function reachOf(taps: number, count: number, size: number, step: number, spread: number, padding: number): Reach {
  const first = new Int32Array(taps);
  const end = new Int32Array(taps);
  for (let k = 0; k < taps; k++) {
    const from = padding - k * spread;
    first[k] = Math.min(Math.max(0, Math.ceil(from / step)), count);
    end[k] = Math.max(first[k]!, Math.min(count, Math.floor((size - 1 + from) / step) + 1));
  }
  return { first, end };
}

/** Sums in double precision, rounded as they are stored. */
export const convolve: Kernel<"convolve"> = ([input, kernel], attrs, output) => {
  const out = allocate(output.dtype, sizeOf(output.shape));
  const [batch, outputs, rows, columns] = output.shape as [number, number, number, number];
  const [, , height, width] = input!.shape as [number, number, number, number];
  const [, channels, tapRows, tapColumns] = kernel!.shape as [number, number, number, number];
  const { groups, stride, dilation, padding } = attrs;
  const [x, weight] = [dense(input!), dense(kernel!)];
  const sums = new Float64Array(columns);
  // The longer of both axes that a row of output pairs is the one that is swept.
  const across = tapColumns <= columns ? sweepOutputs : sweepTaps;
  const reach =
    tapColumns <= columns
      ? reachOf(tapColumns, columns, width, stride[1], dilation[1], padding[1])
      : reachOf(columns, tapColumns, width, dilation[1], stride[1], padding[1]);
  let at = 0;
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < outputs; o++) {
      const group = Math.floor((o * groups) / outputs);
      for (let row = 0; row < rows; row++) {
        sums.fill(0);
        for (let c = 0; c < channels; c++) {
          const plane = (b * groups * channels + group * channels + c) * height;
          for (let k = 0; k < tapRows; k++) {
            const y = row * stride[0] + k * dilation[0] - padding[0];
            if (y < 0 || y >= height) continue;
            const from = (plane + y) * width - padding[1];
            const tap = ((o * channels + c) * tapRows + k) * tapColumns;
            across(sums, x, from, weight, tap, reach, stride[1], dilation[1]);
          }
        }
        for (let column = 0; column < columns; column++) out[at++] = sums[column]!;
      }
    }
  }
  return out;
};

type Sweep = (
  sums: Float64Array,
  x: TypedArray,
  from: number,
  weight: TypedArray,
  tap: number,
  reach: Reach,
  stride: number,
  dilation: number,
) => void;

/** sums[i] += x[i·stride + k·dilation]·weight[k], tap by tap. */
const sweepOutputs: Sweep = (sums, x, from, weight, tap, { first, end }, stride, dilation) => {
  for (let k = 0; k < first.length; k++) {
    const factor = weight[tap + k]!;
    const start = from + k * dilation;
    for (let i = first[k]!, last = end[k]!; i < last; i++) sums[i]! += factor * x[start + i * stride]!;
  }
};

/** The same, output by output. */
const sweepTaps: Sweep = (sums, x, from, weight, tap, { first, end }, stride, dilation) => {
  for (let i = 0; i < first.length; i++) {
    const start = from + i * stride;
    let sum = 0;
    for (let k = first[i]!, last = end[i]!; k < last; k++) sum += weight[tap + k]! * x[start + k * dilation]!;
    sums[i]! += sum;
  }
};
