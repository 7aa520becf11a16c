/** What a device is: something that runs a closed set of kernels; and which one is current. */

import { DeviceError } from "../errors";
import type { Expr } from "../scalar/expr";
import type { Spec, Storage, View } from "./storage";

/** A number for each of the two last axes. */
export type Pair = readonly [rows: number, columns: number];

/**
 * The kernels every device runs. Inputs are views of any strides; the output is always contiguous.
 * `map` computes in the output's precision: what a constant or a comparison means is settled before the call.
 */
export interface Kernels {
  /** One scalar expression over broadcast inputs (their strides are 0 along repeated axes after `broadcastStrides`). */
  map: { readonly expr: Expr };
  /**
   * `after(reduce over axes of before(inputs))`; `before` reads the broadcast inputs, `after` reads the reduced value
   * as input 0. `shape` is the common shape of the inputs; axes are sorted; the output drops or keeps them (same
   * element order). max and min give NaN if any element is NaN; empty sum is 0, empty prod 1.
   */
  reduce: {
    readonly op: "sum" | "prod" | "max" | "min";
    readonly axes: readonly number[];
    readonly shape: readonly number[];
    readonly before: Expr;
    readonly after: Expr;
  };
  /**
   * Position of the first largest or smallest element over `axes` (row-major among them); NaN counts as the extreme.
   */
  argReduce: { readonly op: "max" | "min"; readonly axes: readonly number[] };
  /** [..., m, k] × [..., k, n] → [..., m, n], leading axes broadcast; transposed operands come as strides. */
  matmul: Record<never, never>;
  /**
   * Cross-correlation over the last two axes: x [b, groups·c, h, w], weight [groups·o, c, kh, kw] → [b, groups·o, …],
   * out[y] = Σ x[y·stride + k·dilation − padding]·weight[k], with zeros outside of x. Padding is what stands before the
   * first row and column (negative cuts); the output's sizes say how far it goes.
   */
  convolve: {
    readonly groups: number;
    readonly stride: Pair;
    readonly dilation: Pair;
    readonly padding: Pair;
  };
  /**
   * The view's elements in row-major order, converted to the output's dtype (fractions truncate toward 0; bool is ≠ 0).
   */
  copy: Record<never, never>;
  /**
   * The first input with `source` (second input, of shape `sizes`) written or added at `begin`, `step` apart, along
   * each axis.
   */
  place: {
    readonly begin: readonly number[];
    readonly step: readonly number[];
    readonly mode: "set" | "add";
  };
  /**
   * out[i][j][k] = input[i][index[i][j][k]][k] along `axis` (PyTorch's gather); index is int32 and in range (checked by
   * the kernel).
   */
  gather: { readonly axis: number };
  /** input + Σ source placed at index along `axis` (PyTorch's scatter_add); repeats add up in row-major order. */
  scatterAdd: { readonly axis: number };
  /** out = rows of input along `axis` at the int32 positions of a rank-1 index (input, index). */
  indexSelect: { readonly axis: number };
  /** input with source's rows added along `axis` at a rank-1 index (input, index, source). */
  indexAdd: { readonly axis: number };
  /**
   * Philox4x32-10 numbers from an int32[4] state (key low, key high, call low, call high). Block i has the counter
   * (i, 0, call low, call high); its four words make four elements, or two of float64.
   */
  random: { readonly distribution: "uniform" | "normal" | "bits" };
  /** Positions (int32) that sort along `axis`, stable; NaN last ascending, first descending. */
  argSort: { readonly axis: number; readonly descending: boolean };
  /** Running sums along `axis`; from the end with `reverse`. */
  cumulate: { readonly axis: number; readonly reverse: boolean };
  /** Any number of inputs one after another along `axis`; their other sizes agree. */
  concat: { readonly axis: number };
}

/** Kernels a device may have; an op that asks for one also says what it means in plainer ops. */
export interface OptionalKernels {
  /** softmax or log-softmax over `axis`, as one pass. */
  softmax: { readonly axis: number; readonly log: boolean };
}

/** All kernels and what each is told besides its inputs. */
export interface AllKernels extends Kernels, OptionalKernels {}

/** The name of a kernel. */
export type KernelName = keyof AllKernels;

/** One request to a device: a kernel, its settings, and what comes out. */
export type Call<Name extends KernelName = KernelName> = {
  readonly [K in Name]: { readonly kernel: K; readonly attrs: AllKernels[K]; readonly output: Spec };
}[Name];

/** Something that runs calls. */
export interface Device {
  readonly name: string;
  /** Whether the device runs this kernel; false only for optional ones. @internal */
  has(kernel: KernelName): boolean;
  /** Runs one call and gives a new contiguous storage. @internal */
  execute(call: Call, inputs: readonly View[]): Storage;
}

let current: Device | null = null;

/** Makes a device the one that runs every call from now on; gives back the one before. */
export function setDevice(device: Device | null): Device | null {
  const before = current;
  current = device;
  return before;
}

/** The device that runs calls now. */
export function currentDevice(): Device {
  if (current === null) {
    throw new DeviceError("device: none is installed: null (the entry was not loaded); import from \"gradkit\"");
  }
  return current;
}
