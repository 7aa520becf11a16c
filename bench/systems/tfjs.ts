/** TensorFlow.js: its core with the `wasm` backend (SIMD, one thread: it has no more in Node) or with `cpu`. */

import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-layers"; // what makes the core know its gradients in Node
import { type Arrays, type Values, arraysOf, checksum, oneHotRows, transposed } from "../data";
import { accuracyOf, fractions, readDigits, shuffled } from "../mnist";
import {
  CHECK_STEPS,
  type Convolutions,
  type ElementwiseWorkload,
  type EpochWorkload,
  type InferWorkload,
  type MatmulWorkload,
  type TrainWorkload,
} from "../workloads";
import type { Prepared, System } from "./system";

export async function make(variant: string): Promise<System> {
  await tf.setBackend(variant);
  await tf.ready();
  return {
    prepare(workload) {
      switch (workload.kind) {
        case "train":
          if (workload.convolutions === undefined || variant === "cpu") return train(workload);
          return "the wasm backend has no gradient of convolutions";
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

const tensorOf = ({ values, shape }: Values): tf.Tensor => tf.tensor(values, [...shape], "float32");

type Layer = readonly [weight: tf.Variable, bias: tf.Variable];

const layer = (weight: tf.Tensor, bias: Values): Layer => [tf.variable(weight), tf.variable(tensorOf(bias))];

function layersOf(sizes: readonly number[], arrays: Arrays): Layer[] {
  return sizes.slice(1).map((_, i) => layer(tensorOf(transposed(arrays[`w${i}`]!)), arrays[`b${i}`]!));
}

/** Channels come last here: in kernels, and in the rows of the first matrix, which reads what convolutions leave. */
function withConvolutions({ channels }: Convolutions, sizes: readonly number[], arrays: Arrays): Layer[] {
  const kernels = channels.slice(1).map((_, i) => {
    return layer(tf.transpose(tensorOf(arrays[`k${i}`]!), [2, 3, 1, 0]), arrays[`c${i}`]!);
  });
  const [out, width, last] = [sizes[1]!, sizes[0]!, channels[channels.length - 1]!];
  const planes = tf.reshape(tensorOf(arrays.w0!), [out, last, width / last]);
  const first = layer(tf.reshape(tf.transpose(planes, [2, 1, 0]), [width, out]), arrays.b0!);
  return [...kernels, first, ...layersOf(sizes, arrays).slice(1)];
}

function forward(layers: readonly Layer[], x: tf.Tensor, activation: "sigmoid" | "relu"): tf.Tensor {
  return layers.reduce<tf.Tensor>((h, [weight, bias], i) => {
    if (weight.rank === 4) {
      const z = tf.relu(tf.add(tf.conv2d(h as tf.Tensor4D, weight as unknown as tf.Tensor4D, 1, "valid"), bias));
      return tf.maxPool(z as tf.Tensor4D, 2, 2, "valid");
    }
    if (h.rank === 4) h = tf.reshape(h, [h.shape[0]!, -1]);
    const z = tf.add(tf.matMul(h as tf.Tensor2D, weight as unknown as tf.Tensor2D), bias);
    return i === layers.length - 1 ? z : activation === "relu" ? tf.relu(z) : tf.sigmoid(z);
  }, x);
}

function adam(lr: number): tf.Optimizer {
  return tf.train.adam(lr, 0.9, 0.999, 1e-8);
}

function train(workload: TrainWorkload): Prepared {
  const { convolutions, sizes, batch, activation, lr } = workload;
  const arrays = arraysOf(workload);
  const layers = convolutions === undefined ? layersOf(sizes, arrays) : withConvolutions(convolutions, sizes, arrays);
  const given = tensorOf(arrays.x!);
  const x = convolutions === undefined ? given : tf.transpose(given, [0, 2, 3, 1]);
  const classes = sizes[sizes.length - 1]!;
  const y =
    workload.loss === "mse" ? tensorOf(arrays.y!) : tf.tensor(oneHotRows(arrays.y!.values, classes), [batch, classes]);
  const optimizer = workload.optimizer === "adam" ? adam(lr) : tf.train.sgd(lr);
  const loss = (): tf.Scalar => {
    const output = forward(layers, x, activation);
    return workload.loss === "mse"
      ? tf.losses.meanSquaredError<tf.Tensor, tf.Scalar>(y, output)
      : tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(y, output);
  };
  let check = 0;
  for (let i = 0; i < CHECK_STEPS; i++) {
    const value = optimizer.minimize(loss, true)!;
    check = value.dataSync()[0]!;
    value.dispose();
  }
  return {
    check,
    run(count) {
      for (let i = 0; i < count; i++) optimizer.minimize(loss);
    },
  };
}

function infer(workload: InferWorkload): Prepared {
  const arrays = arraysOf(workload);
  const layers = layersOf(workload.sizes, arrays);
  const x = tensorOf(arrays.x!);
  const once = (): Float32Array => tf.tidy(() => forward(layers, x, "relu").dataSync<"float32">());
  return {
    check: checksum(once()),
    run(count) {
      for (let i = 0; i < count; i++) once();
    },
  };
}

function matmul(workload: MatmulWorkload): Prepared {
  const arrays = arraysOf(workload);
  const [a, b] = [tensorOf(arrays.a!), tensorOf(arrays.b!)];
  const result = tf.matMul(a, b);
  return {
    check: checksum(result.dataSync()),
    run(count) {
      for (let i = 0; i < count; i++) tf.matMul(a, b).dispose();
    },
  };
}

function elementwise(workload: ElementwiseWorkload): Prepared {
  const arrays = arraysOf(workload);
  const [x, y] = [tensorOf(arrays.x!), tensorOf(arrays.y!)];
  const once = (): number => tf.tidy(() => tf.sum(tf.sigmoid(tf.add(tf.mul(x, y), x))).dataSync()[0]!);
  return {
    check: once(),
    run(count) {
      for (let i = 0; i < count; i++) once();
    },
  };
}

const PROBE = 10; // batches

function epoch(workload: EpochWorkload): Prepared {
  const { sizes, batch, lr } = workload;
  const digits = readDigits("train");
  const images = tf.tensor2d(fractions(digits.images), [digits.count, 784]);
  const labels = tf.tensor2d(oneHotRows(digits.labels, 10), [digits.count, 10]);
  let layers = layersOf(sizes, arraysOf(workload));
  let optimizer = adam(lr);
  const batches = (order: Int32Array): void => {
    for (let start = 0; start < order.length; start += batch) {
      tf.tidy(() => {
        const rows = tf.tensor1d(order.subarray(start, start + batch), "int32");
        const [x, y] = [tf.gather(images, rows), tf.gather(labels, rows)];
        optimizer.minimize(() => tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(y, forward(layers, x, "relu")));
      });
    }
  };
  batches(shuffled(batch));
  const start = performance.now();
  batches(shuffled(PROBE * batch));
  const estimate = ((performance.now() - start) / 1000 / PROBE) * (digits.count / batch);
  layers = layersOf(sizes, arraysOf(workload));
  optimizer = adam(lr);
  return {
    check: null,
    estimate,
    run(count) {
      for (let i = 0; i < count; i++) batches(shuffled(digits.count));
    },
    finish() {
      const test = readDigits("t10k");
      const x = tf.tensor2d(fractions(test.images), [test.count, 784]);
      return accuracyOf(forward(layers, x, "relu").dataSync(), test.labels);
    },
  };
}
