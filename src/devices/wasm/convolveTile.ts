/** A tile of a convolution: a few output channels of a few neighbouring outputs, summed over channels and taps. */

import type { Expr } from "../../scalar/expr";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler";
import type { ConvolvePlan, Run } from "./convolvePlan";
import { nest } from "./loops";
import { finishTile } from "./matmulFinish";
import { pushAt } from "./matmulLoad";
import type { Read, Steps } from "./matmulShape";
import { addAcross, multiplyAll, pushPart } from "./matmulTile";

/** What a tile is a tile of. */
export interface ConvolveTile {
  readonly plan: ConvolvePlan;
  /** Output channels, and outputs of a row. */
  readonly rows: number;
  readonly columns: number;
  /** Input channels that are summed over. */
  readonly channels: number;
  readonly tapRows: number;
  readonly taps: number;
  /** Rows of the signal. */
  readonly height: number;
  readonly dilation: readonly [number, number];
  /** Not deep: the taps of a row. */
  readonly runs: readonly Run[];
  /** Not wide: where the taps of each output begin, in bytes from the pointer. */
  readonly places: readonly number[];
  /** Whether the output holds a partial sum already, and whether this completes it. */
  readonly adds: boolean;
  readonly ends: boolean;
  readonly c: Steps;
  readonly reads: readonly Read[];
  readonly expr: Expr | null;
  readonly formula: string;
}

/** Calls the function that computes a tile at the pointers: signal, weight, output, row of the signal, reads. */
export function emitConvolveTile(f: FunctionBuilder, tile: ConvolveTile, at: readonly Local[]): void {
  const { expr: _, plan: { stagedX: _x, stagedWeight: _w, ...plan }, ...rest } = tile;
  const { start: _sx, image: _ix, ...x } = plan.x;
  const { start: _sw, ...weight } = plan.weight;
  const key = `convolve ${JSON.stringify([{ ...plan, scratch: 0, x, weight }, rest])}`;
  const target = f.module.shared(key, (module: ModuleBuilder) => {
    const own = module.function(at.map(() => "i32"));
    const [px, pw, pc, row, ...reads] = own.params as [Local, Local, Local, Local];
    const results = emitSums(own, tile, { x: px, weight: pw, row });
    const { lanes, width, size, form } = tile.plan;
    const { expr, formula, adds, ends } = tile;
    const turned = <S extends Steps>(steps: S): S => {
      return form === "channels" ? { ...steps, row: steps.column, column: steps.row } : steps;
    };
    const c = turned(tile.c);
    const unused = { a: c, b: c, m: 0, n: 0, k: 0 };
    const product = { ...unused, lanes, width, size, c, reads: tile.reads.map(turned), expr, formula };
    const spec = { product, form: "outer", depth: 0, a: c, b: c, adds, ends } as const;
    const columns = form === "channels" ? tile.rows : tile.columns;
    finishTile(own, spec, columns, results, { a: px, b: pw, c: pc, reads });
    return own;
  });
  for (const local of at) f.get(local);
  f.call(target);
}

interface At {
  readonly x: Local;
  readonly weight: Local;
  /** The row of the signal where the first tap lies; it may be above or below. */
  readonly row: Local;
}

/** The sums in vectors: of each output channel, or of each output where vectors lie along the channels. */
function emitSums(f: FunctionBuilder, tile: ConvolveTile, at: At): readonly (readonly Local[])[] {
  const { plan: { form, width, lanes }, rows, columns } = tile;
  const [count, vectors] = {
    wide: [rows, Math.ceil(columns / width)] as const,
    channels: [columns, Math.ceil(rows / width)] as const,
    deep: [rows, columns] as const,
  }[form];
  const sums = Array.from({ length: count }, () => Array.from({ length: vectors }, () => f.local("v128")));
  for (const sum of sums.flat()) f.i32x4(0).set(sum);
  if (form === "deep") walkVectors(f, tile, sums, at);
  else walkTaps(f, tile, sums, at);
  return form === "deep" ? sums.map((row) => addAcross(f, lanes, row)) : sums;
}

/** Runs the body for the rows of taps that lie on the signal; `size` and strides are those of walks beside the rows. */
function overRows(
  f: FunctionBuilder,
  { plan, tapRows, dilation, height }: ConvolveTile,
  at: At,
  beside: { readonly size: number; readonly x: number; readonly weight: number } | null,
  body: (x: Local, weight: Local) => void,
): void {
  const outer = beside ?? { size: 1, x: 0, weight: 0 };
  const cursors = [
    { start: at.x, strides: [outer.x, dilation[0] * plan.x.row] },
    { start: at.weight, strides: [outer.weight, plan.weight.row] },
    ...(plan.overhangs ? [{ start: at.row, strides: [0, dilation[0]] }] : []),
  ];
  nest(f, [outer.size, tapRows], cursors, ([x, weight, row]) => {
    if (row === undefined) body(x!, weight!);
    else f.get(row).i32(height).op("i32.lt_u").if(() => { body(x!, weight!); });
  });
}

/** Each step takes one tap: vectors of the signal and a number of each output channel, or the other way round. */
function walkTaps(f: FunctionBuilder, tile: ConvolveTile, sums: readonly Local[][], at: At): void {
  const { plan, channels, runs, places } = tile;
  const { lanes, size, width } = plan;
  const splat = size === 8 ? "v128.load64_splat" : "v128.load32_splat";
  const numbers = (pointer: Local, offset: number): void => void f.memory(splat, pushAt(f, pointer, offset));
  const vectors = (pointer: Local, offset: number, j: number): void => {
    f.memory("v128.load", pushAt(f, pointer, offset + j * width * size));
  };
  overRows(f, tile, at, null, (x, weight) => {
    for (const run of runs) {
      const cursors = [
        { start: x, strides: [plan.x.channel, run.stepX] },
        { start: weight, strides: [plan.weight.channel, run.stepWeight] },
      ];
      nest(f, [channels, run.taps], cursors, ([px, pw]) => {
        if (plan.form === "wide") {
          const left = (r: number): void => { numbers(pw!, run.weight + r * plan.weight.image); };
          multiplyAll(f, lanes, sums, left, (j) => { vectors(px!, run.x, j); });
        } else multiplyAll(f, lanes, sums, (r) => { numbers(px!, places[r]!); }, (j) => { vectors(pw!, 0, j); });
      });
    }
  });
}

/** Each step takes a vector of taps of each output channel, and of the signal at each output. */
function walkVectors(f: FunctionBuilder, tile: ConvolveTile, sums: readonly Local[][], at: At): void {
  const { plan, channels, taps, places } = tile;
  const { lanes, width } = plan;
  const step = (px: Local, pw: Local, offset: number, count: number): void => {
    const left = (r: number): void => pushPart(f, lanes, pw, r * plan.weight.image + offset, count);
    const right = (j: number): void => pushPart(f, lanes, px, places[j]! + offset, count);
    multiplyAll(f, lanes, sums, left, right);
  };
  const whole = Math.floor(taps / width);
  const beside = { size: channels, x: plan.x.channel, weight: plan.weight.channel };
  overRows(f, tile, at, beside, (x, weight) => {
    if (whole > 0) {
      const cursors = [x, weight].map((start) => ({ start, strides: [16] }));
      nest(f, [whole], cursors, ([px, pw]) => { step(px!, pw!, 0, width); });
    }
    if (taps % width > 0) step(x, weight, whole * 16, taps % width);
  });
}
