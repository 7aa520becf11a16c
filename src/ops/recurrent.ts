/** Recurrent networks: what one step makes of an input and a state, and the walk through a sequence. */

import type { Tensor } from "../tensor/tensor";
import { relu, sigmoid } from "./activations";
import { split, stack } from "./concat";
import { add, mul, sub } from "./elementwise";
import { linear } from "./linear";
import { squeeze } from "./reshape";
import { tanh } from "./transcendental";

/** Gates that are computed in one product. */
interface Part {
  /** How many gates they are: so many rows of the weights belong to one hidden unit. */
  readonly gates: number;
  /** Whether the hidden state's bias stays with its product, instead of being added to the whole sequence at once. */
  readonly ownBias?: boolean;
}

/** The equations of one step. The state is a list of [batch, hidden] tensors, of which the first is the output. */
export interface Cell {
  /** The gates in PyTorch's order. */
  readonly parts: readonly Part[];
  /** How many tensors the state has. */
  readonly states: number;
  /** The next state, given x·W_ihᵀ + b and h·W_hhᵀ for each part, and the state. */
  step(x: readonly Tensor[], h: readonly Tensor[], state: readonly Tensor[]): readonly Tensor[];
}

/** h′ = tanh(x + h), or with relu. */
export function elman(nonlinearity: "tanh" | "relu"): Cell {
  const f = nonlinearity === "tanh" ? tanh : relu;
  return { parts: [{ gates: 1 }], states: 1, step: ([x], [h]) => [f(add(x!, h!))] };
}

/** Gates i, f, g, o: c′ = σ(f)·c + σ(i)·tanh(g), h′ = σ(o)·tanh(c′). */
export const lstm: Cell = {
  parts: [{ gates: 4 }],
  states: 2,
  step: ([x], [h], [, c]) => {
    const [i, f, g, o] = equalParts(add(x!, h!), 4) as [Tensor, Tensor, Tensor, Tensor];
    const cell = add(mul(sigmoid(f), c!), mul(sigmoid(i), tanh(g)));
    return [mul(sigmoid(o), tanh(cell)), cell];
  },
};

/** Gates r, z and n: n = tanh(xₙ + σ(r)·hₙ), h′ = (1 − σ(z))·n + σ(z)·h. */
export const gru: Cell = {
  parts: [{ gates: 2 }, { gates: 1, ownBias: true }],
  states: 1,
  step: ([xGates, xNew], [hGates, hNew], [before]) => {
    const [reset, update] = equalParts(sigmoid(add(xGates!, hGates!)), 2) as [Tensor, Tensor];
    const fresh = tanh(add(xNew!, mul(reset, hNew!)));
    return [add(mul(sub(1, update), fresh), mul(update, before!))];
  },
};

/** [batch, n·size] as n tensors [batch, size]. */
function equalParts(x: Tensor, n: number): Tensor[] {
  return split(x, x.shape[1]! / n, { axis: 1 });
}

/** x[0], x[1], …: the parts of x along its first axis, which is gone. */
export function unstack(x: Tensor): Tensor[] {
  return split(x, 1).map((part) => squeeze(part, 0));
}

/** The weights of one direction of one layer. */
export interface CellWeights {
  /** [gates·hidden, in] */
  readonly weightIh: Tensor;
  /** [gates·hidden, hidden] */
  readonly weightHh: Tensor;
  /** [gates·hidden], or null without biases, as the other. */
  readonly biasIh: Tensor | null;
  readonly biasHh: Tensor | null;
}

/**
 * Walks through x [time, batch, in], backwards if told so: the outputs [time, batch, hidden] and the last state.
 *
 * The products with the inputs are made for all times at once; what is left for each step is the product with h.
 */
export function unroll(
  { parts, step }: Cell,
  x: Tensor,
  initial: readonly Tensor[],
  { weightIh, weightHh, biasIh, biasHh }: CellWeights,
  backwards: boolean,
): { output: Tensor; state: readonly Tensor[] } {
  const size = weightHh.shape[1]!;
  const rows = parts.map(({ gates }) => gates * size);
  const byPart = (whole: Tensor): Tensor[] => (rows.length === 1 ? [whole] : split(whole, rows));
  const [wx, wh] = [byPart(weightIh), byPart(weightHh)];
  const bx = biasIh === null ? null : byPart(biasIh);
  const bh = biasHh === null ? null : byPart(biasHh);
  const inputs = parts.map(({ ownBias }, k) => {
    const bias = bx === null || bh === null || ownBias === true ? (bx?.[k] ?? null) : add(bx[k]!, bh[k]!);
    return unstack(linear(x, wx[k]!, bias));
  });
  const outputs: Tensor[] = [];
  let state = initial;
  for (let i = 0; i < x.shape[0]!; i++) {
    const time = backwards ? x.shape[0]! - 1 - i : i;
    const h = parts.map(({ ownBias }, k) => linear(state[0]!, wh[k]!, ownBias === true ? (bh?.[k] ?? null) : null));
    state = step(inputs.map((each) => each[time]!), h, state);
    outputs[time] = state[0]!;
  }
  return { output: stack(outputs), state };
}
