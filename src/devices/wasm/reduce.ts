/** The reduce kernel: sums, products and extremes over axes, with an expression before and what follows it. */

import { topological } from "../../scalar/expr";
import { sizeOf } from "../../shape";
import { Accumulator, pushMasked } from "./accumulator";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler";
import { laneTypeOf } from "./expression";
import { LANES, type LaneType } from "./laneTypes";
import { type Cursor, type Divided, advance, nest, times } from "./loops";
import { BLOCK, type ReduceAxes, type ReduceCase, blocksOf, overKept, reduceAxes } from "./reduceAxes";
import { Finish, finishLanes } from "./reduceFinish";
import { ReduceInputs } from "./reduceInputs";
import { type Part, Share, costOf } from "./share";

/** Vectors side by side: expressions with more nodes than that are computed for one at a time. */
const STREAMS = 4;
const CHEAP = 16;
const COSTLY = new Set(["exp", "log", "tanh", "sigmoid"]);

/** Does a whole reduction; of a long row, blocks first, whose results are kept at `scratch`, and then those. */
export function emitReduce(module: ModuleBuilder, what: ReduceCase, scratch: number): readonly Part[] {
  const share = new Share(module);
  if (sizeOf(what.output.shape) === 0) return [share.part];
  const emitter = new ReduceEmitter(share, what);
  if (blocksOf(emitter.axes) === 1) {
    emitter.emit();
    return [share.part];
  }
  emitter.emitBlocks(scratch);
  return [share.part, emitter.emitTotal(module, scratch)];
}

class ReduceEmitter {
  readonly axes: ReduceAxes;
  private readonly f: FunctionBuilder;
  private readonly cost: number;
  private readonly lanes: LaneType;
  private readonly inputs: ReduceInputs;
  private readonly accumulators: readonly Accumulator[];
  private readonly finish: Finish;
  private readonly finishLanes: LaneType;

  constructor(
    private readonly share: Share,
    private readonly what: ReduceCase,
  ) {
    const { before, op, shape } = what.attrs;
    const { f } = share;
    this.f = f;
    this.lanes = laneTypeOf(what.dtype, what.inputs.map(({ dtype }) => dtype), [before]);
    this.axes = reduceAxes(what);
    this.cost = costOf([before], sizeOf(shape) / LANES[this.lanes]);
    const streams = this.streamCount();
    this.accumulators = Array.from({ length: streams }, () => new Accumulator(f, op, this.lanes));
    this.inputs = new ReduceInputs(f, this.axes, before, this.lanes, streams);
    this.finishLanes = finishLanes(what, this.lanes);
    this.finish = new Finish(f, what, this.axes, this.finishLanes);
  }

  private streamCount(): number {
    const { before, op } = this.what.attrs;
    const nodes = topological(before);
    const costly = op === "prod" || nodes.length > CHEAP || nodes.some((node) => node.kind === "apply" && COSTLY.has(node.op));
    return costly || this.axes.length < 2 * LANES[this.lanes] ? 1 : STREAMS;
  }

  emit(): void {
    const { f, axes } = this;
    this.inputs.loadFixed();
    const walks = [...axes.inputs, axes.output, ...axes.reads];
    const body = (pointers: readonly Local[]): void => {
      if (axes.byColumns) this.columns(pointers);
      else this.row(pointers);
    };
    nest(f, axes.kept, walks.map(overKept), body, this.divided);
  }

  /** The lanes of a block's result: sums of floats stay doubles. */
  private get blockLanes(): LaneType {
    const { op } = this.what.attrs;
    return this.lanes === "float32" && (op === "sum" || op === "prod") ? "float64" : this.lanes;
  }

