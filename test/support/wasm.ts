/** Runs a kernel of the wasm device by itself: inputs are placed in memory, outputs lie between guards. */
import { type DType, type TypedArray, allocate, bytesOf } from "../../src/dtype";
import { type FunctionBuilder, ModuleBuilder } from "../../src/devices/wasm/assembler";
import { type Placed, wholeAt } from "../../src/devices/wasm/placed";
import { wasmEngine } from "../../src/devices/wasm/runtime";
import { sizeOf } from "../../src/shape";
import type { Spec, View } from "../../src/tensor/storage";

const PAGE = 65536;
const GUARD = 128;
const MARK = 0xa5;

/** What a kernel is to be run with. */
export interface KernelCase {
  readonly inputs: readonly View[];
  readonly outputs: readonly Spec[];
  /** Bytes of working memory; default 0. */
  readonly scratch?: number;
  /** Bytes past the end of an output that the kernel may write; default 0. */
  readonly slack?: number;
}

/** Where a kernel finds everything. */
export interface KernelPlaces {
  readonly inputs: readonly Placed[];
  readonly outputs: readonly Placed[];
  readonly scratch: number;
  /** Three int32: a code, a value, the number of the step. */
  readonly status: number;
}

/** A kernel in its own memory. */
export interface BuiltKernel {
  /** Runs it once more. */
  run(): void;
  /** Gives an input other elements. */
  write(input: number, data: TypedArray): void;
  /** A copy of an output's elements. */
  read(output?: number): TypedArray;
  /** Code, value and step of a failure; zeros without one. */
  readonly status: readonly number[];
  /** Whether nothing but outputs, scratch and status was written. */
  readonly intact: boolean;
  readonly bytes: Uint8Array;
}

/** Elements in a buffer. */
export function elementsAt(buffer: ArrayBuffer, dtype: DType, address: number, size: number): TypedArray {
  const constructor = allocate(dtype, 0).constructor as new (b: ArrayBuffer, at: number, n: number) => TypedArray;
  return new constructor(buffer, address, size);
}

/** Builds a kernel whose emitter is told where its operands lie. */
export function buildKernel(
  { inputs, outputs, scratch = 0, slack = 0 }: KernelCase,
  emit: (module: ModuleBuilder, places: KernelPlaces) => FunctionBuilder,
): BuiltKernel {
  let end = 1024;
  const take = (bytes: number): number => {
    const address = end;
    end = Math.ceil((end + bytes) / 64) * 64 + GUARD;
    return address;
  };
  const status = take(12);
  const sources = inputs.map(({ storage: { data, dtype }, shape, strides, offset }) => ({
    data,
    placed: { address: take(data.byteLength), dtype, shape, strides, offset },
  }));
  const targets = outputs.map((spec) => wholeAt(take(sizeOf(spec.shape) * bytesOf(spec.dtype) + slack), spec));
  const scratchAt = take(scratch);
  const pages = Math.ceil(end / PAGE);
  const engine = wasmEngine()!;
  const memory = new engine.Memory({ initial: pages, maximum: pages });
  const all = new Uint8Array(memory.buffer).fill(MARK);
  elementsAt(memory.buffer, "int32", status, 3).fill(0);
  for (const { data, placed } of sources) {
    elementsAt(memory.buffer, placed.dtype, placed.address, data.length).set(data);
  }
  const before = all.slice();
  const module = new ModuleBuilder({ initial: pages, maximum: pages, shared: false });
  const placed = sources.map((source) => source.placed);
  module.export("run", emit(module, { inputs: placed, outputs: targets, scratch: scratchAt, status }));
  const bytes = module.bytes();
  const { run } = new engine.Instance(new engine.Module(bytes), { env: { memory } }).exports;
  const writable = [
    [status, 12] as const,
    [scratchAt, scratch] as const,
    ...targets.map(({ address, shape, dtype }) => [address, sizeOf(shape) * bytesOf(dtype) + slack] as const),
  ];
  return {
    run: run!,
    write: (i, data) => {
      const { dtype, address } = placed[i]!;
      elementsAt(memory.buffer, dtype, address, data.length).set(data);
      elementsAt(before.buffer, dtype, address, data.length).set(data);
    },
    read: (i = 0) => {
      const { dtype, address, shape } = targets[i]!;
      return elementsAt(memory.buffer, dtype, address, sizeOf(shape)).slice();
    },
    get status() {
      return Array.from(elementsAt(memory.buffer, "int32", status, 3));
    },
    get intact() {
      const now = all.slice();
      for (const [address, size] of writable) now.set(before.subarray(address, address + size), address);
      return Buffer.compare(now, before) === 0;
    },
    bytes,
  };
}

/** Builds a kernel, runs it once, and reads its first output; throws if it wrote where it must not. */
export function runKernel(
  what: KernelCase,
  emit: (module: ModuleBuilder, places: KernelPlaces) => FunctionBuilder,
): TypedArray {
  const kernel = buildKernel(what, emit);
  kernel.run();
  if (!kernel.intact) throw new Error("the kernel wrote outside its output");
  return kernel.read();
}
