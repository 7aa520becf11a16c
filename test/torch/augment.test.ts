/** Pictures are moved as PyTorch's affine_grid and grid_sample move them. */
import { test } from "vitest";
import { type Motion, moveInto } from "../../src/data/affine";
import { type Values, casesOf, expectNear, numbersOf, titleOf } from "../support/torch";

interface Moved {
  readonly says: string;
  readonly call: readonly [name: string, motion: Motion, fill: number];
  readonly shape: readonly [number, number, number];
  readonly data: Values;
  readonly moved: Values;
}

for (const told of casesOf<Moved>("augment")) {
  test(titleOf(told, { in: "float64" }), () => {
    const [, motion, fill] = told.call;
    const [channels, height, width] = told.shape;
    const size = channels * height * width;
    const out = new Float64Array(size);
    const pixels = Float64Array.from(numbersOf(told.data, size));
    moveInto(out, pixels, 0, { count: 1, channels, height, width }, motion, fill);
    expectNear("pixel", Array.from(out), numbersOf(told.moved, size), { in: "float64" });
  });
}
