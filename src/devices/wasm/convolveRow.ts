/** One row of outputs of a convolution: all output channels of a group, tile beside tile. */

import { formulaOf } from "../../scalar/formula";
import type { FunctionBuilder, Local } from "./assembler";
import { type ConvolveCase, type ConvolvePlan, placeIn, runsOf } from "./convolvePlan";
import { type ConvolveTile, emitConvolveTile } from "./convolveTile";
import { advance, times } from "./loops";
import { rowsBeside } from "./matmulPlan";
import { type Placed, byteStrides } from "./placed";

/** The longest runs that a lane sums in one go, so that few digits are lost. */
const RUN = 1024;

/** What all tiles of a convolution have in common. */
type Common = Omit<ConvolveTile, "columns" | "places" | "rows" | "channels" | "adds" | "ends">;

/** Sums a row at the pointers (signal, weight, output, row of the signal, reads), which stay as they are. */
export function emitRow(
  f: FunctionBuilder,
  what: ConvolveCase,
  plan: ConvolvePlan,
  reads: readonly Placed[],
  pointers: readonly Local[],
): void {
  const { attrs, output } = what;
  const channels = what.inputs[1]!.shape[1]!;
  const common = commonOf(what, plan, reads);
  const each = output.shape[1]! / attrs.groups;
  const strips = stripsOf(plan, output.shape[3]!, each, attrs.stride[1]);
  const own = pointers.map((pointer) => {
    const local = f.local("i32");
    f.get(pointer).set(local);
    return local;
  });
  const [x, weight, c, , ...others] = own as [Local, Local, Local, Local, ...Local[]];
  const columns = output.shape[3]!;
  const moved = strips.reduce((sum, { turns, step }) => sum + turns * step, 0);
  overBlocks(f, channels, blockOf(common, channels), (count, adds, ends) => {
    for (const strip of strips) emitStrip(f, { ...common, channels: count, adds, ends }, strip, each, own);
    // Back to the first column, on to the next channels.
    advance(f, c, -columns * common.c.column);
    others.forEach((read, i) => { advance(f, read, -columns * common.reads[i]!.column); });
    advance(f, x, count * plan.x.channel - moved);
    advance(f, weight, count * plan.weight.channel);
  });
  f.release(...own);
}

function commonOf(what: ConvolveCase, plan: ConvolvePlan, reads: readonly Placed[]): Common {
  const { attrs, inputs, output, epilogue } = what;
  const [, , tapRows, taps] = inputs[1]!.shape as [number, number, number, number];
  const out = byteStrides(output);
  return {
    plan,
    tapRows,
    taps,
    height: inputs[0]!.shape[2]!,
    dilation: attrs.dilation,
    runs: plan.form === "deep" ? [] : runsOf(plan, taps, attrs.dilation[1]),
    expr: epilogue?.expr ?? null,
    formula: epilogue === null ? "" : formulaOf(epilogue.expr),
    c: { row: out[1]!, column: out[3]! },
    reads: reads.map((read) => {
      const [, row, , column] = byteStrides(read) as [number, number, number, number];
      return { row, column, dtype: read.dtype };
    }),
  };
}

/** How many channels are summed in one go. */
function blockOf({ plan: { form, width }, tapRows, taps }: Common, channels: number): number {
  const perChannel = tapRows * (form === "deep" ? Math.ceil(taps / width) : taps);
  return Math.min(Math.max(Math.floor(RUN / Math.max(perChannel, 1)), 1), Math.max(channels, 1));
}

/** Runs the body for blocks of channels: the first begins the sums, the last ends them. */
function overBlocks(
  f: FunctionBuilder,
  channels: number,
  block: number,
  body: (count: number, adds: boolean, ends: boolean) => void,
): void {
  const blocks = Math.ceil(channels / block);
  if (blocks < 2) {
    body(channels, false, true);
    return;
  }
  body(block, false, false);
  if (blocks > 2) times(f, blocks - 2, () => { body(block, true, false); });
  body(channels - (blocks - 1) * block, true, true);
}

/** Equal tiles beside one another in a row. */
interface Strip {
  readonly turns: number;
  /** Outputs of a tile. */
  readonly columns: number;
  /** How far the signal moves from one to the next, in bytes. */
  readonly step: number;
  /** Not wide: where the outputs' taps begin, from where the signal's pointer stands. */
  readonly places: readonly number[];
}

/** The strips of a row. */
function stripsOf(plan: ConvolvePlan, columns: number, outputs: number, stride: number): Strip[] {
  const { form, width, size } = plan;
  if (form === "wide") {
    const group = (outputs === 1 ? 6 : outputs < 3 ? 4 : 2) * width;
    const whole = Math.floor(columns / group);
    const rest = columns - whole * group;
    const strip = (turns: number, own: number): Strip => ({ turns, columns: own, step: own * size, places: [] });
    return [...(whole > 0 ? [strip(whole, group)] : []), ...(rest > 0 ? [strip(1, rest)] : [])];
  }
  const count = Math.ceil(columns / (outputs === 1 ? 6 : 4));
  if (form === "channels") {
    const own = Math.ceil(columns / count);
    const step = stride * plan.x.column;
    const strip = (turns: number, own: number): Strip => {
      return { turns, columns: own, step: own * step, places: Array.from({ length: own }, (_, j) => j * step) };
    };
    return [strip(Math.floor(columns / own), own), ...(columns % own > 0 ? [strip(1, columns % own)] : [])];
  }
  const strips: Strip[] = [];
  for (let first = 0; first < columns; first += strips.at(-1)!.columns) {
    const from = first;
    const own = Math.ceil((columns - from) / (count - strips.length));
    const places = Array.from({ length: own }, (_, j) => placeIn(plan, (from + j) * stride));
    strips.push({ turns: 1, columns: own, step: 0, places });
  }
  return strips;
}

/** Output channels of a tile of so many columns: the sums and what meets in them fit the registers, or all is slow. */
function rowsFor({ form, width }: ConvolvePlan, columns: number): number {
  if (form === "wide") return rowsBeside(Math.ceil(columns / width));
  if (form === "channels") return 2 * width;
  return columns === 3 ? 3 : rowsBeside(columns);
}

/** All tiles of a strip: output channels below one another, then the next columns. */
function emitStrip(
  f: FunctionBuilder,
  tile: Common & Pick<ConvolveTile, "channels" | "adds" | "ends">,
  { turns, columns, step, places }: Strip,
  outputs: number,
  own: readonly Local[],
): void {
  const { plan, c, reads } = tile;
  const [x, weight, to, , ...others] = own as [Local, Local, Local, Local, ...Local[]];
  const down = (rows: number): void => {
    advance(f, weight, rows * plan.weight.image);
    advance(f, to, rows * c.row);
    others.forEach((read, i) => { advance(f, read, rows * reads[i]!.row); });
  };
  const rows = rowsFor(plan, columns);
  const tall = Math.floor(outputs / rows);
  const emit = (height: number): void => {
    emitConvolveTile(f, { ...tile, columns, places, rows: height }, own);
    down(height);
  };
  times(f, turns, () => {
    if (tall > 0) times(f, tall, () => { emit(rows); });
    if (outputs % rows > 0) emit(outputs % rows);
    down(-outputs);
    advance(f, x, step);
    advance(f, to, columns * c.column);
    others.forEach((read, i) => { advance(f, read, columns * reads[i]!.column); });
  });
}
