/** Units that no longer say anything: ReLUs that are 0 for every row, and sigmoids at the ends of their range. */

import { checkAxis, checkOptions } from "../check";
import { HardSigmoid, ReLU, Sigmoid, Tanh } from "../layers/activations";
import { checkModel, inEvalMode } from "../layers/given";
import type { Module } from "../layers/module";
import { asTensor } from "../tensor/create";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { type LayerCall, watchCalls } from "./activations";

/** Settings of {@link deadUnits}. */
export interface DeadUnitsOptions {
  /** The axis along which units lie; default the last, or 1 (the channels) for activations of rank 4 and more. */
  axis?: number;
}

/** The dead units of one layer. */
export interface DeadUnits {
  /** Positions of the units that are 0 for every row. */
  readonly dead: number[];
  /** How many units the layer has. */
  readonly units: number;
}

/**
 * The ReLU units of a model that are 0 for every row of x, by layer: `{ "1": { dead: [3, 7], units: 16 } }`.
 *
 * Such a unit has no gradient on these rows: if x stands for all the data, it is dead and never learns again. Give many
 * rows, since a unit may well rest on a few. x [N, …] is sent through in eval mode. Only {@link ReLU} layers are seen,
 * not the function `relu` in a `forward`. A layer that runs several times is dead where it is 0 each time.
 *
 * @throws OptionError for something that is not a model or an unknown option, ShapeError if there is no such axis;
 * whatever the model throws for x.
 *
 * @example
 * ```ts
 * import { Linear, ReLU, Sequential, deadUnits } from "gradkit";
 * const model = new Sequential(new Linear(1, 2), new ReLU());
 * model.loadStateDict({ "0.weight": [[0.5], [0.5]], "0.bias": [0, -10] });
 * const found = deadUnits(model, [[-1], [0], [1]]);
 * found["1"]; // → { dead: [1], units: 2 }
 * ```
 */
export function deadUnits(
  model: Module,
  x: TensorLike,
  options: DeadUnitsOptions = {},
): Record<string, DeadUnits> {
  checkModel("deadUnits", model);
  checkOptions("deadUnits", options, ["axis"]);
  const input = asTensor("deadUnits", x);
  const { calls } = inEvalMode(model, () => watchCalls(model, () => model.forward(input)));
  return deadIn(calls, options.axis);
}

/** The dead units of the ReLU layers among some calls. */
export function deadIn(calls: readonly LayerCall[], axis?: number): Record<string, DeadUnits> {
  const silent = new Map<string, boolean[]>();
  for (const { name, module, output } of calls) {
    if (!(module instanceof ReLU)) continue;
    const now = silentUnits(output, axis);
    silent.set(name, silent.get(name)?.map((was, i) => was && now[i] !== false) ?? now);
  }
  const entries = [...silent].map(([name, units]): [string, DeadUnits] => {
    return [name, { dead: units.flatMap((dead, i) => (dead ? [i] : [])), units: units.length }];
  });
  return Object.fromEntries(entries);
}

function silentUnits(output: Tensor, axis: number | undefined): boolean[] {
  if (output.rank === 0) return [output.item() === 0];
  const along = checkAxis("deadUnits", axis ?? (output.rank >= 4 ? 1 : -1), output.rank);
  const units = output.shape[along]!;
  const inner = output.shape.slice(along + 1).reduce((a, b) => a * b, 1);
  const silent = Array.from({ length: units }, () => true);
  output.toTypedArray().forEach((value: number, i: number) => {
    if (value !== 0) silent[Math.floor(i / inner) % units] = false;
  });
  return silent;
}

/** Share of a layer's outputs that lie where its slope is under 4 % of the largest; null for layers without ends. */
export function saturation({ module, output }: LayerCall): number | null {
  const [low, high] =
    module instanceof Sigmoid
      ? [0.01, 0.99]
      : module instanceof Tanh
        ? [-0.98, 0.98]
        : module instanceof HardSigmoid
          ? [Number.MIN_VALUE, 1 - Number.EPSILON / 2]
          : [null, null];
  if (low === null || output.size === 0) return null;
  let count = 0;
  for (const value of output.toTypedArray()) if (value < low || value > high) count++;
  return count / output.size;
}
