/** The softmax kernel: exponentials that sum to one along an axis, or their logarithms, row by row or lane by lane. */

import { bytesOf } from "../../dtype";
import { sizeOf } from "../../shape";
import { type Expr, div, exp, input as argument, log as logarithm, sub } from "../../scalar/expr";
import type { AllKernels } from "../../tensor/device";
import { Accumulator, pushMasked } from "./accumulator";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler";
import { Lowering } from "./expression";
import { LANES, type LaneType } from "./laneTypes";
import { advance, nest, times } from "./loops";
import { type Placed, byteStrides, startOf } from "./placed";
import { type Part, Share } from "./share";
import { loadRun, loadSteps, storeRun, storeSteps } from "./transfer";
import { Graph } from "./vector";

/** What the kernel is told, and where; the output is float32 or float64. */
interface SoftmaxCase {
  readonly axis: number;
  readonly log: boolean;
  readonly input: Placed;
  readonly output: Placed;
}

/** Nanoseconds that an element takes on one thread, about. */
const COST = 2;

/** Does softmax or log-softmax over an axis. */
export function emitSoftmax(
  module: ModuleBuilder,
  attrs: AllKernels["softmax"],
  input: Placed,
  output: Placed,
): readonly Part[] {
  const share = new Share(module);
  if (!input.shape.includes(0)) new SoftmaxEmitter(share, { ...attrs, input, output }).emit();
  return [share.part];
}

/** Input and output at one place. */
interface Places {
  readonly from: Local;
  readonly to: Local;
}

const [x, largest, scale] = [argument(0), argument(1), argument(2)] as const;

class SoftmaxEmitter {
  private readonly f: FunctionBuilder;
  private readonly lanes: LaneType;
  /** Sizes, and strides in bytes. */
  private readonly from: readonly number[];
  private readonly to: readonly number[];
  private readonly length: number;
  private readonly vector: Local;
  private readonly largest: Local;
  private readonly scale: Local;

  constructor(
    private readonly share: Share,
    private readonly what: SoftmaxCase,
  ) {
    const { f } = share;
    this.f = f;
    this.lanes = what.output.dtype === "float64" ? "float64" : "float32";
    this.from = byteStrides(what.input);
    this.to = byteStrides(what.output);
    this.length = what.input.shape[what.axis]!;
    this.vector = f.local("v128");
    this.largest = f.local("v128");
    this.scale = f.local("v128");
  }

  emit(): void {
    const { f, what } = this;
    const { shape } = what.input;
    const across = this.across;
    const outer = shape.map((_, axis) => axis).filter((axis) => axis !== what.axis && axis !== across);
    const cursors = [
      { start: startOf(what.input), strides: outer.map((axis) => this.from[axis]!) },
      { start: startOf(what.output), strides: outer.map((axis) => this.to[axis]!) },
    ];
    const cost = COST * sizeOf(shape);
    const body = ([from, to]: readonly Local[]): void => {
      if (across !== null) this.besides({ from: from!, to: to! }, shape[across]!, across);
      else this.along({ from: from!, to: to! });
    };
    nest(f, outer.map((axis) => shape[axis]!), cursors, body, { share: this.share, cost });
  }

  /** The axis that vectors lie across, each lane a row of its own; null where they lie along the rows. */
  private get across(): number | null {
    const { axis, input: { shape } } = this.what;
    const last = shape.length - 1;
    if (axis !== last) return last;
    const before = shape[last - 1] ?? 1;
    return this.length <= LANES[this.lanes] && before >= LANES[this.lanes] ? last - 1 : null;
  }

  /** Rows side by side, one in each lane. */
  private besides(start: Places, width: number, across: number): void {
    const { f, from, to } = this;
    const size = LANES[this.lanes];
    const here = this.copied(start);
    const run = (count: number): void => {
      const pass = (body: (places: Places) => void): void => {
        const places = this.copied(here);
        times(f, this.length, () => {
          this.load(places.from, this.what.input, from[across]!, count);
          body(places);
          advance(f, places.from, from[this.what.axis]!);
          advance(f, places.to, to[this.what.axis]!);
        });
        f.release(places.from, places.to);
      };
      this.rows(pass, (accumulator, type) => accumulator.parts(type)[0]!, to[across]!, count, null);
    };
    if (width >= size) {
      times(f, Math.floor(width / size), () => {
        run(size);
        advance(f, here.from, from[across]! * size);
        advance(f, here.to, to[across]! * size);
      });
    }
    if (width % size > 0) run(width % size);
    f.release(here.from, here.to);
  }

