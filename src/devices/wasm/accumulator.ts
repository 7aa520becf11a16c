/** Joining vectors to running results: short sums in their own precision, their totals in doubles. */

import type { FunctionBuilder, Local } from "./assembler";
import { LANES, type LaneType } from "./laneTypes";

/** What elements are joined by. */
export type Join = "sum" | "prod" | "max" | "min";

const INSTRUCTIONS = {
  float32: { sum: "f32x4.add", prod: "f32x4.mul", max: "f32x4.max", min: "f32x4.min" },
  float64: { sum: "f64x2.add", prod: "f64x2.mul", max: "f64x2.max", min: "f64x2.min" },
  int32: { sum: "i32x4.add", prod: "i32x4.mul", max: "i32x4.max_s", min: "i32x4.min_s" },
} as const;

const SWAP_HALVES = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];
const SWAP_PAIRS = [4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11];
const JOIN_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

/** Pushes what changes nothing when joined. */
export function pushNeutral(f: FunctionBuilder, join: Join, lanes: LaneType): void {
  if (lanes === "int32") f.i32x4({ sum: 0, prod: 1, max: -(2 ** 31), min: 2 ** 31 - 1 }[join]);
  else f[lanes === "float32" ? "f32x4" : "f64x2"]({ sum: 0, prod: 1, max: -Infinity, min: Infinity }[join]);
}

/** Pushes the vector on the stack with all but its first `count` lanes made neutral. */
export function pushMasked(f: FunctionBuilder, join: Join, lanes: LaneType, count: number): void {
  const bytes = count * (16 / LANES[lanes]);
  const word = (at: number): number => (at * 4 < bytes ? -1 : 0);
  pushNeutral(f, join, lanes);
  f.i32x4(word(0), word(1), word(2), word(3)).op("v128.bitselect");
}

/** The running results of one vector of lanes, or of one number that all lanes are parts of. */
export class Accumulator {
  /** How many vectors may be joined before `flush`; 0 where none is needed. */
  readonly limit: number;
  private readonly current: Local;
  private readonly totals: readonly Local[];

  constructor(
    private readonly f: FunctionBuilder,
    private readonly join: Join,
    private readonly lanes: LaneType,
  ) {
    const doubles = lanes === "float32" && (join === "sum" || join === "prod");
    this.limit = !doubles ? 0 : join === "sum" ? 32 : 1;
    this.current = f.local("v128");
    this.totals = doubles ? [f.local("v128"), f.local("v128")] : [];
  }

  /** Starts anew. */
  clear(): void {
    const { f } = this;
    pushNeutral(f, this.join, this.lanes);
    f.set(this.current);
    for (const total of this.totals) {
      pushNeutral(f, this.join, "float64");
      f.set(total);
    }
  }

  /** Joins a vector. */
  add(vector: Local): void {
    this.f.get(this.current).get(vector).op(INSTRUCTIONS[this.lanes][this.join]).set(this.current);
  }

  /** Joins what another holds besides its totals, and empties it. */
  take(other: Accumulator): void {
    this.add(other.current);
    pushNeutral(this.f, this.join, this.lanes);
    this.f.set(other.current);
  }

  /** Joins the short results to the totals. */
  flush(): void {
    const { f, current, totals } = this;
    if (totals.length === 0) return;
    totals.forEach((total, half) => {
      f.get(total).get(current);
      if (half === 1) f.get(current).shuffle(SWAP_HALVES);
      f.op("f64x2.promote_low_f32x4").op(INSTRUCTIONS.float64[this.join]).set(total);
    });
    pushNeutral(f, this.join, this.lanes);
    f.set(current);
  }

  /** The results of all lanes, flushed before, as vectors of lanes of a type. */
  parts(to: LaneType): Local[] {
    const { f, lanes, totals, current } = this;
    if (totals.length > 0) {
      if (to === "float64") return [...totals];
      f.get(totals[0]!).op("f32x4.demote_f64x2_zero").get(totals[1]!).op("f32x4.demote_f64x2_zero");
      f.shuffle(JOIN_HALVES).set(current);
      return [current];
    }
    if (to === lanes) return [current];
    const widen = lanes === "int32" ? "f64x2.convert_low_i32x4_s" : "f64x2.promote_low_f32x4";
    const high = f.local("v128");
    f.get(current).get(current).shuffle(SWAP_HALVES).op(widen).set(high);
    f.get(current).op(widen).set(current);
    return [current, high];
  }

  /** The result of all lanes joined, flushed before, in the first lane of a vector of another type. */
  single(to: LaneType): Local {
    const { f, lanes, join, totals, current } = this;
    if (totals.length > 0) {
      f.get(totals[0]!).get(totals[1]!).op(INSTRUCTIONS.float64[join]).set(current);
      this.fold(SWAP_HALVES, "float64");
      if (to === "float32") f.get(current).op("f32x4.demote_f64x2_zero").set(current);
      return current;
    }
    this.fold(SWAP_HALVES, lanes);
    if (lanes !== "float64") this.fold(SWAP_PAIRS, lanes);
    if (to === "float32" && lanes === "float64") f.get(current).op("f32x4.demote_f64x2_zero").set(current);
    else if (to !== lanes) {
      f.get(current).op(lanes === "int32" ? "f64x2.convert_low_i32x4_s" : "f64x2.promote_low_f32x4").set(current);
    }
    return current;
  }

  /** Gives the locals back. */
  free(): void {
    this.f.release(this.current, ...this.totals);
  }

  private fold(swap: readonly number[], lanes: LaneType): void {
    const { f, current } = this;
    f.get(current).get(current).get(current).shuffle(swap).op(INSTRUCTIONS[lanes][this.join]).set(current);
  }
}
