/** The law rows of ops that move elements: shapes, windows, joints, picks. All are linear. */
import fc from "fast-check";
import * as g from "../../src/index";
import type { Tensor } from "../../src/tensor/tensor";
import { broadcastPairs } from "../support/arbitraries";
import { type Case, type Row, axesOf, axisOf, discrete, linear, oneWith, shaped } from "./row";

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The shape with one −1 in it where that is unambiguous, or with its axes in another order. */
const reshaped = (shape: readonly number[]): fc.Arbitrary<number[]> => {
  const inferred = sizeOf(shape) > 0 && shape.length > 0 ? [shape.map((n, axis) => (axis === 0 ? -1 : n))] : [];
  return fc.constantFrom([...shape].reverse(), [sizeOf(shape)], [...shape, 1], ...inferred);
};

const anyRange = (size: number) =>
  fc
    .record({
      begin: fc.option(fc.integer({ min: -size, max: size })),
      end: fc.option(fc.integer({ min: -size, max: size })),
      step: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ begin, end, step }) => [begin, end, step] as const);

const windows = (shape: readonly number[]) =>
  fc
    .tuple(...shape.map((size) => fc.oneof(fc.constant(null), anyRange(size))))
    .map((ranges) => (x: Tensor) => g.slice(x, ranges));

const upToTwo = fc.integer({ min: 0, max: 2 });

const modes = fc.constantFrom("constant", "reflect", "replicate", "circular");

/** Margins of at most two elements, and no more than a mode allows. */
const margins = (shape: readonly number[]) =>
  modes.chain((mode) => {
    const most = (n: number): number => ({ constant: 2, reflect: n - 1, replicate: 2 * n, circular: n })[mode];
    const upTo = (n: number) => fc.integer({ min: 0, max: Math.max(0, Math.min(2, most(n))) });
    return fc
      .tuple(...shape.map((n) => fc.tuple(upTo(n), upTo(n))))
      .map((amounts) => (x: Tensor) => g.pad(x, amounts, { mode }));
  });

const pieces = (shape: readonly number[]) =>
  axisOf(shape).chain((axis) =>
    fc.integer({ min: 0, max: shape.at(axis)! }).map((first) => (x: Tensor) => {
      const parts = g.split(x, [first, shape.at(axis)! - first], { axis });
      return g.concat(parts.reverse().map((part) => g.flatten(part)));
    }),
  );

/** Tensors of one shape but for the joined axis. */
const joined = fc
  .record({ rest: fc.array(upToTwo, { maxLength: 2 }), sizes: fc.array(upToTwo, { minLength: 1, maxLength: 3 }) })
  .chain(({ rest, sizes }) =>
    fc.integer({ min: 0, max: rest.length }).map((axis) => ({
      f: (...parts: Tensor[]) => g.concat(parts, { axis }),
      shapes: sizes.map((size) => [...rest.slice(0, axis), size, ...rest.slice(axis)]),
    })),
  );

const stacked = fc
  .record({ shape: fc.array(upToTwo, { maxLength: 2 }), count: fc.integer({ min: 1, max: 3 }) })
  .chain(({ shape, count }) =>
    fc.integer({ min: -shape.length - 1, max: shape.length }).map((axis) => ({
      f: (...parts: Tensor[]) => g.stack(parts, { axis }),
      shapes: Array.from({ length: count }, () => shape),
    })),
  );

const indices = (count: number, below: number) =>
  fc.array(fc.integer({ min: 0, max: Math.max(below - 1, 0) }), { minLength: count, maxLength: count });

