/** Pictures drawn anew through affine maps: each pixel looked up where it comes from, between four neighbours. */

import type { TypedArray } from "../dtype";

/** How pixels lie in memory: picture after picture, plane after plane, row after row. */
export interface Layout {
  readonly count: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** What happens to a picture, about its middle. */
export interface Motion {
  /** Counter-clockwise as one sees it, in degrees. */
  readonly rotate: number;
  /** Larger above 1. */
  readonly scale: number;
  /** Slant along the rows, in degrees: what lies below the middle moves to the right. */
  readonly shear: number;
  /** Pixels to the right and down. */
  readonly shiftX: number;
  readonly shiftY: number;
}

const RADIANS = Math.PI / 180;

/**
 * Writes the picture that starts at `base` to `out`, moved. The map in pixels, about the middle ((W − 1)/2, (H − 1)/2)
 * with y downwards, is p ↦ scale·R·S·p + shift; R rotates and S shears. Pixels from outside are `fill`, and count as
 * neighbours with it.
 */
export function moveInto(
  out: Float32Array | Float64Array,
  pixels: TypedArray,
  base: number,
  { channels, height, width }: Layout,
  { rotate, scale, shear, shiftX, shiftY }: Motion,
  fill: number,
): void {
  const [cos, sin] = [Math.cos(rotate * RADIANS) / scale, Math.sin(rotate * RADIANS) / scale];
  const slant = Math.tan(shear * RADIANS);
  // The inverse, S⁻¹R⁻¹/scale: where a pixel comes from, by its column and by its row.
  const [xx, xy, yx, yy] = [cos - slant * sin, -sin - slant * cos, sin, cos];
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  for (let row = 0; row < height; row++) {
    const down = row - middleY - shiftY;
    const x = xy * down - xx * (middleX + shiftX) + middleX;
    const y = yy * down - yx * (middleX + shiftX) + middleY;
    const begin = Math.min(width, Math.max(0, entry(x, xx, width - 1), entry(y, yx, height - 1)));
    const end = Math.max(begin, Math.min(width, exit(x, xx, width - 1), exit(y, yx, height - 1)));
    for (let c = 0; c < channels; c++) {
      const plane = base + c * height * width;
      const to = plane + row * width;
      for (let i = 0; i < begin; i++) out[to + i] = atEdge(pixels, plane, height, width, x + i * xx, y + i * yx, fill);
      for (let i = begin; i < end; i++) {
        const fromX = x + i * xx;
        const fromY = y + i * yx;
        const left = fromX | 0;
        const top = fromY | 0;
        const right = fromX - left;
        const at = plane + top * width + left;
        const upper = pixels[at]! + right * (pixels[at + 1]! - pixels[at]!);
        const lower = pixels[at + width]! + right * (pixels[at + width + 1]! - pixels[at + width]!);
        out[to + i] = upper + (fromY - top) * (lower - upper);
      }
      for (let i = end; i < width; i++) {
        out[to + i] = atEdge(pixels, plane, height, width, x + i * xx, y + i * yx, fill);
      }
    }
  }
}

const SLACK = 1e-9; // so that rounding puts no neighbour outside

/** The first column i with all neighbours inside the picture along one axis: 0 ≤ start + i·step < limit. */
function entry(start: number, step: number, limit: number): number {
  if (step === 0) return start >= 0 && start < limit ? 0 : Infinity;
  return Math.ceil(Math.min((SLACK - start) / step, (limit - SLACK - start) / step));
}

/** The first column after {@link entry} with a neighbour outside. */
function exit(start: number, step: number, limit: number): number {
  if (step === 0) return Infinity;
  return Math.floor(Math.max((SLACK - start) / step, (limit - SLACK - start) / step)) + 1;
}

/** The value at (x, y) where neighbours may lie outside. */
function atEdge(
  pixels: TypedArray,
  plane: number,
  height: number,
  width: number,
  x: number,
  y: number,
  fill: number,
): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (left < -1 || top < -1 || left >= width || top >= height) return fill;
  const at = plane + top * width + left;
  const [inLeft, inRight, inTop, inBelow] = [left >= 0, left < width - 1, top >= 0, top < height - 1];
  const upper = between(inTop && inLeft ? pixels[at]! : fill, inTop && inRight ? pixels[at + 1]! : fill, x - left);
  const first = inBelow && inLeft ? pixels[at + width]! : fill;
  const second = inBelow && inRight ? pixels[at + width + 1]! : fill;
  return between(upper, between(first, second, x - left), y - top);
}

function between(a: number, b: number, part: number): number {
  return a + part * (b - a);
}
