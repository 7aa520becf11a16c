/** Dividing a kernel: each call of its function does a stretch of one loop, so that threads can take turns. */

import { type Expr, type ScalarOp, topological } from "../../scalar/expr";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler";
import { times } from "./loops";

/** A part of a step: its chunks may be done in any order, by any thread; all of them before the next part begins. */
export interface Part {
  /** Takes the number of the chunk where there are several, else nothing. */
  readonly f: FunctionBuilder;
  readonly chunks: number;
}

/** Chunks that make dividing worth it. */
const LEAST = 8;

/** Chunks of a part at most: enough that threads that are late or slow find something to do. */
const CHUNKS = 16;

/** A function that does a stretch of one loop; where the module does not divide, all of it. */
export class Share {
  readonly f: FunctionBuilder;
  /** How often the function is to be called; 1 until a loop was divided. */
  chunks = 1;
  private size = 1;
  /** Turns of the loop in each chunk but the last, which may have fewer. */
  private each = 1;

  constructor(private readonly module: ModuleBuilder) {
    this.f = module.function(module.divides ? ["i32"] : []);
  }

  /**
   * Divides a loop of `size` turns that takes about `cost` nanoseconds on one thread, after multiples of `unit`; how it
   * is divided depends on these alone, not on the number of threads.
   */
  divide(size: number, cost: number, unit = 1): void {
    const units = Math.ceil(size / unit);
    const worth = Math.floor(cost / this.module.chunkCost);
    const most = worth >= LEAST ? Math.min(units, CHUNKS, worth) : 1;
    this.size = size;
    this.each = Math.ceil(units / Math.max(most, 1)) * unit;
    this.chunks = Math.max(Math.ceil(size / this.each), 1);
    if (this.chunks === 1) this.each = size;
  }

  /** The function as a part of a step. */
  get part(): Part {
    return { f: this.f, chunks: this.chunks };
  }

  /** local += `step` for each turn before the stretch. */
  begin(local: Local, step: number): void {
    if (this.chunks === 1 || step === 0) return;
    this.f.get(local).get(this.chunk).i32(this.each * step).op("i32.mul").op("i32.add").set(local);
  }

  /** local = the number of turns in the stretch, times `step`. */
  count(local: Local, step: number): void {
    const { f, each, size, chunks } = this;
    const last = size - each * (chunks - 1);
    f.i32(last * step);
    if (last !== each) f.i32(each * step).get(this.chunk).i32(chunks - 1).op("i32.eq").op("select");
    f.set(local);
  }

  /** Repeats `body` for each turn of the stretch. */
  times(body: () => void): void {
    const { f, each, size, chunks } = this;
    if (each * chunks === size) {
      times(f, each, body);
      return;
    }
    const left = f.local("i32");
    this.count(left, 1);
    f.loop(() => {
      body();
      f.get(left).i32(-1).op("i32.add").tee(left).brIf(0);
    });
    f.release(left);
  }

  /** Appends what is to be done for a stretch of so many turns; twice, where the last has fewer. */
  stretches(emit: (turns: number) => void): void {
    const { f, each, size, chunks } = this;
    const last = size - each * (chunks - 1);
    if (last === each) emit(each);
    else f.get(this.chunk).i32(chunks - 1).op("i32.eq").if(() => { emit(last); }, () => { emit(each); });
  }

  /** Appends what only one chunk does. */
  once(emit: () => void): void {
    if (this.chunks === 1) emit();
    else this.f.get(this.chunk).i32(this.chunks - 1).op("i32.eq").if(emit);
  }

  private get chunk(): Local {
    return this.f.params[0]!;
  }
}

/** What a kernel's emitter gives: the one function, or parts one after another. */
export type Emitted = FunctionBuilder | readonly Part[];

/** The parts of an emitted step. */
export function partsOf(emitted: Emitted): readonly Part[] {
  return "params" in emitted ? [{ f: emitted, chunks: 1 }] : emitted;
}

/** Appends calls that do all chunks of a part here. */
export function callWhole(f: FunctionBuilder, { f: target, chunks }: Part): void {
  for (let chunk = 0; chunk < chunks; chunk++) {
    if (target.params.length > 0) f.i32(chunk);
    f.call(target);
  }
}

const CHEAP: ReadonlySet<ScalarOp> = new Set<ScalarOp>([
  "neg", "abs", "sign", "floor", "ceil", "round", "add", "sub", "mul", "div", "sqrt", "minimum", "maximum", "equal",
  "less", "lessEqual", "select",
]);

/** Nanoseconds that expressions over so many vectors take on one thread, about. */
export function costOf(exprs: readonly Expr[], vectors: number): number {
  const nodes = topological(...exprs);
  const costly = nodes.filter((node) => node.kind === "apply" && !CHEAP.has(node.op)).length;
  return vectors * (0.2 * nodes.length + 4 * costly);
}
