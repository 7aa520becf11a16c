/** Moving elements between two layouts of a shape: by rows, by tiles, or one by one, whichever the strides allow. */

import { type DType, bytesOf } from "../../dtype";
import type { Shape } from "../../shape";
import type { FunctionBuilder } from "./assembler";
import { type Cursor, joinAxes, nest } from "./loops";
import { byteStrides, type Placed, startOf } from "./placed";
import { convertOne } from "./quad";
import { addRow, convertRow, fillRow } from "./rows";
import { transpose } from "./transpose";
import { addElements, loadElement, storeElement } from "./element";

/** Elements of a dtype from an address on. */
export interface Layout extends Cursor {
  readonly dtype: DType;
}

/** Smaller planes are not worth tiles. */
const TILED = 8;

/** Where a placed view lies. */
export function layoutOf(placed: Placed): Layout {
  return { dtype: placed.dtype, start: startOf(placed), strides: byteStrides(placed) };
}

/** target = source, converted; the target's positions are all different. */
export function move(f: FunctionBuilder, shape: Shape, source: Layout, target: Layout): void {
  if (shape.includes(0)) return;
  const [from, to] = [source.dtype, target.dtype];
  const { sizes, strides } = joinAxes(shape, [source.strides, target.strides]);
  const last = sizes.length - 1;
  const sourceStep = strides[0]![last] ?? bytesOf(from);
  const targetStep = strides[1]![last] ?? bytesOf(to);
  const inner = sizes[last] ?? 1;
  const row = strides[0]!.findIndex((stride, axis) => stride === bytesOf(from) && sizes[axis]! >= TILED && axis < last);
  const alongRows = targetStep === bytesOf(to);
  const around = (skipped: readonly number[], body: Parameters<typeof nest>[3]): void => {
    const kept = (list: readonly number[]): number[] => list.filter((_, axis) => !skipped.includes(axis));
    const cursors = [source, target].map(({ start }, i) => ({ start, strides: kept(strides[i]!) }));
    nest(f, kept(sizes), cursors, body);
  };
  if (alongRows && sourceStep === bytesOf(from)) {
    around([last], ([a, b]) => convertRow(f, from, a!, to, b!, inner));
  } else if (alongRows && sourceStep === 0) {
    around([last], ([a, b]) => fillRow(f, from, a!, to, b!, inner));
  } else if (alongRows && row >= 0 && inner >= TILED) {
    const plane = {
      rows: sizes[row]!,
      columns: inner,
      from: { dtype: from, rowStep: strides[0]![row]!, columnStep: sourceStep },
      to: { dtype: to, rowStep: strides[1]![row]!, columnStep: targetStep },
    };
    around([row, last], ([a, b]) => transpose(f, plane, a!, b!));
  } else around([], ([a, b]) => convertOne(f, from, a!, to, b!));
}

/** target += source, in row-major order; both have one dtype. */
export function moveAdd(f: FunctionBuilder, shape: Shape, source: Layout, target: Layout): void {
  if (shape.includes(0)) return;
  const { dtype } = target;
  const size = bytesOf(dtype);
  const { sizes, strides } = joinAxes(shape, [source.strides, target.strides]);
  const last = sizes.length - 1;
  const cursors = [source, target].map(({ start }, i) => ({ start, strides: strides[i]! }));
  if (last >= 0 && strides[0]![last] === size && strides[1]![last] === size) {
    const outer = cursors.map((cursor) => ({ ...cursor, strides: cursor.strides.slice(0, last) }));
    nest(f, sizes.slice(0, last), outer, ([a, b]) => addRow(f, dtype, a!, b!, sizes[last]!));
    return;
  }
  nest(f, sizes, cursors, ([a, b]) => {
    f.get(b!).get(b!);
    loadElement(f, dtype);
    f.get(a!);
    loadElement(f, dtype);
    addElements(f, dtype);
    storeElement(f, dtype);
  });
}
