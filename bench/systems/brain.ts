/** brain.js: sigmoid or ReLU in every layer, mean squared error, one update per sample. */

import { createRequire } from "node:module";
import type * as Brain from "brain.js";
import { type Arrays, arraysOf, oneHotRows } from "../data";
import { fractions, readDigits, shuffled } from "../mnist";
import type { EpochWorkload, InferWorkload, TrainWorkload } from "../workloads";
import type { Prepared, System } from "./system";

const { NeuralNetwork } = createRequire(import.meta.url)("brain.js") as typeof Brain;

interface Sample {
  input: number[];
  output: number[];
}

export function make(): System {
  return {
    prepare(workload) {
      switch (workload.kind) {
        case "train":
          return workload.convolutions === undefined ? train(workload) : "brain.js has no convolutions";
        case "infer":
          return infer(workload);
        case "epoch":
          return epoch(workload);
        default:
          return "brain.js has networks, but no tensors";
      }
    },
  };
}

function rowsOf(values: Float32Array, width: number): number[][] {
  const row = (_: unknown, i: number): number[] => Array.from(values.subarray(i * width, i * width + width));
  return Array.from({ length: values.length / width }, row);
}

function samplesOf(workload: TrainWorkload, arrays: Arrays): Sample[] {
  const width = workload.sizes[workload.sizes.length - 1]!;
  const targets = workload.loss === "mse" ? arrays.y!.values : oneHotRows(arrays.y!.values, width);
  const outputs = rowsOf(targets, width);
  return rowsOf(arrays.x!.values, workload.sizes[0]!).map((input, i) => ({ input, output: outputs[i]! }));
}

type Settings = Pick<TrainWorkload, "sizes" | "activation" | "optimizer" | "lr">;

function network({ sizes, activation, optimizer, lr }: Settings): Brain.NeuralNetwork {
  const praxis = optimizer === "adam" ? "adam" : null;
  const options = { hiddenLayers: sizes.slice(1, -1), activation, praxis, learningRate: lr };
  return new NeuralNetwork(options);
}

const NOTE = "brain.js updates after every sample instead of after the batch, by its own loss; its weights start at random";

function train(workload: TrainWorkload): Prepared {
  const samples = samplesOf(workload, arraysOf(workload));
  const net = network(workload);
  return {
    check: null,
    run(count) {
      const { iterations } = net.train(samples, { iterations: count, errorThresh: Number.MIN_VALUE });
      if (iterations !== count) throw new Error(`stopped after ${iterations} of ${count} iterations`);
    },
    note: () => NOTE,
  };
}

function infer(workload: InferWorkload): Prepared {
  const arrays = arraysOf(workload);
  const rows = rowsOf(arrays.x!.values, workload.sizes[0]!);
  const net = network({ ...workload, activation: "relu", optimizer: "sgd", lr: 0.01 });
  const output = Array.from({ length: 10 }, () => 0);
  net.train([{ input: rows[0]!, output }], { iterations: 1, errorThresh: Number.MIN_VALUE }); // makes the layers
  return {
    check: null,
    run(count) {
      for (let i = 0; i < count; i++) for (const row of rows) net.run(row);
    },
  };
}

const PROBE = 200; // samples

function epoch(workload: EpochWorkload): Prepared {
  const digits = readDigits("train");
  const rows = (order: Int32Array): Sample[] =>
    Array.from(order, (row) => ({
      input: Array.from(fractions(digits.images.subarray(row * 784, row * 784 + 784))),
      output: Array.from({ length: 10 }, (_, digit) => (digit === digits.labels[row] ? 1 : 0)),
    }));
  const net = network({ ...workload, activation: "relu", optimizer: "adam" });
  const settings = { iterations: 1, errorThresh: Number.MIN_VALUE };
  const once = (order: Int32Array): void => void net.train(rows(order), settings);
  once(shuffled(PROBE));
  const start = performance.now();
  once(shuffled(digits.count).subarray(0, PROBE));
  const estimate = ((performance.now() - start) / 1000 / PROBE) * digits.count;
  return {
    check: null,
    estimate,
    run(count) {
      for (let i = 0; i < count; i++) once(shuffled(digits.count));
    },
    finish() {
      const test = readDigits("t10k");
      let right = 0;
      for (let i = 0; i < test.count; i++) {
        const scores = net.run(Array.from(fractions(test.images.subarray(i * 784, i * 784 + 784))));
        if (scores.indexOf(Math.max(...scores)) === test.labels[i]) right++;
      }
      return right / test.count;
    },
  };
}
