/** What pools share: the signal as planes, the windows over them, and the frame around them. */

import { checkBoolean } from "../check";
import { OptionError, ShapeError } from "../errors";
import { showShape, sizeOf } from "../shape";
import { asTensor } from "../tensor/create";
import type { MaxPoolOptions } from "../tensor/moves";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { reshape } from "./reshape";
import { pad } from "./pad";
import { type AxisWindow, perAxis, windowsOf } from "./windowOf";

/** The signal as planes [n, c, h, w], and how to give the result the shape of what came in. */
export interface Planes {
  readonly x: Tensor;
  readonly shaped: (y: Tensor) => Tensor;
}

export function planesOf(where: string, x: TensorLike, axes: number): Planes {
  const signal = asTensor(where, x);
  const { shape } = signal;
  if (shape.length !== axes + 1 && shape.length !== axes + 2) {
    const layout = axes === 1 ? "[batch, channels, length]" : "[batch, channels, height, width]";
    throw new ShapeError(
      `${where}: bad rank: x ${showShape(shape)} (rank ${shape.length}); give ${layout}, or one signal without the batch`,
      { x: shape },
    );
  }
  const lead = shape.slice(0, -axes);
  const planes = [sizeOf(lead.slice(0, -1)), lead.at(-1)!, ...(axes === 1 ? [1] : []), ...shape.slice(-axes)];
  return { x: reshape(signal, planes), shaped: (y) => reshape(y, [...lead, ...y.shape.slice(-axes)]) };
}

/** The window along rows and along columns. */
export type Windows = readonly [AxisWindow, AxisWindow];

const STILL: AxisWindow = { kernel: 1, stride: 1, dilation: 1, padding: 0, size: 1 };

/** A window and how it moves, checked and completed: what can be said without a signal. */
export function poolMoves(where: string, kernel: unknown, axes: number, options: MaxPoolOptions) {
  const sizes = perAxis(where, "kernel", kernel, axes, 1);
  const stride = perAxis(where, "stride", options.stride ?? sizes, axes, 1);
  const dilation = perAxis(where, "dilation", options.dilation ?? 1, axes, 1);
  const padding = perAxis(where, "padding", options.padding ?? 0, axes, 0);
  const ceilMode = checkBoolean(where, "ceilMode", options.ceilMode, false);
  const wide = padding.findIndex((margin, axis) => 2 * margin > sizes[axis]!);
  if (wide >= 0) {
    throw new OptionError(
      `${where}: padding is more than half of the window: ${padding[wide]} and ${sizes[wide]}; give at most ` +
        `${Math.floor(sizes[wide]! / 2)}`,
      { padding: options.padding, kernel },
    );
  }
  return { sizes, stride, dilation, padding, ceilMode };
}

export function poolWindows(where: string, x: Tensor, kernel: unknown, axes: number, options: MaxPoolOptions): Windows {
  const { sizes, ...moves } = poolMoves(where, kernel, axes, options);
  const found = windowsOf(where, x.shape.slice(-axes), sizes, moves);
  return axes === 1 ? [STILL, found[0]!] : (found as unknown as Windows);
}

/** The signal with as many places around it as its windows reach over. */
export function framed(x: Tensor, windows: Windows, value: number): Tensor {
  const amounts = windows.map(({ kernel, stride, dilation, padding, size }, axis): [number, number] => {
    const end = (size - 1) * stride + dilation * (kernel - 1) + 1 - padding;
    return [padding, Math.max(end - x.shape[2 + axis]!, 0)];
  });
  return amounts.every(([before, after]) => before + after === 0) ? x : pad(x, [[0, 0], [0, 0], ...amounts], { value });
}
