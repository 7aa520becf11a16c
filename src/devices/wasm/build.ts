/** Programs on WebAssembly: one module per program, a function per step, and a `run` that calls them in order. */

import { type TypedArray, allocate } from "../../dtype";
import { OptionError } from "../../errors";
import { isContiguous, sizeOf } from "../../shape";
import type { Executable, Operand, Program, Value } from "../../tensor/program";
import { type Storage, copyView, storageOf } from "../../tensor/storage";
import { ModuleBuilder } from "./assembler";
import { LOST, emitSequence } from "./claim";
import { type Heap, heapFor, poolOf } from "./heap";
import { emitCopy } from "./copy";
import { type Holding, allocateBlock, giveBack, hold } from "./holdings";
import { mayFail } from "./mayFail";
import { type Placed, wholeAt } from "./placed";
import { type Plan, planMemory } from "./plan";
import { instantiate, wasmEngine } from "./runtime";
import { partsOf } from "./share";
import { type Places, emitStep, scratchOf } from "./steps";
import { failureOf } from "./status";

/** Elements that are read faster one by one. */
const FEW = 8;

/** Bytes at the start of a program's block: code, value and step of a failure. */
const STATUS = 64;

/** A value's elements in the heap, as a storage: good until the next run, unless it was settled before. */
class ResidentStorage implements Storage {
  /** The elements as they were when somebody asked for a lasting copy. */
  copy: Storage | null = null;

  constructor(
    private readonly owner: WasmExecutable,
    private readonly value: Value,
  ) {}

  get dtype(): Value["dtype"] {
    return this.value.dtype;
  }

  get size(): number {
    return this.value.size;
  }

  get data(): TypedArray {
    return this.copy === null ? this.owner.view(this.value) : this.copy.data;
  }

  settled(): Storage {
    return (this.copy ??= storageOf(this.value.dtype, this.owner.view(this.value).slice()));
  }
}

/** How many threads a program is built for, and when it pays to divide work among them. */
export interface Threads {
  readonly threads: number;
  /** Nanoseconds of work that are worth handing to another thread. */
  readonly chunkCost: number;
}

let programs = 0;

/** One block of the heap and the module that works on it. */
export class WasmExecutable implements Executable {
  readonly bytes: number;
  private readonly heap: Heap;
  private readonly holding: Holding;
  private readonly address: number;
  private readonly plan: Plan;
  private readonly start: () => void;
  /** By the value's id: this is asked several times in each call. */
  private readonly views: (TypedArray | undefined)[] = [];
  private readonly residents: (ResidentStorage | undefined)[] = [];
  private buffer: ArrayBuffer;
  private status: Int32Array;

  constructor(
    private readonly program: Program,
    private readonly sharing: Threads,
  ) {
    this.heap = heapFor(sharing.threads);
    this.plan = planMemory(program);
    const scratch = STATUS + this.plan.bytes;
    this.bytes = scratch + Math.max(0, ...program.steps.map((step) => scratchOf(step)));
    this.address = allocateBlock(this.heap, this.bytes);
    this.holding = hold(this, this.heap, this.address);
    try {
      this.start = this.compile(this.address + scratch);
    } catch (error) {
      giveBack(this.holding);
      throw error;
    }
    this.buffer = this.heap.memory.buffer;
    this.status = this.statusView();
    this.status.fill(0);
  }

  load(value: Value, data: TypedArray): void {
    this.view(value).set(data);
  }

  run(): void {
    if (this.holding.id > 0) poolOf(this.heap).wake(this.sharing.threads);
    this.start();
    const { status } = this;
    if (status.length === 0) this.refresh();
    if (this.status[0] !== 0) this.fail();
  }

  read(operand: Operand): TypedArray {
    const { value, shape, strides, offset } = operand;
    const data = this.view(value);
    const size = sizeOf(shape);
    const contiguous = isContiguous(shape, strides);
    if (contiguous && size > FEW) return data.slice(offset, offset + size);
    const out = allocate(value.dtype, size);
    if (contiguous) {
      for (let i = 0; i < size; i++) out[i] = data[offset + i]!;
      return out;
    }
    copyView(data, { shape, strides, offset }, out);
    return out;
  }

  resident(value: Value): Storage {
    let storage = this.residents[value.id];
    if (storage === undefined || storage.copy !== null) {
      this.residents[value.id] = storage = new ResidentStorage(this, value);
    }
    return storage;
  }

  free(): void {
    giveBack(this.holding);
    this.views.length = 0;
  }

  /** A value's elements, good until the heap grows. */
  view(value: Value): TypedArray {
    if (this.buffer !== this.heap.memory.buffer) this.refresh();
    let view = this.views[value.id];
    if (view === undefined) {
      view = this.heap.view(value.dtype, this.addressOf(value), value.size);
      this.views[value.id] = view;
    }
    return view;
  }

  private refresh(): void {
    this.buffer = this.heap.memory.buffer;
    this.views.length = 0;
    this.status = this.statusView();
  }

  private statusView(): Int32Array {
    return this.heap.view("int32", this.address, 3) as Int32Array;
  }

  private fail(): never {
    const [code, value, step] = this.status as unknown as [number, number, number];
    this.status.fill(0);
    if (code === LOST) poolOf(this.heap).stop();
    throw failureOf(this.program.steps[step]!, code, value);
  }

  private addressOf(value: Value): number {
    return this.address + STATUS + this.plan.offsets.get(value)!;
  }

  private placed({ value, shape, strides, offset, dtype }: Operand): Placed {
    return { address: this.addressOf(value), shape, strides, offset, dtype };
  }

  /** Writes the module and gives its entry. */
  private compile(scratch: number): () => void {
    const { threads, chunkCost } = this.sharing;
    const module = new ModuleBuilder(this.heap.limits, threads === 1 ? Infinity : chunkCost);
    const places: Places = {
      place: (operand) => this.placed(operand),
      whole: (value, spec) => wholeAt(this.addressOf(value), spec),
      scratch,
      status: this.address,
    };
    const steps = this.program.steps.map((step, i) => emitStep(module, step, i, places));
    for (const { target, source } of this.plan.copies) {
      const from = this.placed(source);
      steps.push(partsOf(emitCopy(module, from, wholeAt(this.addressOf(target), from))));
    }
    const parts = steps.flatMap((parts, i) => {
      const step = this.program.steps[i];
      return parts.map((part, at) => ({
        ...part,
        mayFail: step !== undefined && mayFail(step) && at === parts.length - 1,
      }));
    });
    const id = ++programs;
    const divided = emitSequence(module, { parts, status: this.address, id });
    const engine = wasmEngine()!;
    const compiled = new engine.Module(module.bytes());
    const exported = instantiate(compiled, this.heap.memory, divided ? poolOf(this.heap).late : undefined);
    if (divided) {
      this.holding.id = id;
      poolOf(this.heap).add(id, compiled, threads);
    }
    const start = exported["run"];
    if (start === undefined) throw new OptionError("wasm: the module has no entry: run; report this");
    return start;
  }
}
