/** A plane in colours: one small picture, stretched over the plotting area, with lines on top. */

import type { Polyline } from "./contours";
import type { ChartPart } from "./grammar";
import { type Rgba, pngAddress } from "./png";
import { cell } from "./values";

/**
 * A layer that fills the plotting area with cells: kind k is drawn in `palette[k]`, one below 0 not at all. Rows go up,
 * as the vertical axis does. One picture has no seams between its cells, and is much smaller than a mark for each.
 */
export function fieldLayer(kinds: Int32Array, columns: number, palette: readonly Rgba[], size: ChartPart): ChartPart {
  const rows = kinds.length / columns;
  const pixels = new Uint8Array(kinds.length);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) pixels[(rows - 1 - row) * columns + i] = kinds[row * columns + i]! + 1;
  }
  const [width, height] = [size["width"] as number, size["height"] as number];
  return {
    data: { values: [{ url: pngAddress(pixels, columns, [[0, 0, 0, 0], ...palette]) }] },
    mark: { type: "image", width, height, aspect: false, tooltip: null },
    encoding: { x: { value: width / 2 }, y: { value: height / 2 }, url: { field: "url", type: "nominal" } },
  };
}

/** A colour such as "#0072b2" with an opacity from 0 to 1. */
export function withOpacity(hex: string, opacity: number): Rgba {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
  return [r, g, b, Math.round(255 * opacity)];
}

/** An axis of a plane that ends exactly where the picture does. */
export function planeAxis(field: string, title: string, low: number, high: number): ChartPart {
  const scale = { domain: [cell(low)!, cell(high)!], nice: false, zero: false };
  return { field, type: "quantitative", title, axis: { grid: false }, scale };
}

/** Lines as rows of data, each with the number of its line. */
export function lineRows(lines: readonly Polyline[]): ChartPart[] {
  return lines.flatMap((line, n) => line.map(([x, y], at) => ({ x: cell(x), y: cell(y), line: n, at })));
}

/** `count + 1` equally distant numbers from low to high. */
export function edgesOf(low: number, high: number, count: number): number[] {
  return Array.from({ length: count + 1 }, (_, i) => low + ((high - low) * i) / count);
}
