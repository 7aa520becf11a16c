/** The law rows of convolutions, bilinear in signal and weight, and of pools. */
import fc from "fast-check";
import * as g from "../../src/index";
import type { Tensor } from "../../src/tensor/tensor";
import { distinctTensorsOf } from "../support/arbitraries";
import { type Case, type Row, linear, shaped, smooth } from "./row";

const upTo = (max: number, min = 1): fc.Arbitrary<number> => fc.integer({ min, max });
const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A number for each axis: one for all of them now and then, where they agree. */
const perAxis = (each: fc.Arbitrary<number>, axes: number): fc.Arbitrary<number | number[]> =>
  fc.oneof(each, fc.array(each, { minLength: axes, maxLength: axes }));

const of = (given: number | readonly number[], axis: number): number => (typeof given === "number" ? given : given[axis]!);

/** With a batch axis, an empty one too, or without. */
const batch = fc.constantFrom<number[]>([], [0], [1], [2]);

/** Convolutions over so many axes: everything drawn, the signal long enough for one place and up to two more. */
const convolutions = (axes: 1 | 2): fc.Arbitrary<Case> =>
  shaped(
    fc
      .record({
        batch,
        groups: fc.constantFrom(1, 1, 2),
        channels: upTo(2, 0),
        outputs: upTo(2),
        kernel: fc.array(upTo(4 - axes), { minLength: axes, maxLength: axes }),
        more: fc.array(upTo(2, 0), { minLength: axes, maxLength: axes }),
        stride: perAxis(upTo(3), axes),
        dilation: perAxis(upTo(2), axes),
        padding: fc.oneof(perAxis(upTo(2, 0), axes), fc.constantFrom("same" as const, "valid" as const)),
        bias: fc.boolean(),
      })
      .map(({ batch, groups, channels, outputs, kernel, more, stride, dilation, padding, bias }) => {
        const signal = kernel.map((k, axis) => {
          const margin = typeof padding === "string" ? 0 : of(padding, axis);
          return Math.max(of(dilation, axis) * (k - 1) + 1 - 2 * margin, 1) + more[axis]!;
        });
        const options = { stride, dilation, padding, groups };
        const convolve = axes === 1 ? g.conv1d : g.conv2d;
        return {
          f: (...[x, weight, b]: Tensor[]) => convolve(x!, weight!, b ?? null, options),
          shapes: [
            [...batch, groups * channels, ...signal],
            [groups * outputs, channels, ...kernel],
            ...(bias ? [[groups * outputs]] : []),
          ],
        };
      })
      .filter(({ shapes }) => shapes.every((shape) => sizeOf(shape) <= 16)),
  );

/** Transposed convolutions that leave something. */
const transposed: fc.Arbitrary<Case> = shaped(
  fc
    .record({
      batch,
      groups: fc.constantFrom(1, 1, 2),
      channels: upTo(2, 0),
      outputs: upTo(2),
      kernel: fc.array(upTo(3), { minLength: 2, maxLength: 2 }),
      signal: fc.array(upTo(3), { minLength: 2, maxLength: 2 }),
      stride: perAxis(upTo(3), 2),
      dilation: perAxis(upTo(2), 2),
      padding: perAxis(upTo(2, 0), 2),
      outputPadding: perAxis(upTo(1, 0), 2),
      bias: fc.boolean(),
    })
    .filter(({ kernel, signal, stride, dilation, padding, outputPadding }) =>
      [0, 1].every((axis) => {
        const reach = (signal[axis]! - 1) * of(stride, axis) + of(dilation, axis) * (kernel[axis]! - 1) + 1;
        const more = of(outputPadding, axis);
        return reach - 2 * of(padding, axis) + more > 0 && more < Math.max(of(stride, axis), of(dilation, axis));
      }),
    )
    .map(({ batch, groups, channels, outputs, kernel, signal, bias, ...moves }) => {
      const options = { ...moves, groups };
      return {
        f: (...[x, weight, b]: Tensor[]) => g.convTranspose2d(x!, weight!, b ?? null, options),
        shapes: [
          [...batch, groups * channels, ...signal],
          [groups * channels, outputs, ...kernel],
          ...(bias ? [[groups * outputs]] : []),
        ],
      };
    })
    .filter(({ shapes }) => shapes.every((shape) => sizeOf(shape) <= 16)),
);

/** A pool's window, moves and signal; padding is at most half of the window. */
const windows = (axes: number) =>
  fc
    .record({
      lead: fc.constantFrom([0], [1], [2], [1, 1], [2, 1], [0, 2], [1, 2]),
      kernel: perAxis(upTo(3), axes),
      more: fc.array(upTo(3, 0), { minLength: axes, maxLength: axes }),
      stride: fc.option(perAxis(upTo(3), axes), { nil: undefined }),
      padded: fc.boolean(),
      ceilMode: fc.boolean(),
      dilation: perAxis(fc.constantFrom(1, 1, 2), axes),
      countIncludePad: fc.boolean(),
    })
    .map(({ lead, kernel, more, stride, padded, ceilMode, dilation, countIncludePad }) => {
      const margins = more.map((_, axis) => (padded ? Math.floor(of(kernel, axis) / 2) : 0));
      const moves = { ...(stride === undefined ? {} : { stride }), padding: margins, ceilMode };
      const signal = (apart: number | number[]): number[] =>
        margins.map((margin, axis) => {
          return Math.max(of(apart, axis) * (of(kernel, axis) - 1) + 1 - 2 * margin, 1) + more[axis]!;
        });
      return { lead, kernel, moves, dilation, countIncludePad, signal };
    });

const maxPools = (axes: 1 | 2): fc.Arbitrary<Case> =>
  windows(axes)
    .map(({ lead, kernel, moves, dilation, signal }) => {
      const options = { ...moves, dilation };
      const pool = axes === 1 ? g.maxPool1d : g.maxPool2d;
      return { f: (...[x]: Tensor[]) => pool(x!, kernel, options), shape: [...lead, ...signal(dilation)] };
    })
    .filter(({ shape }) => sizeOf(shape) <= 24)
    .chain(({ f, shape }) => distinctTensorsOf(shape).map((x) => ({ f, at: [x] })));

const avgPools = (axes: 1 | 2): fc.Arbitrary<Case> =>
  shaped(
    windows(axes)
      .map(({ lead, kernel, moves, countIncludePad, signal }) => {
        const options = { ...moves, countIncludePad };
        const pool = axes === 1 ? g.avgPool1d : g.avgPool2d;
        return { f: (...[x]: Tensor[]) => pool(x!, kernel, options), shapes: [[...lead, ...signal(1)]] };
      })
      .filter(({ shapes: [shape] }) => sizeOf(shape!) <= 24),
  );

const grids = shaped(
  fc
    .record({ lead: fc.constantFrom([0], [1], [2], [2, 1], [0, 2]), h: upTo(4), w: upTo(4), size: perAxis(upTo(5), 2) })
    .map(({ lead, h, w, size }) => ({
      f: (...[x]: Tensor[]) => g.adaptiveAvgPool2d(x!, size),
      shapes: [[...lead, h, w]],
    })),
);

export const signalRows: Readonly<Record<string, Row>> = {
  conv1d: smooth(convolutions(1)),
  conv2d: smooth(convolutions(2)),
  convTranspose2d: smooth(transposed),
  maxPool1d: smooth(maxPools(1)),
  maxPool2d: smooth(maxPools(2)),
  avgPool1d: linear(avgPools(1)),
  avgPool2d: linear(avgPools(2)),
  adaptiveAvgPool2d: linear(grids),
};
