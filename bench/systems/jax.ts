/** jax-js on its wasm backend (one thread: it has no more in Node): a training step is one `jit`, with Adam by hand. */

import { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { type Arrays, type Values, arraysOf, checksum, oneHotRows, transposed } from "../data";
import { accuracyOf, fractions, readDigits, shuffled } from "../mnist";
import {
  CHECK_STEPS,
  type ElementwiseWorkload,
  type EpochWorkload,
  type InferWorkload,
  type MatmulWorkload,
  type TrainWorkload,
} from "../workloads";
import type { Prepared, System } from "./system";

type Array = np.Array;

export async function make(): Promise<System> {
  await init("wasm");
  defaultDevice("wasm");
  return {
    prepare(workload) {
      switch (workload.kind) {
        case "train":
          return train(workload);
        case "infer":
          return infer(workload);
        case "matmul":
          return matmul(workload);
        case "elementwise":
          return elementwise(workload);
        case "epoch":
          return epoch(workload);
      }
    },
  };
}

const arrayOf = ({ values, shape }: Values): Array => np.array(values, { shape: [...shape] });

type Shape = Pick<TrainWorkload, "convolutions" | "sizes">;

/** Weights and biases in turn: of convolutions [out, in, rows, columns], [out, 1, 1]; of layers [in, out], [out]. */
function weightsOf({ convolutions, sizes }: Shape, arrays: Arrays): Array[] {
  const kernels = (convolutions?.channels ?? []).slice(1).flatMap((out, i) => {
    return [arrayOf(arrays[`k${i}`]!), arrayOf(arrays[`c${i}`]!).reshape([out, 1, 1])];
  });
  const matrices = sizes.slice(1).flatMap((_, i) => [arrayOf(transposed(arrays[`w${i}`]!)), arrayOf(arrays[`b${i}`]!)]);
  return [...kernels, ...matrices];
}

function forward(weights: readonly Array[], x: Array, activation: "sigmoid" | "relu"): Array {
  let h = x;
  for (let i = 0; i < weights.length; i += 2) {
    if (weights[i]!.ndim === 4) {
      h = nn.relu(lax.conv(h, weights[i]!, [1, 1], "VALID").add(weights[i + 1]!));
      h = lax.reduceWindow(h, np.max, [2, 2], [2, 2]);
      continue;
    }
    if (h.ndim === 4) h = h.reshape([h.shape[0]!, -1]);
    h = np.matmul(h, weights[i]!).add(weights[i + 1]!);
    if (i + 2 < weights.length) h = activation === "relu" ? nn.relu(h) : nn.sigmoid(h);
  }
  return h;
}

type Settings = Shape & Pick<TrainWorkload, "batch" | "activation" | "loss" | "optimizer" | "lr">;

/** What a step takes and gives back: weights; for Adam also means, squares, and β₁ᵏ and β₂ᵏ. */
type State = Array[];

/** A jitted step: state (`count` of it weights), x and y to the new state and, last, the loss. */
function stepOf(settings: Settings, count: number): (state: State, x: Array, y: Array) => State {
  const { activation, loss, optimizer, lr } = settings;
  const lossOf = (weights: Array[], x: Array, y: Array): Array => {
    const output = forward(weights, x, activation);
    if (loss === "mse") return np.square(output.sub(y)).mean();
    return nn.logSoftmax(output).mul(y).sum(-1).mean().neg();
  };
  return jit((state: State, x: Array, y: Array): State => {
    const weights = state.slice(0, count);
    const [value, gradients] = valueAndGrad(lossOf)(weights.map((w) => w.ref), x, y) as [Array, Array[]];
    if (optimizer === "sgd") return [...weights.map((w, i) => w.sub(gradients[i]!.mul(lr))), value];
    const beta1 = state[3 * count]!.mul(0.9);
    const beta2 = state[3 * count + 1]!.mul(0.999);
    const next: { w: Array; m: Array; v: Array }[] = weights.map((w, i) => {
      const g = gradients[i]!;
      const m = state[count + i]!.mul(0.9).add(g.ref.mul(0.1));
      const v = state[2 * count + i]!.mul(0.999).add(np.square(g).mul(0.001));
      const mean = m.ref.div(np.subtract(1, beta1.ref));
      const root = np.sqrt(v.ref.div(np.subtract(1, beta2.ref)));
      return { w: w.sub(mean.mul(lr).div(root.add(1e-8))), m, v };
    });
    return [...next.map(({ w }) => w), ...next.map(({ m }) => m), ...next.map(({ v }) => v), beta1, beta2, value];
  });
}

function start({ optimizer }: Settings, weights: Array[]): State {
  if (optimizer === "sgd") return weights;
  const zeros = (): Array[] => weights.map((w) => np.zeros([...w.shape]));
  return [...weights, ...zeros(), ...zeros(), np.array(1), np.array(1)];
}

/** Steps that keep the state between them. */
interface Trainer {
  step(x: Array, y: Array): Promise<void>;
  /** Waits for all that is still to be computed. */
  done(): Promise<void>;
  loss(): number;
  state(): State;
}

function trainer(settings: Settings, arrays: Arrays): Trainer {
  const weights = weightsOf(settings, arrays);
  const step = stepOf(settings, weights.length);
  let state = start(settings, weights);
  let loss: Array | null = null;
  return {
    async step(x, y) {
      loss?.dispose();
      state = step(state, x, y);
      loss = state.pop()!;
      // Waiting for one result at each step is faster than for all of them, or than for none.
      await loss.blockUntilReady();
    },
    done: async () => void (await blockUntilReady(state)),
    loss: () => loss!.ref.dataSync()[0]!,
    state: () => state,
  };
}

async function train(workload: TrainWorkload): Promise<Prepared> {
  const arrays = arraysOf(workload);
  const { sizes, batch } = workload;
  const classes = sizes[sizes.length - 1]!;
  const x = arrayOf(arrays.x!);
  const y = arrayOf(
    workload.loss === "mse" ? arrays.y! : { values: oneHotRows(arrays.y!.values, classes), shape: [batch, classes] },
  );
  const trained = trainer(workload, arrays);
  for (let i = 0; i < CHECK_STEPS; i++) await trained.step(x.ref, y.ref);
  return {
    check: trained.loss(),
    async run(count) {
      for (let i = 0; i < count; i++) await trained.step(x.ref, y.ref);
      await trained.done();
    },
  };
}

function infer(workload: InferWorkload): Prepared {
  const arrays = arraysOf(workload);
  const weights = weightsOf(workload, arrays);
  const x = arrayOf(arrays.x!);
  const model = jit((weights: Array[], x: Array) => forward(weights, x, "relu"));
  const once = (): ArrayLike<number> => model(weights.map((w) => w.ref), x.ref).dataSync();
  return {
    check: checksum(once()),
    run(count) {
      for (let i = 0; i < count; i++) once();
    },
  };
}

function matmul(workload: MatmulWorkload): Prepared {
  const arrays = arraysOf(workload);
  const [a, b] = [arrayOf(arrays.a!), arrayOf(arrays.b!)];
  return {
    check: checksum(np.matmul(a.ref, b.ref).dataSync()),
    async run(count) {
      for (let i = 0; i < count; i++) {
        const c = np.matmul(a.ref, b.ref);
        await c.blockUntilReady();
        c.dispose();
      }
    },
  };
}

function elementwise(workload: ElementwiseWorkload): Prepared {
  const arrays = arraysOf(workload);
  const [x, y] = [arrayOf(arrays.x!), arrayOf(arrays.y!)];
  const chain = jit((x: Array, y: Array) => nn.sigmoid(x.ref.mul(y).add(x)).sum());
  const once = (): number => chain(x.ref, y.ref).dataSync()[0]!;
  return {
    check: once(),
    run(count) {
      for (let i = 0; i < count; i++) once();
    },
  };
}

const PROBE = 10; // batches

async function epoch(workload: EpochWorkload): Promise<Prepared> {
  const { batch } = workload;
  const settings: Settings = { ...workload, activation: "relu", loss: "crossEntropy", optimizer: "adam" };
  const digits = readDigits("train");
  const images = fractions(digits.images);
  const labels = oneHotRows(digits.labels, 10);
  const batches = async (order: Int32Array, { step }: Trainer): Promise<void> => {
    for (let start = 0; start < order.length; start += batch) {
      const rows = order.subarray(start, start + batch);
      const x = new Float32Array(rows.length * 784);
      const y = new Float32Array(rows.length * 10);
      rows.forEach((row, i) => {
        x.set(images.subarray(row * 784, row * 784 + 784), i * 784);
        y.set(labels.subarray(row * 10, row * 10 + 10), i * 10);
      });
      await step(np.array(x, { shape: [rows.length, 784] }), np.array(y, { shape: [rows.length, 10] }));
    }
  };
  const probe = trainer(settings, arraysOf(workload));
  await batches(shuffled(batch), probe);
  const begin = performance.now();
  await batches(shuffled(PROBE * batch), probe);
  await probe.done();
  const estimate = ((performance.now() - begin) / 1000 / PROBE) * (digits.count / batch);
  const trained = trainer(settings, arraysOf(workload));
  return {
    check: null,
    estimate,
    async run(count) {
      for (let i = 0; i < count; i++) await batches(shuffled(digits.count), trained);
      await trained.done();
    },
    finish() {
      const test = readDigits("t10k");
      const x = np.array(fractions(test.images), { shape: [test.count, 784] });
      const weights = trained.state().slice(0, 2 * (workload.sizes.length - 1));
      return accuracyOf(forward(weights.map((w) => w.ref), x, "relu").dataSync(), test.labels);
    },
  };
}