  /** One long row: the result of each block goes to a vector of its own, whose first lane counts. */
  emitBlocks(scratch: number): void {
    const { f, axes, share, accumulators, inputs } = this;
    inputs.loadFixed();
    inputs.hoistRow();
    const whole = Math.floor(axes.length / BLOCK);
    const cursors = axes.inputs.map(({ start }) => {
      const cursor = f.local("i32");
      f.i32(start).set(cursor);
      return cursor;
    });
    const to = f.local("i32");
    f.i32(scratch).set(to);
    share.divide(whole, this.cost);
    share.begin(to, 16);
    cursors.forEach((cursor, i) => { share.begin(cursor, axes.inputs[i]!.step * BLOCK); });
    const block = (length: number): void => {
      for (const accumulator of accumulators) accumulator.clear();
      this.alongRow(cursors, length);
      f.get(to).get(accumulators[0]!.single(this.blockLanes)).memory("v128.store");
      advance(f, to, 16);
    };
    share.times(() => { block(BLOCK); });
    const rest = axes.length % BLOCK;
    share.once(() => { if (rest > 0) block(rest); });
  }

  /** Joins the results of the blocks in their order. */
  emitTotal(module: ModuleBuilder, scratch: number): Part {
    const { axes, blockLanes, what } = this;
    const f = module.function([]);
    const total = new Accumulator(f, what.attrs.op, blockLanes);
    const [from, vector] = [f.local("i32"), f.local("v128")];
    total.clear();
    f.i32(scratch).set(from);
    times(f, blocksOf(axes), () => {
      f.get(from).memory("v128.load");
      pushMasked(f, what.attrs.op, blockLanes, 1);
      f.set(vector);
      total.add(vector);
      advance(f, from, 16);
    });
    const pointers = [axes.output, ...axes.reads].map(({ start }) => {
      const pointer = f.local("i32");
      f.i32(start).set(pointer);
      return pointer;
    });
    new Finish(f, what, axes, this.finishLanes).store(total.single(this.finishLanes), 0, 1, pointers);
    return { f, chunks: 1 };
  }

  private get divided(): Divided {
    return { share: this.share, cost: this.cost };
  }

  /** One result: all vectors of all its rows are joined. */
  private row(pointers: readonly Local[]): void {
    const { f, axes, accumulators, inputs } = this;
    const [first] = accumulators as [Accumulator];
    for (const accumulator of accumulators) accumulator.clear();
    nest(f, axes.reduced, this.overReduced(pointers), (starts) => {
      inputs.loadRow(starts, 1, LANES[this.lanes]);
      const cursors = starts.map((start) => {
        const cursor = f.local("i32");
        f.get(start).set(cursor);
        return cursor;
      });
      this.alongRow(cursors, axes.length);
      f.release(...cursors);
    });
    this.finish.store(first.single(this.finishLanes), 0, 1, pointers.slice(axes.inputs.length));
  }

  private alongRow(cursors: readonly Local[], length: number): void {
    const { accumulators } = this;
    const [first] = accumulators as [Accumulator];
    const size = LANES[this.lanes];
    const streams = accumulators.length;
    const vectors = Math.floor(length / size);
    const gather = (): void => {
      for (const other of accumulators.slice(1)) first.take(other);
      first.flush();
    };
    this.chunked(Math.floor(vectors / streams), () => { this.step(cursors, streams, size); }, gather);
    this.chunked(vectors % streams, () => { this.step(cursors, 1, size); }, () => { first.flush(); });
    const rest = length % size;
    if (rest === 0) return;
    this.step(cursors, 1, rest);
    first.flush();
  }

  /** Joins the next vectors of a row; of the last one only some lanes may count. */
  private step(cursors: readonly Local[], streams: number, count: number): void {
    const { f } = this;
    this.inputs.compute(cursors, streams, count, (values) => {
      values.forEach((value, stream) => {
        const masked = count === LANES[this.lanes] ? value : this.masked(value, count);
        this.accumulators[stream]!.add(masked);
      });
    });
    cursors.forEach((cursor, i) => { advance(f, cursor, this.axes.inputs[i]!.step * streams * LANES[this.lanes]); });
  }

  private masked(value: Local, count: number): Local {
    const { f, lanes } = this;
    const masked = f.local("v128");
    f.get(value);
    pushMasked(f, this.what.attrs.op, lanes, count);
    f.set(masked);
    f.release(masked);
    return masked;
  }

