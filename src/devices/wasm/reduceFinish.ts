/** What follows a reduction: the expression after it, the epilogue, and the store. */

import { bytesOf } from "../../dtype";
import type { FunctionBuilder, Local } from "./assembler";
import { Lowering, laneTypeOf } from "./expression";
import { LANES, type LaneType } from "./laneTypes";
import type { Operand, ReduceAxes, ReduceCase } from "./reduceAxes";
import { loadRun, loadSplat, loadSteps, storeRun, storeSteps } from "./transfer";
import { Graph, type Vec } from "./vector";

/** The lanes in which the expression after a reduction is computed, given those of the reduction. */
export function finishLanes({ attrs, dtype }: ReduceCase, lanes: LaneType): LaneType {
  if (dtype === "float32" || dtype === "float64") return dtype;
  if (lanes === "float32" && dtype === "bool") return lanes;
  return lanes === "int32" && laneTypeOf("int32", [], [attrs.after]) === "int32" ? "int32" : "float64";
}

/** Finishes and stores results. */
export class Finish {
  private readonly epilogueLanes: LaneType;
  /** Whether the epilogue can go on with the lanes as they are. */
  private readonly direct: boolean;

  constructor(
    private readonly f: FunctionBuilder,
    private readonly what: ReduceCase,
    private readonly axes: ReduceAxes,
    private readonly lanes: LaneType,
  ) {
    const { dtype, epilogue, output } = what;
    const reads = epilogue?.reads.map((read) => read.dtype) ?? [];
    this.epilogueLanes = epilogue === null ? lanes : laneTypeOf(output.dtype, [dtype, ...reads], [epilogue.expr]);
    this.direct = epilogue === null || (lanes === this.epilogueLanes && dtype === lanes);
  }

  /** The first `count` lanes are results from `at` on along the vector axis; pointers are those of output and reads. */
  store(results: Local, at: number, count: number, pointers: readonly Local[]): void {
    if (this.direct) this.storeLanes(new Graph(), results, (graph) => graph.local(results, 0), at, count, pointers);
    else {
      for (let lane = 0; lane < count; lane++) {
        const convert = (graph: Graph): Vec => {
          return this.convert(graph, this.laneAsFirst(graph, graph.local(results, 0), lane));
        };
        this.storeLanes(new Graph(), results, convert, at + lane, 1, pointers);
      }
    }
  }

  private laneAsFirst(graph: Graph, x: Vec, lane: number): Vec {
    const bytes = 16 / LANES[this.lanes];
    return lane === 0 ? x : graph.shuffle(x, x, Array.from({ length: 16 }, (_, i) => lane * bytes + (i % bytes)));
  }

  /** The result as the kernel's dtype holds it, in the lanes of the epilogue; only the first lane counts. */
  private convert(graph: Graph, x: Vec): Vec {
    const { lanes, epilogueLanes: to } = this;
    const after = new Lowering(graph, lanes, () => x).of(this.what.attrs.after);
    if (this.what.dtype === lanes) {
      const widen = lanes === "float32" ? "f64x2.promote_low_f32x4" : "f64x2.convert_low_i32x4_s";
      const narrow = lanes === "float64" ? "f32x4.demote_f64x2_zero" : "f32x4.convert_i32x4_s";
      return graph.op(to === "float64" ? widen : narrow, after.number());
    }
    const whole =
      this.what.dtype === "bool"
        ? graph.op("v128.and", after.mask(), graph.integers(1))
        : graph.op("i32x4.trunc_sat_f64x2_s_zero", after.number());
    if (to === "int32") return whole;
    return graph.op(to === "float32" ? "f32x4.convert_i32x4_s" : "f64x2.convert_low_i32x4_s", whole);
  }

  private storeLanes(
    graph: Graph,
    results: Local,
    value: (graph: Graph) => Vec,
    at: number,
    count: number,
    pointers: readonly Local[],
  ): void {
    const { f, axes, what } = this;
    const { epilogue, output } = what;
    const loaded: Local[] = [];
    let lowered = new Lowering(graph, this.lanes, () => graph.local(results, 0)).of(what.attrs.after);
    if (epilogue !== null) {
      const first = this.direct ? lowered.number() : value(graph);
      const reads = axes.reads.map((read, i) => {
        const vector = this.loadRead(read, pointers[i + 1]!, at, count);
        loaded.push(vector);
        return graph.local(vector, 0);
      });
      const operand = (index: number): Vec => (index === 0 ? first : reads[index - 1]!);
      lowered = new Lowering(graph, this.epilogueLanes, operand).of(epilogue.expr);
    }
    const root = output.dtype === "bool" ? lowered.mask() : lowered.number();
    graph.emit(f, [root], ([local]) => {
      const { step } = axes.output;
      const address = (): void => { f.get(pointers[0]!).i32(at * step).op("i32.add"); };
      const lanes = this.epilogueLanes;
      const whole = step === bytesOf(output.dtype) && count === LANES[lanes];
      if (whole) storeRun(f, local!, output.dtype, lanes, { address, offset: 0 });
      else storeSteps(f, local!, output.dtype, lanes, { address, step, count });
    });
    f.release(...loaded);
  }

  private loadRead({ dtype, step }: Operand, pointer: Local, at: number, count: number): Local {
    const { f, epilogueLanes: lanes } = this;
    const vector = f.local("v128");
    const address = (): void => { f.get(pointer).i32(at * step).op("i32.add"); };
    if (step === 0 || count === 1) {
      address();
      loadSplat(f, dtype, lanes);
    } else if (step === bytesOf(dtype)) loadRun(f, dtype, lanes, address, 0);
    else loadSteps(f, dtype, lanes, { address, step, count });
    f.set(vector);
    return vector;
  }
}
