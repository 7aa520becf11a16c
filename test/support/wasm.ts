/** Runs a kernel of the wasm device by itself: inputs are placed in memory, outputs lie between guards. */
import { type DType, type TypedArray, allocate, bytesOf } from "../../src/dtype";
import { type FunctionBuilder, ModuleBuilder } from "../../src/devices/wasm/assembler";
import { type Placed, wholeAt } from "../../src/devices/wasm/placed";
import { instantiate, wasmEngine } from "../../src/devices/wasm/runtime";
import { type Emitted, type Part, partsOf } from "../../src/devices/wasm/share";
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
  /** Whether it is written in as many chunks as possible, which are done from the last to the first. */
  readonly divided?: boolean;
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
  /** The chunks of the part that has most. */
  readonly chunks: number;
}

/** Elements in a buffer. */
export function elementsAt(buffer: ArrayBuffer, dtype: DType, address: number, size: number): TypedArray {
  const constructor = allocate(dtype, 0).constructor as new (b: ArrayBuffer, at: number, n: number) => TypedArray;
  return new constructor(buffer, address, size);
}

/** Builds a kernel whose emitter is told where its operands lie. */
export function buildKernel(
  { inputs, outputs, scratch = 0, slack = 0, divided = false }: KernelCase,
  emit: (module: ModuleBuilder, places: KernelPlaces) => Emitted,
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
  const memory = new engine.Memory({ initial: pages, maximum: pages, shared: divided });
  const all = new Uint8Array(memory.buffer).fill(MARK);
  elementsAt(memory.buffer, "int32", status, 3).fill(0);
  for (const { data, placed } of sources) {
    elementsAt(memory.buffer, placed.dtype, placed.address, data.length).set(data);
  }
  const before = all.slice();
  const module = new ModuleBuilder({ initial: pages, maximum: pages, shared: divided }, divided ? 0 : Infinity);
  const placed = sources.map((source) => source.placed);
  const parts = partsOf(emit(module, { inputs: placed, outputs: targets, scratch: scratchAt, status }));
  const whole = module.function([]);
  for (const part of parts) callBackwards(whole, part);
  module.export("run", whole);
  const bytes = module.bytes();
  const { run } = instantiate(new engine.Module(bytes), memory);
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
    chunks: Math.max(...parts.map(({ chunks }) => chunks)),
  };
}

function callBackwards(f: FunctionBuilder, { f: target, chunks }: Part): void {
  for (let chunk = chunks - 1; chunk >= 0; chunk--) {
    if (target.params.length > 0) f.i32(chunk);
    f.call(target);
  }
}

/**
 * Builds a kernel, runs it once, and reads its first output; throws if it wrote where it must not, or if it gives other
 * bits when it is divided.
 */
export function runKernel(
  what: KernelCase,
  emit: (module: ModuleBuilder, places: KernelPlaces) => Emitted,
): TypedArray {
  const [result, again] = [false, true].map((divided) => {
    const kernel = buildKernel({ ...what, divided }, emit);
    kernel.run();
    if (!kernel.intact) throw new Error("the kernel wrote outside its output");
    return kernel.read();
  }) as [TypedArray, TypedArray];
  const bits = (array: TypedArray): Buffer => Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  if (!bits(result).equals(bits(again))) throw new Error("the kernel gives other bits when it is divided");
  return result;
}
