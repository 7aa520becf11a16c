/** The js device: plain loops, the meaning of each kernel, and the engine of eager code. */

import type { Call, Device, Kernels, KernelName, OptionalKernels } from "../../tensor/device";
import { type Storage, type View, storageOf } from "../../tensor/storage";
import { argReduce } from "./argReduce";
import { argSort } from "./argSort";
import { concat } from "./concat";
import { convolve } from "./convolve";
import { copy } from "./copy";
import { cumulate } from "./cumulate";
import { gather, scatterAdd } from "./gather";
import { indexAdd, indexSelect } from "./indexSelect";
import type { Kernel } from "./kernel";
import { map } from "./map";
import { matmul } from "./matmul";
import { place } from "./place";
import { random } from "./random";
import { reduce } from "./reduce";
import { softmax } from "./softmax";

type Required = { readonly [K in keyof Kernels]: Kernel<K> };
type Optional = { readonly [K in keyof OptionalKernels]?: Kernel<K> };

const kernels: Required & Optional = {
  map,
  reduce,
  argReduce,
  matmul,
  convolve,
  copy,
  place,
  gather,
  scatterAdd,
  indexSelect,
  indexAdd,
  random,
  argSort,
  cumulate,
  concat,
  softmax,
};

const table: { readonly [K in KernelName]?: Kernel<K> } = kernels;

function run<K extends KernelName>(call: Call<K>, inputs: readonly View[]): Storage {
  const kernel = table[call.kernel]!;
  return storageOf(call.output.dtype, kernel(inputs, call.attrs, call.output));
}

/** Runs every kernel in JavaScript. */
export const jsDevice: Device = {
  name: "js",
  has: (kernel) => table[kernel] !== undefined,
  execute: (call, inputs) => run(call, inputs),
};
