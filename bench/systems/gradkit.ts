/** gradkit: operation by operation (`eager`), compiled on one thread (`compiled`), and on two (`threads`). */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  Adam,
  Conv2d,
  Dataset,
  Flatten,
  Linear,
  MaxPool2d,
  type Module,
  type Optimizer,
  ReLU,
  SGD,
  Sequential,
  Sigmoid,
  type Tensor,
  accuracy,
  assign,
  compile,
  crossEntropy,
  fit,
  manualSeed,
  mse,
  noGrad,
  parseIDX,
  predict,
  tensor,
  wasm,
  zeros,
} from "gradkit";
import { type Arrays, type Values, arraysOf, checksum } from "../data";
import { mnistFolder } from "../mnist";
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

type Device = ReturnType<typeof wasm>;

/** How functions are run: as they are, or compiled for a device. */
type Runner = <A extends readonly Tensor[], R>(fn: (...args: A) => R) => (...args: A) => R;

export function make(variant: string): System {
  const device = variant === "eager" ? null : wasm({ threads: variant === "threads" ? 2 : 1 });
  const runner: Runner = (fn) => (device === null ? fn : compile(fn, { device }));
  return {
    prepare(workload) {
      switch (workload.kind) {
        case "train":
          return train(workload, runner);
        case "infer":
          return infer(workload, runner);
        case "matmul":
          return matmul(workload, runner);
        case "elementwise":
          return elementwise(workload, runner);
        case "epoch":
          return epoch(workload, device);
      }
    },
  };
}

const tensorOf = ({ values, shape }: Values): Tensor => tensor(values, { shape });

type Shape = Pick<TrainWorkload, "convolutions" | "sizes" | "activation">;

function network({ convolutions, sizes, activation }: Shape, arrays: Arrays): Module {
  const layers = convolutions === undefined ? [] : [...convolutional(convolutions, arrays), new Flatten()];
  for (let i = 0; i + 1 < sizes.length; i++) {
    if (i > 0) layers.push(activation === "relu" ? new ReLU() : new Sigmoid());
    layers.push(loaded(new Linear(sizes[i]!, sizes[i + 1]!), arrays[`w${i}`]!, arrays[`b${i}`]!));
  }
  return new Sequential(...layers);
}

function convolutional({ channels, kernel }: Convolutions, arrays: Arrays): Module[] {
  return channels.slice(1).flatMap((out, i) => {
    const layer = new Conv2d(channels[i]!, out, kernel);
    return [loaded(layer, arrays[`k${i}`]!, arrays[`c${i}`]!), new ReLU(), new MaxPool2d(2)];
  });
}

function loaded<Layer extends Linear | Conv2d>(layer: Layer, weight: Values, bias: Values): Layer {
  assign(layer.weight, tensorOf(weight));
  assign(layer.bias!, tensorOf(bias));
  return layer;
}

function train(workload: TrainWorkload, runner: Runner): Prepared {
  const arrays = arraysOf(workload);
  const model = network(workload, arrays);
  const { lr } = workload;
  const optimizer: Optimizer =
    workload.optimizer === "adam" ? new Adam(model.parameters(), { lr }) : new SGD(model.parameters(), { lr });
  const lossOf = workload.loss === "mse" ? mse : crossEntropy;
  const x = tensorOf(arrays.x!);
  const y = workload.loss === "mse" ? tensorOf(arrays.y!) : tensorOf(arrays.y!).to("int32");
  const update = (x: Tensor, y: Tensor): Tensor => {
    optimizer.zeroGrad();
    const loss = lossOf(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
  // All four corners every time: a program may as well know them. Batches come from outside.
  const whole = runner(() => update(x, y));
  const batch = runner(update);
  const step = workload.id === "xor" ? whole : (): Tensor => batch(x, y);
  let check = 0;
  for (let i = 0; i < CHECK_STEPS; i++) check = step().item();
  return {
    check,
    run(count) {
      for (let i = 0; i < count; i++) step();
    },
  };
}

function infer(workload: InferWorkload, runner: Runner): Prepared {
  const arrays = arraysOf(workload);
  const model = network({ ...workload, activation: "relu" }, arrays);
  const x = tensorOf(arrays.x!);
  const forward = runner((x: Tensor) => model.forward(x));
  const once = (): ArrayLike<number> => noGrad(() => forward(x)).toTypedArray();
  return {
    check: checksum(once()),
    run(count) {
      for (let i = 0; i < count; i++) once();
    },
  };
}

function matmul(workload: MatmulWorkload, runner: Runner): Prepared {
  const arrays = arraysOf(workload);
  const [a, b] = [tensorOf(arrays.a!), tensorOf(arrays.b!)];
  const c = zeros([workload.size, workload.size]);
  // Into a matrix that is there already, as products inside a larger program are.
  const multiply = runner(() => assign(c, a.matmul(b)));
  multiply();
  return {
    check: checksum(c.toTypedArray()),
    run(count) {
      for (let i = 0; i < count; i++) multiply();
    },
  };
}

function elementwise(workload: ElementwiseWorkload, runner: Runner): Prepared {
  const arrays = arraysOf(workload);
  const [x, y] = [tensorOf(arrays.x!), tensorOf(arrays.y!)];
  const chain = runner(() => x.mul(y).add(x).sigmoid().sum());
  return {
    check: chain().item(),
    run(count) {
      for (let i = 0; i < count; i++) chain().item();
    },
  };
}

function epoch({ sizes, batch, lr }: EpochWorkload, device: Device | null): Prepared {
  const train = dataset("train");
  const test = dataset("t10k");
  manualSeed(0);
  const layers = sizes.slice(1).flatMap((size, i) => [...(i > 0 ? [new ReLU()] : []), new Linear(sizes[i]!, size)]);
  const model = new Sequential(new Flatten(), ...layers);
  const optimizer = new Adam(model.parameters(), { lr });
  const notices = new Set<string>();
  const onNotice = (text: string): void => void notices.add(text);
  const how = device === null ? { compile: false } : { device };
  return {
    check: null,
    async run(count) {
      const options = { loss: crossEntropy, optimizer, epochs: count, batchSize: batch, progress: false };
      await fit(model, train, { ...options, ...how, onNotice });
    },
    finish: () => accuracy(predict(model, test.x), test.y),
    note: () => (notices.size === 0 ? null : [...notices].join("; ")),
  };
}

/** The pixels stay bytes; only the rows of a batch become fractions. */
function dataset(part: "train" | "t10k"): Dataset {
  const read = (name: string): Tensor => parseIDX(readFileSync(join(mnistFolder(), `${part}-${name}-ubyte`)));
  const bytes = Dataset.from({ x: read("images-idx3"), y: read("labels-idx1") });
  return bytes.map(({ x, y }) => ({ x: x.div(255), y }));
}
