/** The one memory of all programs: blocks are given out and taken back whole, and it grows when none is left. */

import { type DType, type TypedArray } from "../../dtype";
import { DeviceError } from "../../errors";
import type { MemoryImport } from "./assembler";
import { Pool } from "./pool";
import { type WasmMemory, wasmEngine } from "./runtime";

const PAGE = 65536;
const MAX_PAGES = 65536; // 4 GiB, all that 32-bit addresses reach
const LEAST_PAGES = 1024; // 64 MiB: with less it is not worth trying
const START = 1024; // the first bytes stay free, so that no address is 0
const ALIGN = 64;

interface Block {
  readonly address: number;
  readonly bytes: number;
}

/** Memory in blocks. */
export class Heap {
  readonly memory: WasmMemory;
  private free: Block[] = [];
  private readonly used = new Map<number, number>();
  private end = START;
  /** Bytes that it may grow to. */
  limit: number;
  /** The buffer that views are made on; another one after growing. */
  private buffer: ArrayBuffer;

  /** Pages that a module must ask for when it imports the memory. */
  readonly limits: MemoryImport;

  /** `shared`: whether threads share it. @throws DeviceError where the engine has no memory to give. */
  constructor(shared: boolean) {
    const { memory, limits } = memoryOf(shared);
    this.memory = memory;
    this.limits = limits;
    this.limit = limits.maximum * PAGE;
    this.buffer = memory.buffer;
  }

  /** Bytes given out. */
  get bytes(): number {
    let sum = 0;
    for (const bytes of this.used.values()) sum += bytes;
    return sum;
  }

  /** A block of at least `bytes`, aligned to 64. @throws DeviceError where 4 GiB do not suffice. */
  allocate(bytes: number): number {
    const size = Math.ceil(bytes / ALIGN) * ALIGN;
    const at = this.free.findIndex((block) => block.bytes >= size);
    if (at >= 0) {
      const { address, bytes: found } = this.free[at]!;
      if (found === size) this.free.splice(at, 1);
      else this.free[at] = { address: address + size, bytes: found - size };
      this.used.set(address, size);
      return address;
    }
    const address = this.end;
    this.grow(address + size, size);
    this.end = address + size;
    this.used.set(address, size);
    return address;
  }

  /** Takes a block back. */
  release(address: number): void {
    const bytes = this.used.get(address);
    if (bytes === undefined) return;
    this.used.delete(address);
    const blocks = [...this.free, { address, bytes }].sort((a, b) => a.address - b.address);
    this.free = [];
    for (const block of blocks) {
      const last = this.free[this.free.length - 1];
      if (last !== undefined && last.address + last.bytes === block.address) {
        this.free[this.free.length - 1] = { address: last.address, bytes: last.bytes + block.bytes };
      } else {
        this.free.push(block);
      }
    }
    const last = this.free[this.free.length - 1];
    if (last !== undefined && last.address + last.bytes === this.end) {
      this.end = last.address;
      this.free.pop();
    }
  }

  /** The elements at an address; the view is good until the memory grows. */
  view(dtype: DType, address: number, size: number): TypedArray {
    const { buffer } = this.memory;
    switch (dtype) {
      case "float32":
        return new Float32Array(buffer, address, size);
      case "float64":
        return new Float64Array(buffer, address, size);
      case "int32":
        return new Int32Array(buffer, address, size);
      case "bool":
        return new Uint8Array(buffer, address, size);
    }
  }

  /** Grows generously, or by just what is missing, so that the memory reaches to an address. */
  private grow(end: number, size: number): void {
    const missing = Math.ceil((end - this.buffer.byteLength) / PAGE);
    if (missing <= 0) return;
    const before = this.buffer.byteLength / PAGE;
    const most = Math.floor(this.limit / PAGE) - before;
    const generous = Math.max(missing, Math.min(most, Math.ceil(before / 4)));
    if (end > this.limit || !(this.tryToGrow(generous) || this.tryToGrow(missing))) {
      throw new DeviceError(
        `wasm: out of memory: ${end} bytes needed, ${this.bytes} in use (the heap ends at ${this.limit}); ` +
          "use smaller batches, or release() compiled functions that are no longer called",
        { needed: size, used: this.bytes, limit: this.limit },
      );
    }
    this.buffer = this.memory.buffer;
  }

  private tryToGrow(pages: number): boolean {
    try {
      this.memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }
}

/** A memory that may grow to 4 GiB, or to less where so much address space is not to be had. */
function memoryOf(shared: boolean): { memory: WasmMemory; limits: MemoryImport } {
  const { Memory } = wasmEngine()!;
  for (let maximum = MAX_PAGES; ; maximum /= 4) {
    const limits = { initial: 16, maximum, shared };
    try {
      return { memory: new Memory(limits), limits };
    } catch (cause) {
      if (maximum > LEAST_PAGES) continue;
      const why = (cause as Error).message;
      throw new DeviceError(
        `wasm: no memory to be had: ${maximum * PAGE} bytes were refused (${why}); allow the process more address space`,
        { cause },
      );
    }
  }
}

const heaps: { one?: Heap; shared?: Heap } = {};

/** The heap of programs on one thread, or that which threads share; each is made when it is first needed. */
export function heapFor(threads: number): Heap {
  return threads === 1 ? (heaps.one ??= new Heap(false)) : (heaps.shared ??= new Heap(true));
}

let pool: Pool | null = null;

/** The threads that share a heap. */
export function poolOf(heap: Heap): Pool {
  return (pool ??= new Pool(heap.memory));
}

/** Whether there is a heap that threads can share. */
export function canShare(): boolean {
  try {
    heapFor(2);
    return true;
  } catch {
    return false;
  }
}
