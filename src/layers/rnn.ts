/** The recurrent layers: Elman's network, the LSTM and the GRU. */

import { checkOneOf, checkOptions } from "../check";
import { elman, gru, lstm } from "../ops/recurrent";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { type HiddenState, RECURRENT_KEYS, Recurrent, type RecurrentOptions, type RecurrentResult } from "./recurrent";

/** The settings of {@link RNN}. */
export interface RNNOptions extends RecurrentOptions {
  /** The function of each step, "tanh" (default) or "relu". */
  nonlinearity?: "tanh" | "relu";
}

/**
 * hₜ = tanh(W_ih·xₜ + b_ih + W_hh·hₜ₋₁ + b_hh): Elman's recurrent network.
 *
 * Shapes: x [batch, time, in] gives [batch, time, hidden], all states of the last layer (twice `hidden` where
 * bidirectional); [time, in] is one sequence. `forward` gives these outputs, so that the layer stands in a
 * {@link Sequential}; `run` also gives the last state of each layer and direction, `hidden`
 * [layers · directions, batch, hidden], and both take such a state to begin with, zeros unless given.
 * Defaults: one layer, one direction, biases, batch first (PyTorch's default is time first), weights from
 * U(±1/√hidden). `dropout` acts between layers in training. State names are PyTorch's, `weight_ih_l0` and so on.
 *
 * @throws ShapeError for inputs or states that do not fit or have no time; OptionError for settings out of range.
 *
 * @example
 * ```ts
 * import { RNN, ones } from "gradkit";
 * const layer = new RNN(3, 5);
 * const { output, hidden } = layer.run(ones([2, 7, 3]));
 * output.shape; // → [2, 7, 5]
 * hidden.shape; // → [1, 2, 5]
 * layer.forward(ones([2, 1, 3]), { hidden }).shape; // → [2, 1, 5]
 * ```
 *
 * Source: Elman 1990, "Finding structure in time"; PyTorch's RNN.
 */
export class RNN extends Recurrent {
  /** The function of each step. */
  readonly nonlinearity: "tanh" | "relu";

  constructor(inputSize: number, hiddenSize: number, options: RNNOptions = {}) {
    checkOptions("RNN", options, [...RECURRENT_KEYS, "nonlinearity"]);
    const nonlinearity = checkOneOf("RNN", "nonlinearity", options.nonlinearity ?? "tanh", ["tanh", "relu"] as const);
    super("RNN", elman(nonlinearity), inputSize, hiddenSize, options);
    this.nonlinearity = nonlinearity;
  }

  run(x: TensorLike, state?: HiddenState): RecurrentResult {
    const { output, state: last } = this.walk(x, state, ["hidden"]);
    return { output, hidden: last[0]! };
  }

  protected override ownSettings() {
    return { given: { nonlinearity: this.nonlinearity }, usual: { nonlinearity: "tanh" } };
  }
}

/** Where an {@link LSTM} begins, or has come to. */
export interface CellState<T = TensorLike> extends HiddenState<T> {
  /** As `hidden`: what the layer keeps beside its output. */
  cell: T;
}

/** What an {@link LSTM} gives. */
export interface LSTMResult extends RecurrentResult, CellState<Tensor> {}

/**
 * cₜ = σ(f)·cₜ₋₁ + σ(i)·tanh(g), hₜ = σ(o)·tanh(cₜ), where i, f, g, o = W_ih·xₜ + b_ih + W_hh·hₜ₋₁ + b_hh: long
 * short-term memory.
 *
 * Shapes: x [batch, time, in] gives [batch, time, hidden], all h of the last layer (twice `hidden` where
 * bidirectional); [time, in] is one sequence. `forward` gives these outputs; `run` also gives `hidden` and `cell`, the
 * last h and c of each layer and direction, [layers · directions, batch, hidden], and both take such a pair to begin
 * with, zeros unless given. Defaults: one layer, one direction, biases, batch first (PyTorch's default is time first),
 * weights from U(±1/√hidden). `dropout` acts between layers in training. State names and the order of the gates are
 * PyTorch's; projections of h (`proj_size`) are not there.
 *
 * @throws ShapeError for inputs or states that do not fit or have no time; OptionError for settings out of range.
 *
 * @example
 * ```ts
 * import { LSTM, ones } from "gradkit";
 * const layer = new LSTM(3, 5, { numLayers: 2 });
 * const { output, hidden, cell } = layer.run(ones([2, 7, 3]));
 * output.shape; // → [2, 7, 5]
 * cell.shape; // → [2, 2, 5]
 * layer.forward(ones([2, 1, 3]), { hidden, cell }).shape; // → [2, 1, 5]
 * ```
 *
 * Source: Hochreiter and Schmidhuber 1997, "Long short-term memory", with the forget gate of Gers et al. 2000;
 * PyTorch's LSTM.
 */
export class LSTM extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    checkOptions("LSTM", options, RECURRENT_KEYS);
    super("LSTM", lstm, inputSize, hiddenSize, options);
  }

  override forward(x: TensorLike, state?: CellState): Tensor {
    return this.run(x, state).output;
  }

  run(x: TensorLike, state?: CellState): LSTMResult {
    const { output, state: last } = this.walk(x, state, ["hidden", "cell"]);
    return { output, hidden: last[0]!, cell: last[1]! };
  }
}

/**
 * hₜ = (1 − z)·n + z·hₜ₋₁, n = tanh(W_in·xₜ + b_in + r·(W_hn·hₜ₋₁ + b_hn)), with the gates
 * r, z = σ(W_ih·xₜ + b_ih + W_hh·hₜ₋₁ + b_hh): the gated recurrent unit.
 *
 * Shapes: x [batch, time, in] gives [batch, time, hidden], all states of the last layer (twice `hidden` where
 * bidirectional); [time, in] is one sequence. `forward` gives these outputs; `run` also gives the last state of each
 * layer and direction, `hidden` [layers · directions, batch, hidden], and both take such a state to begin with, zeros
 * unless given. Defaults: one layer, one direction, biases, batch first (PyTorch's default is time first), weights from
 * U(±1/√hidden). `dropout` acts between layers in training. State names and the order of the gates are PyTorch's, and
 * so is the reset gate, which acts after the product with W_hn.
 *
 * @throws ShapeError for inputs or states that do not fit or have no time; OptionError for settings out of range.
 *
 * @example
 * ```ts
 * import { GRU, ones } from "gradkit";
 * const layer = new GRU(3, 5, { bidirectional: true });
 * const { output, hidden } = layer.run(ones([2, 7, 3]));
 * output.shape; // → [2, 7, 10]
 * hidden.shape; // → [2, 2, 5]
 * ```
 *
 * Source: Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder"; PyTorch's GRU.
 */
export class GRU extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    checkOptions("GRU", options, RECURRENT_KEYS);
    super("GRU", gru, inputSize, hiddenSize, options);
  }

  run(x: TensorLike, state?: HiddenState): RecurrentResult {
    const { output, state: last } = this.walk(x, state, ["hidden"]);
    return { output, hidden: last[0]! };
  }
}
