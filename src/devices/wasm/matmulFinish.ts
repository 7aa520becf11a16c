/** The end of a tile: partial sums, the epilogue, and stores that touch nothing beside the tile. */

import type { FunctionBuilder, Local } from "./assembler";
import { emitExpression } from "./expression";
import type { LaneType } from "./laneTypes";
import { TYPES, loadVector, pushAt } from "./matmulLoad";
import type { Pointers, TileSpec } from "./matmulShape";

/** Stores the vectors of each row of a tile. */
export function finishTile(
  f: FunctionBuilder,
  { product, adds, ends }: TileSpec,
  columns: number,
  results: readonly (readonly Local[])[],
  at: Pointers,
): void {
  const { lanes, width, size, c, reads, expr } = product;
  results.forEach((row, r) => {
    row.forEach((result, j) => {
      const first = j * width;
      const count = Math.min(width, columns - first);
      const offset = r * c.row + first * c.column;
      const store = (x: Local): void => {
        if (c.column === size) storeLanes(f, lanes, at.c, offset, x, count);
        else for (let lane = 0; lane < count; lane++) storeLane(f, size, at.c, offset + lane * c.column, x, lane);
      };
      if (adds) {
        f.get(result);
        loadVector(f, lanes, lanes, at.c, offset, c.column, count);
        f.op(`${TYPES[lanes]}.add`).set(result);
      }
      if (!ends || expr === null) {
        store(result);
        return;
      }
      const [final] = emitExpression(f, lanes, [expr], (index) => {
        const read = reads[index - 1];
        if (read === undefined) f.get(result);
        else {
          const place = r * read.row + first * read.column;
          loadVector(f, lanes, read.dtype, at.reads[index - 1]!, place, read.column, count);
        }
      });
      store(final!);
      f.release(final!);
    });
  });
}

function storeLane(f: FunctionBuilder, size: number, to: Local, offset: number, x: Local, lane: number): void {
  const rest = pushAt(f, to, offset);
  f.get(x).memoryLane(size === 8 ? "v128.store64_lane" : "v128.store32_lane", lane, rest);
}

/** Stores the first `count` lanes of a vector. */
export function storeLanes(
  f: FunctionBuilder,
  lanes: LaneType,
  to: Local,
  offset: number,
  x: Local,
  count: number,
): void {
  const size = lanes === "float64" ? 8 : 4;
  if (count * size === 16) {
    const rest = pushAt(f, to, offset);
    f.get(x).memory("v128.store", rest);
    return;
  }
  if (count * size >= 8) {
    const rest = pushAt(f, to, offset);
    f.get(x).memoryLane("v128.store64_lane", 0, rest);
  }
  if (size === 4 && count % 2 === 1) {
    const rest = pushAt(f, to, offset + (count - 1) * 4);
    f.get(x).memoryLane("v128.store32_lane", count - 1, rest);
  }
}