  /** One row, vector after vector. */
  private along(start: Places): void {
    const { f, length } = this;
    const size = LANES[this.lanes];
    const [step, target] = [this.from[this.what.axis]!, bytesOf(this.what.output.dtype)];
    const pass = (body: (places: Places) => void, tail: (places: Places) => void = body): void => {
      const places = this.copied(start);
      if (length >= size) {
        times(f, Math.floor(length / size), () => {
          this.load(places.from, this.what.input, step, size);
          body(places);
          advance(f, places.from, step * size);
          advance(f, places.to, target * size);
        });
      }
      if (length % size > 0) {
        this.load(places.from, this.what.input, step, length % size);
        tail(places);
      }
      f.release(places.from, places.to);
    };
    const single = (accumulator: Accumulator, type: LaneType): Local => {
      const vector = accumulator.single(type);
      const bytes = 16 / size;
      f.get(vector).get(vector).shuffle(Array.from({ length: 16 }, (_, i) => i % bytes)).set(vector);
      return vector;
    };
    this.rows(pass, single, target, size, length % size);
  }

  /** The three passes over rows: the largest element, the exponentials and their sum, the results. */
  private rows(
    pass: (body: (places: Places) => void, tail?: (places: Places) => void) => void,
    result: (accumulator: Accumulator, type: LaneType) => Local,
    step: number,
    count: number,
    rest: number | null,
  ): void {
    const { f, lanes, what } = this;
    const peak = new Accumulator(f, "max", lanes);
    peak.clear();
    pass(() => { peak.add(this.vector); }, () => { peak.add(this.masked(this.vector, "max", rest)); });
    f.get(result(peak, lanes)).set(this.largest);
    const total = new Accumulator(f, "sum", lanes);
    const exponential = exp(sub(x, largest));
    const store = (value: Local, places: Places, left: number): void => {
      const address = (): void => { f.get(places.to); };
      const whole = step === bytesOf(what.output.dtype) && left === LANES[lanes];
      if (whole) storeRun(f, value, what.output.dtype, lanes, { address, offset: 0 });
      else storeSteps(f, value, what.output.dtype, lanes, { address, step, count: left });
    };
    const sum = (places: Places, tail: boolean): void => {
      this.compute(exponential, (value) => {
        if (!what.log) store(value, places, tail ? (rest ?? count) : count);
        total.add(tail ? this.masked(value, "sum", rest) : value);
        total.flush();
      });
    };
    total.clear();
    pass((places) => { sum(places, false); }, (places) => { sum(places, true); });
    f.get(result(total, lanes)).set(this.scale);
    if (what.log) this.compute(logarithm(scale), (value) => f.get(value).set(this.scale));
    const end = (places: Places, left: number): void => {
      if (!what.log) this.load(places.to, what.output, step, left);
      this.compute(what.log ? sub(sub(x, largest), scale) : div(x, scale), (value) => { store(value, places, left); });
    };
    pass((places) => { end(places, count); }, (places) => { end(places, rest ?? count); });
    peak.free();
    total.free();
  }

  private compute(expr: Expr, use: (value: Local) => void): void {
    const graph = new Graph();
    const vectors = [this.vector, this.largest, this.scale].map((local) => graph.local(local, 0));
    const root = new Lowering(graph, this.lanes, (index) => vectors[index]!).of(expr).number();
    graph.emit(this.f, [root], ([local]) => { use(local!); });
  }

  private load(from: Local, { dtype }: Placed, step: number, count: number): void {
    const { f, lanes } = this;
    const address = (): void => { f.get(from); };
    if (step === bytesOf(dtype)) loadRun(f, dtype, lanes, address, 0);
    else loadSteps(f, dtype, lanes, { address, step, count });
    f.set(this.vector);
  }

  /** The vector with lanes from `count` on made neutral. */
  private masked(value: Local, join: "max" | "sum", count: number | null): Local {
    if (count === null || count === 0) return value;
    const { f, lanes } = this;
    const masked = f.local("v128");
    f.get(value);
    pushMasked(f, join, lanes, count);
    f.set(masked);
    f.release(masked);
    return masked;
  }

  private copied({ from, to }: Places): Places {
    const { f } = this;
    const copy = { from: f.local("i32"), to: f.local("i32") };
    f.get(from).set(copy.from).get(to).set(copy.to);
    return copy;
  }
}
