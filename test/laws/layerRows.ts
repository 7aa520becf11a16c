/** The law rows of layers: how each is made, what goes in and what comes out. */
import fc from "fast-check";
import {
  AdaptiveAvgPool2d,
  AvgPool1d,
  AvgPool2d,
  BatchNorm1d,
  BatchNorm2d,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  Dropout,
  ELU,
  Embedding,
  Flatten,
  GELU,
  GRU,
  GroupNorm,
  HardSigmoid,
  HardTanh,
  LSTM,
  Lambda,
  LayerNorm,
  LeakyReLU,
  Linear,
  LogSigmoid,
  LogSoftmax,
  MaxPool1d,
  MaxPool2d,
  Mish,
  type Module,
  MultiHeadAttention,
  PositionalEncoding,
  RMSNorm,
  RNN,
  ReLU,
  ReLU6,
  Residual,
  Sequential,
  SiLU,
  Sigmoid,
  Softmax,
  Softplus,
  Softsign,
  Tanh,
  type Tensor,
  TransformerEncoderLayer,
} from "../../src/index";
import { distinctTensorsOf, tensorsOf } from "../support/arbitraries";

/** One layer, and what its laws need to know. */
export interface Row {
  /** A layer that computes in float64. */
  readonly make: () => Module;
  /** Shape of one observation, and of what comes out for it. */
  readonly input: readonly number[];
  readonly output: readonly number[];
  /** Where the layer is not smooth; inputs keep away from there. */
  readonly kinks?: readonly number[];
  /** Whether it is not smooth where elements are equal. */
  readonly distinct?: boolean;
  /** How many whole numbers the input is drawn from, where it is not differentiable. */
  readonly classes?: number;
}

const elementwise = (make: () => Module, kinks: readonly number[] = []): Row => {
  return { make, input: [3], output: [3], kinks };
};
const dtype = "float64";
const linear = (inputs: number, outputs: number): Linear => new Linear(inputs, outputs, { dtype });

/** A row for every exported layer. */
export const layerRows: Readonly<Record<string, Row>> = {
  AdaptiveAvgPool2d: { make: () => new AdaptiveAvgPool2d([2, 1]), input: [2, 3, 2], output: [2, 2, 1] },
  AvgPool1d: { make: () => new AvgPool1d(2, { stride: 1 }), input: [2, 3], output: [2, 2] },
  AvgPool2d: { make: () => new AvgPool2d([2, 1]), input: [1, 4, 2], output: [1, 2, 2] },
  BatchNorm1d: { make: () => new BatchNorm1d(2, { dtype }).eval(), input: [2, 3], output: [2, 3] },
  BatchNorm2d: { make: () => new BatchNorm2d(2, { dtype }).eval(), input: [2, 1, 2], output: [2, 1, 2] },
  Conv1d: { make: () => new Conv1d(2, 2, 2, { padding: 1, dtype }), input: [2, 3], output: [2, 4] },
  Conv2d: { make: () => new Conv2d(2, 2, [2, 1], { groups: 2, dtype }), input: [2, 2, 2], output: [2, 1, 2] },
  ConvTranspose2d: {
    make: () => new ConvTranspose2d(1, 2, 2, { stride: 2, bias: false, dtype }),
    input: [1, 1, 2],
    output: [2, 2, 4],
  },
  Dropout: elementwise(() => new Dropout(0.5).eval()),
  ELU: elementwise(() => new ELU({ alpha: 0.7 }), [0]),
  Embedding: { make: () => new Embedding(4, 2, { dtype }), input: [3], output: [3, 2], classes: 4 },
  Flatten: { make: () => new Flatten(), input: [2, 1, 2], output: [4] },
  GELU: elementwise(() => new GELU()),
  GRU: { make: () => new GRU(1, 2, { dtype }), input: [2, 1], output: [2, 2] },
  GroupNorm: { make: () => new GroupNorm(2, 4, { dtype, eps: 0.1 }), input: [4, 2], output: [4, 2] },
  HardSigmoid: elementwise(() => new HardSigmoid(), [-3, 3]),
  HardTanh: elementwise(() => new HardTanh(), [-1, 1]),
  LSTM: { make: () => new LSTM(1, 1, { numLayers: 2, dropout: 0.2, dtype }).eval(), input: [2, 1], output: [2, 1] },
  Lambda: { make: () => new Lambda((x) => x.square().sum({ axes: -1 })), input: [2, 3], output: [2] },
  LayerNorm: { make: () => new LayerNorm([2, 2], { dtype, eps: 0.1 }), input: [3, 2, 2], output: [3, 2, 2] },
  LeakyReLU: elementwise(() => new LeakyReLU(), [0]),
  Linear: { make: () => linear(3, 2), input: [3], output: [2] },
  LogSigmoid: elementwise(() => new LogSigmoid()),
  LogSoftmax: elementwise(() => new LogSoftmax()),
  MaxPool1d: { make: () => new MaxPool1d(2), input: [2, 4], output: [2, 2], distinct: true },
  MaxPool2d: { make: () => new MaxPool2d(2, { padding: 1 }), input: [1, 2, 3], output: [1, 2, 2], distinct: true },
  Mish: elementwise(() => new Mish()),
  MultiHeadAttention: { make: () => new MultiHeadAttention(2, 2, { dtype }), input: [2, 2], output: [2, 2] },
  PositionalEncoding: { make: () => new PositionalEncoding(3), input: [2, 3], output: [2, 3] },
  RMSNorm: { make: () => new RMSNorm(3, { dtype, eps: 0.1 }), input: [2, 3], output: [2, 3] },
  RNN: { make: () => new RNN(2, 2, { bidirectional: true, dtype }), input: [3, 2], output: [3, 4] },
  ReLU: elementwise(() => new ReLU(), [0]),
  ReLU6: elementwise(() => new ReLU6(), [0, 6]),
  Residual: { make: () => new Residual(new Sequential(linear(2, 2), new Tanh())), input: [2], output: [2] },
  Sequential: {
    make: () => new Sequential(new Flatten(), linear(4, 3), new Tanh(), linear(3, 1)),
    input: [2, 2],
    output: [1],
  },
  SiLU: elementwise(() => new SiLU()),
  Sigmoid: elementwise(() => new Sigmoid()),
  Softmax: elementwise(() => new Softmax()),
  Softplus: elementwise(() => new Softplus()),
  Softsign: elementwise(() => new Softsign(), [0]),
  Tanh: elementwise(() => new Tanh()),
  TransformerEncoderLayer: {
    make: () =>
      new TransformerEncoderLayer(2, 1, { dimFeedforward: 2, activation: "gelu", layerNormEps: 0.1, dtype }).eval(),
    input: [2, 2],
    output: [2, 2],
  },
};

/** Batches of 1 to 3 observations. */
export const batches = ({ input, kinks = [], distinct = false, classes }: Row): fc.Arbitrary<Tensor> =>
  fc.integer({ min: 1, max: 3 }).chain((n) => {
    if (distinct) return distinctTensorsOf([n, ...input]);
    if (classes === undefined) return tensorsOf([n, ...input], { min: -4, max: 4, kinks });
    return tensorsOf([n, ...input], { min: 0, max: classes - 0.01 }).map((x) => x.floor());
  });
