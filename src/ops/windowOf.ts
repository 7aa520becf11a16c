/** How a window moves over a signal: the settings that convolutions and pools share, checked and completed. */

import { checkNumber, show } from "../check";
import { OptionError, ShapeError } from "../errors";
import { type Shape, showShape } from "../shape";
import type { Padding, PerAxis } from "../tensor/moves";

/** One axis: how large the window is, how it moves, what stands before the signal, and how many places it has. */
export interface AxisWindow {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: number;
  readonly size: number;
}

/** A number for each of `axes` axes. */
export function perAxis(where: string, name: string, value: unknown, axes: number, min: number): number[] {
  const rule = { integer: true, min };
  if (!Array.isArray(value)) return Array<number>(axes).fill(checkNumber(where, name, value, rule));
  if (value.length === axes) return value.map((each) => checkNumber(where, name, each, rule));
  throw new OptionError(
    `${where}: ${name} has another length: ${show(value)} (${value.length} ≠ ${axes}); ` +
      `give one number, or ${axes === 1 ? "an array of one" : `one for each of ${axes} axes`}`,
    { [name]: value, axes },
  );
}

/** Padding for each of `axes` axes; the words give zeros. */
export function marginsOf(where: string, padding: Padding, axes: number): number[] {
  if (padding === "same" || padding === "valid") return Array<number>(axes).fill(0);
  if (typeof padding !== "string") return perAxis(where, "padding", padding, axes, 0);
  throw new OptionError(`${where}: unknown padding: ${show(padding)}; give numbers, "same" or "valid"`, { padding });
}

/** The places of a window over a signal of `sizes`: PyTorch's ⌊(n + 2p − d·(k − 1) − 1) / s⌋ + 1 along each axis. */
export function windowsOf(
  where: string,
  sizes: Shape,
  kernel: readonly number[],
  options: { stride?: PerAxis; padding?: Padding; dilation?: PerAxis; ceilMode?: boolean },
): AxisWindow[] {
  const axes = sizes.length;
  const stride = perAxis(where, "stride", options.stride ?? 1, axes, 1);
  const dilation = perAxis(where, "dilation", options.dilation ?? 1, axes, 1);
  const { padding = 0, ceilMode = false } = options;
  const margins = marginsOf(where, padding, axes);
  return sizes.map((n, axis) => {
    const [k, s, d, p] = [kernel[axis]!, stride[axis]!, dilation[axis]!, margins[axis]!];
    const reach = d * (k - 1) + 1;
    if (padding === "same") {
      const size = Math.ceil(n / s);
      const missing = Math.max((size - 1) * s + reach - n, 0);
      return { kernel: k, stride: s, dilation: d, padding: Math.floor(missing / 2), size };
    }
    let size = Math.floor((n + 2 * p - reach + (ceilMode ? s - 1 : 0)) / s) + 1;
    // As in PyTorch: one that reaches over the edge counts only if it begins before it.
    if (ceilMode && (size - 1) * s >= n + p) size--;
    if (size < 1) {
      const padded = p > 0 ? `${n} + 2·${p}` : `${n}`;
      const spread = d > 1 ? ` (spread to ${reach} by dilation ${d})` : "";
      throw new ShapeError(
        `${where}: the kernel is larger than the signal: ${k}${spread} over ${padded} along axis ${axis - axes} of ` +
          `${showShape(sizes)}; give more padding, or a smaller kernel`,
        { kernel: k, size: n, padding: p },
      );
    }
    return { kernel: k, stride: s, dilation: d, padding: p, size };
  });
}
