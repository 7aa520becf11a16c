/** The convolve kernel: tiles of outputs, each summed over channels and taps while it is held in registers. */

import { sizeOf } from "../../shape";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler";
import { type ConvolveCase, type ConvolvePlan, planConvolve, readsOf } from "./convolvePlan";
import { emitRow } from "./convolveRow";
import { type Cursor, nest } from "./loops";
import { layoutOf, move } from "./move";
import { type Placed, byteStrides, startOf } from "./placed";
import { type Part, Share } from "./share";

/** Multiplications and additions in a nanosecond on one thread, about. */
const RATE = 30;

/** Bytes of working memory that a convolution needs. */
export function convolveScratch(what: ConvolveCase): number {
  return planConvolve(what, 0).scratch;
}

/** Computes a convolution: lays rows out as the tiles read them, where they are not, then sums. */
export function emitConvolve(module: ModuleBuilder, what: ConvolveCase, scratch: number): readonly Part[] {
  const plan = planConvolve(what, scratch);
  const { output, attrs } = what;
  if (sizeOf(output.shape) === 0) return [new Share(module).part];
  const stages = plan.stagedX !== null || plan.stagedWeight !== null;
  const parts = stages ? [{ f: emitStaging(module, what, plan), chunks: 1 }] : [];
  const [, channels, tapRows, taps] = what.inputs[1]!.shape as [number, number, number, number];
  const [batch, outputs, rows] = output.shape as [number, number, number];
  const { groups, stride, padding } = attrs;
  const share = new Share(module);
  const { f } = share;
  const reads = readsOf(what);
  const each = outputs / groups;
  const { x, weight } = plan;
  const along = (placed: Placed): Cursor => {
    const [image, channel, row] = byteStrides(placed) as [number, number, number];
    return { start: startOf(placed), strides: [image, each * channel, row] };
  };
  const cursors = [
    { start: x.start - padding[0] * x.row, strides: [x.image, channels * x.channel, stride[0] * x.row] },
    { start: weight.start, strides: [0, groupStep(plan, channels, each), 0] },
    along(output),
    // Not an address: the row of the signal where the first tap lies, which may be above it.
    { start: -padding[0], strides: [0, 0, stride[0]] },
    ...reads.map(along),
  ];
  const cost = (2 * sizeOf(output.shape) * channels * tapRows * taps) / RATE;
  const sum = (pointers: readonly Local[]): void => { emitRow(f, what, plan, reads, pointers); };
  nest(f, [batch, groups, rows], cursors, sum, { share, cost });
  return [...parts, share.part];
}

/** Bytes from a group's weights to the next one's. */
function groupStep({ form, weight }: ConvolvePlan, channels: number, outputs: number): number {
  return form === "channels" ? channels * weight.channel : outputs * weight.image;
}

/** Copies operands into working memory: the signal framed with zeros, its rows cut into phases. */
function emitStaging(module: ModuleBuilder, { attrs, inputs }: ConvolveCase, plan: ConvolvePlan): FunctionBuilder {
  const f = module.function([]);
  const [x, weight] = inputs as [Placed, Placed];
  const { stagedX, stagedWeight, phases, pitch, size, lanes } = plan;
  if (stagedWeight !== null) {
    const { image, channel, row, column, start } = plan.weight;
    const [outputs, channels, rows, taps] = weight.shape as [number, number, number, number];
    const each = outputs / attrs.groups;
    const [first, ...others] = byteStrides(weight) as [number, number, number, number];
    const source = { ...layoutOf(weight), strides: [each * first, ...others, first] };
    const target = { dtype: lanes, start, strides: [groupStep(plan, channels, each), channel, row, column, image] };
    move(f, [attrs.groups, channels, rows, taps, each], source, target);
  }
  if (stagedX === null) return f;
  f.i32(stagedX.address).i32(0).i32(stagedX.bytes).op("memory.fill");
  const { image, channel, row } = plan.x;
  const from = layoutOf(x);
  const across = x.shape[3]!;
  const left = attrs.padding[1];
  for (let phase = 0; phase < phases; phase++) {
    // Element i of the phase is u = i·phases + phase of the padded row, u − left of the signal's.
    const first = Math.max(Math.ceil((left - phase) / phases), 0);
    const end = Math.min(Math.floor((across - 1 + left - phase) / phases) + 1, pitch);
    if (end <= first) continue;
    const [batch, channels, rows, column] = from.strides as [number, number, number, number];
    const source = {
      ...from,
      start: (from.start as number) + (first * phases + phase - left) * column,
      strides: [batch, channels, rows, column * phases],
    };
    const start = plan.x.start + (phase * pitch + first) * size;
    const target = { dtype: lanes, start, strides: [image, channel, row, size] };
    move(f, [...x.shape.slice(0, 3), end - first], source, target);
  }
  return f;
}