/** An index tensor of x's rank for gather: any length along the axis, no longer than x beside it. */
const picks = (f: (x: Tensor, index: Tensor, options: { axis: number }) => Tensor): fc.Arbitrary<Case> =>
  oneWith({ minRank: 1, minSize: 1 }, (shape) =>
    fc.tuple(axisOf(shape), fc.integer({ min: 0, max: 3 })).chain(([axis, length]) => {
      const at = axis < 0 ? axis + shape.length : axis;
      const whole = shape.map((n, i) => (i === at ? length : n));
      return indices(sizeOf(whole), shape[at]!).map((values) => {
        const index = g.tensor(Int32Array.from(values), { shape: whole });
        return (x: Tensor) => f(x, index, { axis });
      });
    }),
  );

const scattered: fc.Arbitrary<Case> = shaped(
  fc
    .record({ rows: fc.integer({ min: 1, max: 3 }), columns: upToTwo, count: fc.integer({ min: 0, max: 4 }) })
    .chain(({ rows, columns, count }) =>
      indices(count * columns, rows).map((values) => {
        const index = g.tensor(Int32Array.from(values), { shape: [count, columns] });
        return {
          f: (...[x, source]: Tensor[]) => g.scatterAdd(x!, index, source!, { axis: 0 }),
          shapes: [[rows, columns], [count, columns]],
        };
      }),
    ),
);

const rowsOf = (shape: readonly number[]) =>
  fc.tuple(axisOf(shape), fc.integer({ min: 0, max: 4 })).chain(([axis, count]) =>
    indices(count, shape.at(axis)!).map((values) => (x: Tensor) => g.indexSelect(x, Int32Array.from(values), { axis })),
  );

export const shapeRows: Readonly<Record<string, Row>> = {
  reshape: linear(oneWith({}, (shape) => reshaped(shape).map((to) => (x) => g.reshape(x, to)))),
  flatten: linear(
    oneWith({}, (shape) =>
      fc.integer({ min: 0, max: Math.max(0, shape.length - 1) }).map((startAxis) => (x) => g.flatten(x, { startAxis })),
    ),
  ),
  squeeze: linear(oneWith({ maxSize: 2 }, () => fc.constant((x) => g.squeeze(x)))),
  unsqueeze: linear(
    oneWith({}, (shape) =>
      fc.integer({ min: -shape.length - 1, max: shape.length }).map((axis) => (x) => g.unsqueeze(x, axis)),
    ),
  ),
  transpose: linear(oneWith({ minRank: 2 }, () => fc.constant((x) => g.transpose(x)))),
  permute: linear(
    oneWith({ minRank: 3, maxRank: 4, minSize: 1 }, (shape) =>
      fc
        .shuffledSubarray(shape.map((_, axis) => axis), { minLength: shape.length })
        .map((axes) => (x) => g.permute(x, axes)),
    ),
  ),
  broadcastTo: linear(
    shaped(
      broadcastPairs({ maxSize: 2 }).map(({ a, out }) => ({
        f: (...[x]: Tensor[]) => g.broadcastTo(x!, out),
        shapes: [a],
      })),
    ),
  ),
  concat: linear(shaped(joined), { method: false }),
  stack: linear(shaped(stacked), { method: false }),
  split: linear(oneWith({ minRank: 1 }, pieces)),
  slice: linear(oneWith({}, windows)),
  pad: linear(oneWith({ maxSize: 2 }, margins)),
  flip: linear(
    oneWith({}, (shape) => axesOf(shape).map((axes) => (x) => g.flip(x, axes === undefined ? {} : { axes }))),
  ),
  tile: linear(
    oneWith({ maxSize: 2 }, (shape) =>
      fc.tuple(...shape.map(() => fc.integer({ min: 0, max: 2 }))).map((repeats) => (x) => g.tile(x, repeats)),
    ),
  ),
  gather: linear(picks(g.gather)),
  takeAlong: linear(picks(g.takeAlong)),
  indexSelect: linear(oneWith({ minRank: 1, minSize: 1 }, rowsOf)),
  scatterAdd: linear(scattered),
  oneHot: discrete(
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).map((values) => ({
      f: (...[x]: Tensor[]) => g.oneHot(x!, 5),
      at: [g.tensor(Float64Array.from(values))],
    })),
  ),
};
