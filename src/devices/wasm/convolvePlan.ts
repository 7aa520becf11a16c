/** How a convolution of given sizes and strides is best computed: along what vectors lie, and what is copied first. */

import { bytesOf } from "../../dtype";
import type { Expr } from "../../scalar/expr";
import { broadcastStrides, sizeOf } from "../../shape";
import type { Kernels } from "../../tensor/device";
import { LANES, type LaneType } from "./laneTypes";
import { type Placed, byteStrides, startOf } from "./placed";

/** A KernelStep `convolve` with its operands in memory, all of one dtype. */
export interface ConvolveCase {
  readonly attrs: Kernels["convolve"];
  readonly inputs: readonly Placed[];
  /** Contiguous; it may overlap no other operand. */
  readonly output: Placed;
  readonly epilogue: { readonly expr: Expr; readonly reads: readonly Placed[] } | null;
}

/** An operand where the loops read it: its strides in bytes along images (or outputs), channels and rows. */
export interface Source {
  readonly start: number;
  readonly image: number;
  readonly channel: number;
  readonly row: number;
  /** Between neighbours in a row. */
  readonly column: number;
}

/** A copy of an operand in working memory. */
export interface Staged {
  readonly bytes: number;
  readonly address: number;
}

/**
 * Taps of a row that lie evenly apart on both operands: their first elements, and the steps between them, in bytes.
 */
export interface Run {
  readonly taps: number;
  readonly x: number;
  readonly weight: number;
  readonly stepX: number;
  readonly stepWeight: number;
}

/**
 * What the lanes of a vector hold: neighbouring outputs of a row ("wide"), output channels ("channels"), or
 * neighbouring taps, to be added up at the end ("deep"). Gradients of weights have few outputs, and a row of the
 * signal as taps.
 */
export type Form = "wide" | "channels" | "deep";

/** How a convolution is computed. */
export interface ConvolvePlan {
  readonly form: Form;
  readonly lanes: LaneType;
  readonly size: number;
  readonly width: number;
  readonly x: Source;
  readonly weight: Source;
  readonly stagedX: Staged | null;
  readonly stagedWeight: Staged | null;
  /** Rows of the signal are cut into so many phases: element u stands at ⌊u / phases⌋ of phase u mod phases. */
  readonly phases: number;
  /** Elements of each phase of a row. */
  readonly pitch: number;
  /** Whether some tap of a row lies above or below the signal. */
  readonly overhangs: boolean;
  readonly scratch: number;
}

const LINE = 64;

/** Rounds up to whole lines of a cache, with some to spare for what is read beyond the end. */
function roomFor(bytes: number): number {
  return Math.ceil((bytes + LINE) / LINE) * LINE;
}

/** Chooses; working memory begins at an address. */
export function planConvolve({ attrs, inputs, output }: ConvolveCase, address: number): ConvolvePlan {
  const [x, weight] = inputs as [Placed, Placed];
  const { stride, dilation, padding } = attrs;
  const lanes = output.dtype === "bool" ? "int32" : output.dtype;
  const [size, width] = [bytesOf(lanes), LANES[lanes]];
  const [, , rows, columns] = output.shape as [number, number, number, number];
  const [, , height, across] = x.shape as [number, number, number, number];
  const [, , tapRows, taps] = weight.shape as [number, number, number, number];
  const each = output.shape[1]! / attrs.groups;
  const form = formFor(each, columns, taps, width);
  // The last element of a row that is read; without taps, none is.
  const last = Math.max((columns - 1) * stride[1] + (taps - 1) * dilation[1], 0);
  const phases = form === "wide" && columns > 1 ? stride[1] : form === "deep" && taps > 1 ? dilation[1] : 1;
  const inside = padding[1] <= 0 && last - padding[1] < across;
  const [own, ownWeight] = [sourceOf(x), sourceOf(weight)];
  const inOrder = form === "channels" || own.column === size;
  const stageX = x.dtype !== lanes || !inOrder || !inside || phases > 1;
  const stageWeight = weight.dtype !== lanes || form === "channels" || (form === "deep" && ownWeight.column !== size);
  const pitch = Math.ceil((last + 1) / phases);
  let end = address;
  const stage = (bytes: number): Staged => {
    const staged = { address: end, bytes };
    end += roomFor(bytes);
    return staged;
  };
  const row = phases * pitch * size;
  const stagedX = stageX ? stage(x.shape[0]! * x.shape[1]! * height * row) : null;
  const stagedWeight = stageWeight ? stage(sizeOf(weight.shape) * size) : null;
  return {
    form,
    lanes,
    size,
    width,
    x:
      stagedX === null
        ? { ...own, start: own.start - padding[1] * own.column }
        : rowMajor(stagedX.address, x.shape[1]!, height, row, size),
    weight:
      stagedWeight === null
        ? ownWeight
        : form === "channels"
          ? channelsLast(stagedWeight.address, tapRows, taps, each, size)
          : rowMajor(stagedWeight.address, weight.shape[1]!, tapRows, taps * size, size),
    stagedX,
    stagedWeight,
    phases,
    pitch,
    overhangs: padding[0] > 0 || (rows - 1) * stride[0] + (tapRows - 1) * dilation[0] - padding[0] >= height,
    scratch: end - address,
  };
}

function sourceOf(placed: Placed): Source {
  const [image, channel, row, column] = byteStrides(placed) as [number, number, number, number];
  return { start: startOf(placed), image, channel, row, column };
}

function rowMajor(start: number, channels: number, rows: number, row: number, column: number): Source {
  return { start, image: channels * rows * row, channel: rows * row, row, column };
}

/** The output channels of a group side by side, for each tap. */
function channelsLast(start: number, rows: number, taps: number, each: number, size: number): Source {
  const column = each * size;
  return { start, image: size, channel: rows * taps * column, row: taps * column, column };
}

/** What takes the fewest steps; sums across lanes have some more to do for each. */
function formFor(each: number, columns: number, taps: number, width: number): Form {
  const steps = {
    wide: each * taps * Math.ceil(columns / width),
    channels: Math.ceil(each / width) * taps * columns,
    deep: 1.5 * each * Math.ceil(taps / width) * columns,
  };
  return (["wide", "channels", "deep"] as const).reduce((best, form) => (steps[form] < steps[best] ? form : best));
}

/** Where element u of a padded row stands, in bytes from the row's beginning. */
export function placeIn({ phases, pitch, x }: ConvolvePlan, u: number): number {
  return ((u % phases) * pitch + Math.floor(u / phases)) * x.column;
}

/** The taps of a row in runs: of a staged signal those that fall on one phase lie evenly apart. */
export function runsOf(plan: ConvolvePlan, taps: number, dilation: number): Run[] {
  const { phases, weight } = plan;
  const every = phases / gcd(phases, dilation);
  return Array.from({ length: Math.min(every, taps) }, (_, first) => ({
    taps: Math.ceil((taps - first) / every),
    x: placeIn(plan, first * dilation),
    weight: first * weight.column,
    stepX: ((every * dilation) / phases) * plan.x.column,
    stepWeight: every * weight.column,
  }));
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** What an epilogue reads, repeated to the shape of the output. */
export function readsOf({ epilogue, output }: ConvolveCase): Placed[] {
  return (epilogue?.reads ?? []).map((read) => ({
    ...read,
    shape: output.shape,
    strides: broadcastStrides(read.shape, read.strides, output.shape),
  }));
}
