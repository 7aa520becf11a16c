/** What a reduction reads: its inputs in vectors, several side by side, and the expression of them before it. */

import { bytesOf } from "../../dtype";
import { type Expr, inputsOf } from "../../scalar/expr";
import type { FunctionBuilder, Local } from "./assembler";
import { Lowering } from "./expression";
import { LANES, type LaneType } from "./laneTypes";
import type { Operand, ReduceAxes } from "./reduceAxes";
import { loadRun, loadSplat, loadSteps } from "./transfer";
import { Graph, type Vec } from "./vector";

/** How often an input changes: never, with each row or block of columns, with each vector. */
const FIXED = 0;
const BY_ROW = 1;
const BY_VECTOR = 2;

/** An input that the expression reads: one vector for each stream, or one for all. */
interface Input {
  readonly operand: Operand;
  readonly index: number;
  readonly level: 0 | 1 | 2;
  readonly vectors: readonly Local[];
}

/** The inputs of one function, in so many streams. */
export class ReduceInputs {
  private readonly inputs: readonly Input[];
  private readonly graph = new Graph();
  private readonly roots: readonly Vec[];

  constructor(
    private readonly f: FunctionBuilder,
    private readonly axes: ReduceAxes,
    before: Expr,
    private readonly lanes: LaneType,
    streams: number,
  ) {
    this.inputs = inputsOf(before).map((index) => this.inputOf(index, streams));
    this.roots = Array.from({ length: streams }, (_, stream) => {
      const vectors = new Map(this.inputs.map((input) => [input.index, this.vectorOf(input, stream)]));
      return new Lowering(this.graph, this.lanes, (index) => vectors.get(index)!).of(before).number();
    });
  }

  /** At the start of the function. */
  loadFixed(): void {
    const { f, graph, roots } = this;
    for (const { operand, level, vectors } of this.inputs) {
      if (level !== FIXED) continue;
      f.i32(operand.start);
      loadSplat(f, operand.dtype, this.lanes);
      f.set(vectors[0]!);
    }
    graph.hoist(f, roots, FIXED);
  }

  /** Where a row, or a block of columns, begins. */
  loadRow(cursors: readonly Local[], streams: number, count: number): void {
    this.load(BY_ROW, cursors, streams, count);
    this.hoistRow();
  }

  /** The same where no input changes by row. */
  hoistRow(): void {
    this.graph.hoist(this.f, this.roots, BY_ROW);
  }

  /** Loads the next vectors, of which `count` lanes count, and hands the values of the expression to `use`. */
  compute(cursors: readonly Local[], streams: number, count: number, use: (values: readonly Local[]) => void): void {
    this.load(BY_VECTOR, cursors, streams, count);
    this.graph.emit(this.f, this.roots.slice(0, streams), use);
  }

  private vectorOf({ level, vectors }: Input, stream: number): Vec {
    return this.graph.local(vectors[Math.min(stream, vectors.length - 1)]!, level);
  }

  private inputOf(index: number, streams: number): Input {
    const operand = this.axes.inputs[index]!;
    const { step, kept, reduced } = operand;
    const still = reduced.every((stride) => stride === 0);
    const fixed = step === 0 && still && kept.every((stride) => stride === 0);
    const byRow = this.axes.byColumns ? still : step === 0;
    const level = fixed ? FIXED : byRow ? BY_ROW : BY_VECTOR;
    const count = step === 0 ? 1 : streams;
    return { operand, index, level, vectors: Array.from({ length: count }, () => this.f.local("v128")) };
  }

  private load(level: 1 | 2, cursors: readonly Local[], streams: number, count: number): void {
    const { f, lanes } = this;
    for (const input of this.inputs) {
      if (input.level !== level) continue;
      const { dtype, step } = input.operand;
      const cursor = cursors[input.index]!;
      input.vectors.slice(0, streams).forEach((vector, stream) => {
        const shift = stream * LANES[lanes] * step;
        if (step === 0) {
          f.get(cursor);
          loadSplat(f, dtype, lanes);
        } else if (step === bytesOf(dtype)) loadRun(f, dtype, lanes, () => f.get(cursor), shift);
        else {
          const address = (): void => { f.get(cursor).i32(shift).op("i32.add"); };
          loadSteps(f, dtype, lanes, { address, step, count });
        }
        f.set(vector);
      });
    }
  }
}
