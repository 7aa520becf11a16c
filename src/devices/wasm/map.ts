/** The map kernel: expressions over every element, several results in one pass. */

import { type DType, bytesOf, isFloat } from "../../dtype";
import { type Expr, inputsOf } from "../../scalar/expr";
import { type Shape, broadcastStrides, sizeOf } from "../../shape";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler";
import { Lowering, laneTypeOf } from "./expression";
import { LANES, type LaneType } from "./laneTypes";
import { advance, joinAxes, nest } from "./loops";
import { type Placed, startOf } from "./placed";
import { type Part, Share, costOf } from "./share";
import { loadRun, loadSplat, loadSteps, storeRun, storeSteps } from "./transfer";
import { Graph, type Vec } from "./vector";

/** How often an input changes: never, with each row, with each element. */
const FIXED = 0;
const BY_ROW = 1;
const BY_ELEMENT = 2;

/** What a map computes over one shape, to which the inputs are broadcast; outputs are contiguous in it. */
export interface MapCase {
  readonly shape: Shape;
  readonly inputs: readonly Placed[];
  readonly outputs: readonly { readonly expr: Expr; readonly to: Placed }[];
}

/** An operand along the axes of the map: strides in bytes. */
interface Walk {
  readonly dtype: DType;
  readonly start: number;
  readonly strides: readonly number[];
}

/** Walks whose neighbouring axes are joined: the rows, and the walks' strides along one. */
interface Rows {
  readonly sizes: readonly number[];
  readonly walks: readonly Walk[];
  readonly length: number;
  readonly steps: readonly number[];
}

/** An input that the expressions read. */
interface Input {
  readonly walk: number;
  readonly level: 0 | 1 | 2;
  readonly vector: Local;
  /** Where a row that is neither whole nor one element is read next. */
  readonly cursor: Local | null;
}

/** The operand seen over a shape it is broadcast to. */
function walkOf(operand: Placed, shape: Shape): Walk {
  const bytes = bytesOf(operand.dtype);
  const strides = broadcastStrides(operand.shape, operand.strides, shape).map((stride) => stride * bytes);
  return { dtype: operand.dtype, start: startOf(operand), strides };
}

function rowsOf(shape: Shape, operands: readonly Placed[]): Rows {
  const walks = operands.map((operand) => walkOf(operand, shape));
  const { sizes, strides } = joinAxes(shape, walks.map((walk) => walk.strides));
  return {
    sizes: sizes.slice(0, -1),
    walks: walks.map(({ dtype, start }, i) => ({ dtype, start, strides: strides[i]!.slice(0, -1) })),
    length: sizes[sizes.length - 1] ?? 1,
    steps: strides.map((own) => own[own.length - 1] ?? 0),
  };
}

/** Does a whole map step; where all is one row, it may write up to 16 bytes past an output's end. */
export function emitMap(module: ModuleBuilder, what: MapCase): readonly Part[] {
  const share = new Share(module);
  if (sizeOf(what.shape) > 0) new MapEmitter(share, what).emit();
  return [share.part];
}

class MapEmitter {
  private readonly f: FunctionBuilder;
  private readonly cost: number;
  private readonly lanes: LaneType;
  private readonly rows: Rows;
  private readonly inputs: readonly Input[];
  private readonly graph = new Graph();
  private readonly roots: readonly Vec[];

  constructor(
    private readonly share: Share,
    private readonly what: MapCase,
  ) {
    this.f = share.f;
    const exprs = what.outputs.map(({ expr }) => expr);
    const output = what.outputs.find(({ to }) => isFloat(to.dtype)) ?? what.outputs[0]!;
    this.lanes = laneTypeOf(output.to.dtype, what.inputs.map(({ dtype }) => dtype), exprs);
    this.cost = costOf(exprs, sizeOf(what.shape) / LANES[this.lanes]);
    this.rows = rowsOf(what.shape, [...what.inputs, ...what.outputs.map(({ to }) => to)]);
    const read = new Set(exprs.flatMap((expr) => inputsOf(expr)));
    this.inputs = [...read].sort((a, b) => a - b).map((walk) => this.inputOf(walk));
    const vectors = new Map(this.inputs.map(({ walk, vector, level }) => [walk, this.graph.local(vector, level)]));
    const lowering = new Lowering(this.graph, this.lanes, (index) => vectors.get(index)!);
    this.roots = what.outputs.map(({ expr, to }) => {
      const lowered = lowering.of(expr);
      return to.dtype === "bool" ? lowered.mask() : lowered.number();
    });
  }

