/** What the recurrent layers share: weights by PyTorch's names, layers upon layers, both directions, states. */

import { checkBoolean, checkNumber, checkOptions } from "../check";
import type { DType } from "../dtype";
import { ShapeError } from "../errors";
import { concat, stack } from "../ops/concat";
import { constantOf } from "../ops/constant";
import { permute } from "../ops/permute";
import { dropout } from "../ops/random";
import { type Cell, unroll, unstack } from "../ops/recurrent";
import { squeeze, unsqueeze } from "../ops/reshape";
import { type Shape, sameShape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import type { Parameter } from "../tensor/parameter";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { Module } from "./module";
import { checkWeightDType, uniformParameter, unusual } from "./weights";

/** The settings of {@link RNN}, {@link LSTM} and {@link GRU}. */
export interface RecurrentOptions {
  /** How many layers lie on each other; default 1. */
  numLayers?: number;
  /** Whether there are biases; default true. */
  bias?: boolean;
  /** Whether inputs are [batch, time, in], the default as everywhere in gradkit, or [time, batch, in], PyTorch's. */
  batchFirst?: boolean;
  /** With which probability values between two layers are left out in training, from 0 to 1; default 0. */
  dropout?: number;
  /** Whether a second walk goes from the end to the beginning, beside the first; default false. */
  bidirectional?: boolean;
  /** Element type of the weights, "float32" (default) or "float64". */
  dtype?: DType;
}

/** Where a recurrent layer begins, or has come to. */
export interface HiddenState<T = TensorLike> {
  /** For each layer the forward, then the backward direction; [layers · directions, batch, hidden]. */
  hidden: T;
}

/** What a recurrent layer gives: the outputs at all times, and the state after the last. */
export interface RecurrentResult extends HiddenState<Tensor> {
  /** [batch, time, directions · hidden], or [time, batch, …] without `batchFirst`. */
  output: Tensor;
}

const USUAL = { numLayers: 1, bias: true, batchFirst: true, dropout: 0, bidirectional: false };

/** The option keys of all recurrent layers. */
export const RECURRENT_KEYS = [...Object.keys(USUAL), "dtype"];

/** A layer that walks through sequences. */
export abstract class Recurrent extends Module {
  /** The size of an input. */
  readonly inputSize: number;
  /** The size of a state. */
  readonly hiddenSize: number;
  /** How many layers lie on each other. */
  readonly numLayers: number;
  /** Whether inputs are [batch, time, in]. */
  readonly batchFirst: boolean;
  /** The probability of leaving out a value between two layers. */
  readonly dropout: number;
  /** Whether there are two directions. */
  readonly bidirectional: boolean;
  /** By PyTorch's names: `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, `weight_ih_l0_reverse`, … */
  readonly weights: Readonly<Record<string, Parameter>>;

  constructor(
    private readonly kind: string,
    private readonly cell: Cell,
    inputSize: number,
    hiddenSize: number,
    options: RecurrentOptions,
  ) {
    super();
    this.inputSize = checkNumber(kind, "inputSize", inputSize, { integer: true, min: 1 });
    this.hiddenSize = checkNumber(kind, "hiddenSize", hiddenSize, { integer: true, min: 1 });
    this.numLayers = checkNumber(kind, "numLayers", options.numLayers ?? USUAL.numLayers, { integer: true, min: 1 });
    this.batchFirst = checkBoolean(kind, "batchFirst", options.batchFirst, USUAL.batchFirst);
    this.dropout = checkNumber(kind, "dropout", options.dropout ?? USUAL.dropout, { min: 0, max: 1 });
    this.bidirectional = checkBoolean(kind, "bidirectional", options.bidirectional, USUAL.bidirectional);
    const bias = checkBoolean(kind, "bias", options.bias, USUAL.bias);
    this.weights = this.firstWeights(bias, checkWeightDType(kind, options.dtype));
  }

  /** All from U(±1/√hidden), in PyTorch's order. */
  private firstWeights(bias: boolean, dtype: DType): Record<string, Parameter> {
    const { hiddenSize: size, directions, cell } = this;
    const rows = cell.parts.reduce((sum, { gates }) => sum + gates, 0) * size;
    const weights: Record<string, Parameter> = {};
    const make = (name: string, shape: Shape): void => {
      weights[name] = uniformParameter(shape, 1 / Math.sqrt(size), dtype);
    };
    for (let layer = 0; layer < this.numLayers; layer++) {
      for (const end of ["", "_reverse"].slice(0, directions)) {
        make(`weight_ih_l${layer}${end}`, [rows, layer === 0 ? this.inputSize : directions * size]);
        make(`weight_hh_l${layer}${end}`, [rows, size]);
        if (bias) for (const part of ["ih", "hh"]) make(`bias_${part}_l${layer}${end}`, [rows]);
      }
    }
    return weights;
  }

  private get directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  override get computes(): "run" {
    return "run";
  }

  /** The outputs at all times, from the given states or zeros; `run` gives the last state, too. */
  forward(x: TensorLike, state?: HiddenState): Tensor {
    return this.run(x, state).output;
  }

  /** The outputs at all times and the state after the last, from the given states or zeros. */
  abstract run(x: TensorLike, state?: HiddenState): RecurrentResult;

  /** The walk through all layers; `names` says what the parts of the state are called in errors. */
  protected walk(
    x: TensorLike,
    state: HiddenState | undefined,
    names: readonly string[],
  ): { output: Tensor; state: Tensor[] } {
    const given = asTensor(this.kind, x, this.weights["weight_ih_l0"]!.dtype);
    this.checkInput(given);
    const single = given.rank === 2;
    const batched = single ? unsqueeze(given, this.batchFirst ? 0 : 1) : given;
    const input = this.batchFirst ? permute(batched, [1, 0, 2]) : batched;
    checkOptions(this.kind, state, [...names, "output"]); // what run gave may be given back whole
    const initial = this.initialStates(input, single, { ...state }, names);
    const { output, last } = this.layers(input, initial);
    const ordered = this.batchFirst ? permute(output, [1, 0, 2]) : output;
    if (!single) return { output: ordered, state: last };
    return { output: squeeze(ordered, this.batchFirst ? 0 : 1), state: last.map((each) => squeeze(each, 1)) };
  }

  private layers(input: Tensor, initial: readonly (readonly Tensor[])[]): { output: Tensor; last: Tensor[] } {
    const last: (readonly Tensor[])[] = [];
    let output = input;
    for (let layer = 0; layer < this.numLayers; layer++) {
      if (layer > 0) output = dropout(output, this.dropout, { training: this.training });
      const walks = ["", "_reverse"].slice(0, this.directions).map((end, direction) => {
        const weights = this.weightsOf(`_l${layer}${end}`);
        return unroll(this.cell, output, initial[layer * this.directions + direction]!, weights, direction === 1);
      });
      last.push(...walks.map(({ state }) => state));
      output = walks.length === 1 ? walks[0]!.output : concat(walks.map((walk) => walk.output), { axis: 2 });
    }
    return { output, last: last[0]!.map((_, k) => stack(last.map((state) => state[k]!))) };
  }

  private weightsOf(end: string) {
    const { weights } = this;
    return {
      weightIh: weights[`weight_ih${end}`]!,
      weightHh: weights[`weight_hh${end}`]!,
      biasIh: weights[`bias_ih${end}`] ?? null,
      biasHh: weights[`bias_hh${end}`] ?? null,
    };
  }

  /** For each layer and direction, the tensors it begins with. */
  private initialStates(
    input: Tensor,
    single: boolean,
    state: Readonly<Record<string, TensorLike>>,
    names: readonly string[],
  ): Tensor[][] {
    const [count, batch] = [this.numLayers * this.directions, input.shape[1]!];
    const lists = names.map((name) => {
      const value = state[name];
      if (value === undefined) {
        const zeros = constantOf(0, [batch, this.hiddenSize], input.dtype);
        return Array.from({ length: count }, () => zeros);
      }
      const tensor = asTensor(this.kind, value, input.dtype);
      const wanted = single ? [count, this.hiddenSize] : [count, batch, this.hiddenSize];
      if (!sameShape(tensor.shape, wanted)) throw this.wrongState(name, tensor.shape, wanted);
      return unstack(single ? unsqueeze(tensor, 1) : tensor);
    });
    return Array.from({ length: count }, (_, i) => lists.map((list) => list[i]!));
  }

  private checkInput({ shape }: Tensor): void {
    const { kind, inputSize, batchFirst } = this;
    const layout = batchFirst ? `[batch, time, ${inputSize}]` : `[time, batch, ${inputSize}]`;
    if (shape.length !== 2 && shape.length !== 3) {
      const why = `rank ${shape.length}`;
      throw new ShapeError(
        `${kind}: bad rank: ${showShape(shape)} (${why}); give ${layout}, or [time, ${inputSize}] for one sequence`,
        { shape },
      );
    }
    if (shape.at(-1) !== inputSize) {
      throw new ShapeError(
        `${kind}: input has ${shape.at(-1)} features, expects ${inputSize}: ${showShape(shape)} (the last axis counts); ` +
          `give ${layout} or build ${kind}(${shape.at(-1)}, ${this.hiddenSize})`,
        { shape, inputSize },
      );
    }
    if (shape.length === 3 && shape[batchFirst ? 1 : 0] !== 0) return;
    if (shape.length === 2 && shape[0] !== 0) return;
    throw new ShapeError(
      `${kind}: the sequence is empty: ${showShape(shape)} (no time to walk through); give ${layout} with time ≥ 1`,
      { shape },
    );
  }

  private wrongState(name: string, shape: Shape, wanted: Shape): ShapeError {
    return new ShapeError(
      `${this.kind}: ${name} does not fit: ${showShape(shape)} ≠ ${showShape(wanted)} ` +
        "(layers · directions first, also with batchFirst); give what run gave, or zeros of that shape",
      { [name]: shape, wanted },
    );
  }

  override settings(): string {
    const { inputSize, hiddenSize, numLayers, batchFirst, dropout: p, bidirectional } = this;
    const bias = "bias_ih_l0" in this.weights;
    const { given, usual } = this.ownSettings();
    const all = { ...given, numLayers, bias, batchFirst, dropout: p, bidirectional };
    return `${inputSize}, ${hiddenSize}${unusual(all, { ...usual, ...USUAL })}`;
  }

  /** The settings that only this kind of layer has, and their defaults. */
  protected ownSettings(): { given: Record<string, unknown>; usual: Record<string, unknown> } {
    return { given: {}, usual: {} };
  }

  override stateName(field: string): string {
    return field === "weights" ? "" : field;
  }
}