  /** Results side by side: blocks of columns, each joined from top to bottom. */
  private columns(pointers: readonly Local[]): void {
    const { f, axes, share } = this;
    const size = LANES[this.lanes];
    const block = this.accumulators.length * size;
    const walks = [...axes.inputs, axes.output, ...axes.reads];
    const cursors = pointers.map((pointer) => {
      const cursor = f.local("i32");
      f.get(pointer).set(cursor);
      return cursor;
    });
    const one = (streams: number, lanes: number): void => {
      this.block(cursors, streams, lanes);
      walks.forEach(({ step }, i) => { advance(f, cursors[i]!, step * streams * size); });
    };
    const full = Math.floor(axes.length / block);
    const alone = axes.kept.every((kept) => kept === 1);
    if (full > 0 && alone) {
      share.divide(full, this.cost);
      walks.forEach(({ step }, i) => { share.begin(cursors[i]!, step * block); });
      share.times(() => { one(this.accumulators.length, size); });
    } else if (full > 0) times(f, full, () => { one(this.accumulators.length, size); });
    const tail = (): void => {
      const single = Math.floor((axes.length % block) / size);
      if (single > 0) times(f, single, () => { one(1, size); });
      if (axes.length % size > 0) one(1, axes.length % size);
    };
    if (alone) share.once(tail);
    else tail();
    f.release(...cursors);
  }

  private block(cursors: readonly Local[], streams: number, count: number): void {
    const { axes, inputs } = this;
    const accumulators = this.accumulators.slice(0, streams);
    for (const accumulator of accumulators) accumulator.clear();
    inputs.loadRow(cursors, streams, count);
    const step = (starts: readonly Local[]): void => {
      inputs.compute(starts, streams, count, (values) => {
        values.forEach((value, stream) => { accumulators[stream]!.add(value); });
      });
    };
    this.overRows(cursors, step, () => { for (const accumulator of accumulators) accumulator.flush(); });
    const outputs = cursors.slice(axes.inputs.length);
    accumulators.forEach((accumulator, stream) => {
      accumulator.parts(this.finishLanes).forEach((part, i, { length }) => {
        const size = LANES[this.lanes] / length;
        const left = Math.min(size, count - i * size);
        if (left > 0) this.finish.store(part, stream * LANES[this.lanes] + i * size, left, outputs);
      });
    });
  }

  /** Runs `step` for each position of the reduced axes, and `flush` as often as it must. */
  private overRows(cursors: readonly Local[], step: (starts: readonly Local[]) => void, flush: () => void): void {
    const { f, axes } = this;
    const last = axes.reduced.length - 1;
    if (axes.reduced.includes(0)) return;
    if (last < 0) {
      step(cursors);
      flush();
      return;
    }
    const outer = this.overReduced(cursors).map(({ start, strides }) => ({ start, strides: strides.slice(0, last) }));
    nest(f, axes.reduced.slice(0, last), outer, (starts) => {
      const rows = starts.map((start) => {
        const row = f.local("i32");
        f.get(start).set(row);
        return row;
      });
      const one = (): void => {
        step(rows);
        rows.forEach((row, i) => { advance(f, row, axes.inputs[i]!.reduced[last]!); });
      };
      this.chunked(axes.reduced[last]!, one, flush);
      f.release(...rows);
    });
  }

  /** Runs `body` `count` times, and `flush` before an accumulator has taken too much. */
  private chunked(count: number, body: () => void, flush: () => void): void {
    const { f } = this;
    const { limit } = this.accumulators[0]!;
    if (count === 0) return;
    if (limit > 0 && count > limit) {
      times(f, Math.floor(count / limit), () => {
        times(f, limit, body);
        flush();
      });
      count %= limit;
    }
    if (count === 0) return;
    times(f, count, body);
    flush();
  }

  private overReduced(pointers: readonly Local[]): Cursor[] {
    return this.axes.inputs.map(({ reduced }, i) => ({ start: pointers[i]!, strides: reduced }));
  }
}