  private inputOf(walk: number): Input {
    const step = this.rows.steps[walk]!;
    const { dtype, strides } = this.rows.walks[walk]!;
    const fixed = step === 0 && strides.every((stride) => stride === 0);
    const strided = step !== 0 && step !== bytesOf(dtype);
    return {
      walk,
      level: fixed ? FIXED : step === 0 ? BY_ROW : BY_ELEMENT,
      vector: this.f.local("v128"),
      cursor: strided ? this.f.local("i32") : null,
    };
  }

  emit(): void {
    const { f, graph, inputs, roots } = this;
    const { walks, sizes } = this.rows;
    for (const { walk, level, vector } of inputs) {
      if (level !== FIXED) continue;
      f.i32(walks[walk]!.start);
      loadSplat(f, walks[walk]!.dtype, this.lanes);
      f.set(vector);
    }
    graph.hoist(f, roots, FIXED);
    if (sizes.length === 0 && inputs.every(({ cursor }) => cursor === null)) this.wholeRow();
    else nest(f, sizes, walks, (pointers) => { this.oneRow(pointers); }, { share: this.share, cost: this.cost });
  }

  /** Everything is one row: its last vector may reach into the padding. */
  private wholeRow(): void {
    const { f, share } = this;
    const { walks, length } = this.rows;
    const widest = Math.max(...walks.map(({ dtype }) => bytesOf(dtype)));
    const count = LANES[this.lanes];
    const [i, end] = [f.local("i32"), f.local("i32")];
    share.divide(Math.ceil(length / count), this.cost);
    f.i32(0).set(i);
    share.begin(i, count * widest);
    share.count(end, count * widest);
    f.get(i).get(end).op("i32.add").set(end);
    f.loop(() => {
      const address = (walk: number): void => {
        f.get(i);
        const shift = Math.log2(widest / bytesOf(walks[walk]!.dtype));
        if (shift > 0) f.i32(shift).op("i32.shr_u");
      };
      this.vector(count, address, (walk) => walks[walk]!.start);
      f.get(i).i32(count * widest).op("i32.add").tee(i).get(end).op("i32.lt_u").brIf(0);
    });
    f.release(i, end);
  }

  /** One row of several: its last elements are stored one by one. */
  private oneRow(pointers: readonly Local[]): void {
    const { f, graph, inputs, roots } = this;
    const { walks, length } = this.rows;
    for (const { walk, level, vector, cursor } of inputs) {
      if (level === BY_ROW) {
        f.get(pointers[walk]!);
        loadSplat(f, walks[walk]!.dtype, this.lanes);
        f.set(vector);
      } else if (cursor !== null) {
        f.get(pointers[walk]!);
        f.set(cursor);
      }
    }
    graph.hoist(f, roots, BY_ROW);
    const count = LANES[this.lanes];
    const whole = length - (length % count);
    if (whole === count) this.vector(count, (walk) => { f.get(pointers[walk]!); }, () => 0);
    else if (whole > 0) {
      f.repeat(whole, count, (i) => {
        const address = (walk: number): void => {
          f.get(pointers[walk]!);
          f.get(i);
          const shift = Math.log2(bytesOf(walks[walk]!.dtype));
          if (shift > 0) f.i32(shift).op("i32.shl");
          f.op("i32.add");
        };
        this.vector(count, address, () => 0);
      });
    }
    const rest = length - whole;
    const after = (walk: number): number => whole * bytesOf(walks[walk]!.dtype);
    if (rest > 0) this.vector(rest, (walk) => { f.get(pointers[walk]!); }, after);
  }

  /** One vector of each input and output, of which `count` lanes count. */
  private vector(count: number, address: (walk: number) => void, offset: (walk: number) => number): void {
    const { f, what, lanes } = this;
    const { walks, steps } = this.rows;
    for (const { walk, level, vector, cursor } of this.inputs) {
      if (level !== BY_ELEMENT) continue;
      const { dtype } = walks[walk]!;
      if (cursor === null) loadRun(f, dtype, lanes, () => { address(walk); }, offset(walk));
      else {
        loadSteps(f, dtype, lanes, { address: () => f.get(cursor), step: steps[walk]!, count });
        advance(f, cursor, steps[walk]! * LANES[lanes]);
      }
      f.set(vector);
    }
    this.graph.emit(f, this.roots, (locals) => {
      what.outputs.forEach(({ to: { dtype } }, i) => {
        const walk = what.inputs.length + i;
        const target = { address: () => { address(walk); }, offset: offset(walk) };
        if (count === LANES[lanes]) storeRun(f, locals[i]!, dtype, lanes, target);
        else storeSteps(f, locals[i]!, dtype, lanes, { ...target, step: bytesOf(dtype), count });
      });
    });
  }
}
