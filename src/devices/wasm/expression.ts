/** Scalar expressions as vector instructions: comparisons stay masks for as long as nothing asks for their number. */

import { type DType, isFloat, promote } from "../../dtype";
import { type Expr, type ScalarOp, topological } from "../../scalar/expr";
import type { FunctionBuilder, Local } from "./assembler";
import { type LaneType } from "./laneTypes";
import { type NumberOp, rulesOf } from "./lanes";
import { Graph, type Vec } from "./vector";

const WHOLE: ReadonlySet<ScalarOp> = new Set<ScalarOp>([
  "neg", "abs", "sign", "floor", "ceil", "round", "add", "sub", "mul", "pow", "minimum", "maximum", "equal", "less",
  "lessEqual", "select",
]);

/** Whether an expression of whole numbers can be computed in whole numbers. */
function staysWhole(node: Expr): boolean {
  if (node.kind === "const") return (node.value | 0) === node.value;
  return node.kind === "input" || WHOLE.has(node.op);
}

/**
 * The type of lane that expressions are computed in: that of a float output, else of the inputs; whole numbers are
 * computed as doubles where something asks for a fraction.
 */
export function laneTypeOf(output: DType, inputs: readonly DType[], exprs: readonly Expr[]): LaneType {
  const dtype = isFloat(output) ? output : inputs.reduce(promote, "int32");
  if (dtype === "float32" || dtype === "float64") return dtype;
  return topological(...exprs).every(staysWhole) ? "int32" : "float64";
}

/** What an expression became: a number, a mask, or first the one and then also the other. */
export interface Lowered {
  number(): Vec;
  /** Lanes of ones where the number is not 0. */
  mask(): Vec;
}

const TYPES = { float32: "f32x4", float64: "f64x2", int32: "i32x4" } as const;

/** Lowers expressions to the graph of one function. */
export class Lowering {
  private readonly type: "f32x4" | "f64x2" | "i32x4";
  private readonly done = new Map<Expr, Lowered>();

  constructor(
    readonly graph: Graph,
    readonly lanes: LaneType,
    private readonly input: (index: number) => Vec,
  ) {
    this.type = TYPES[lanes];
  }

  /** The vectors of an expression. */
  of(root: Expr): Lowered {
    for (const node of topological(root)) if (!this.done.has(node)) this.done.set(node, this.lower(node));
    return this.done.get(root)!;
  }

  /** A constant in all lanes. */
  constant(value: number): Vec {
    if (this.type === "i32x4") return this.graph.integers(value | 0);
    return this.graph.floats(this.type, this.type === "f32x4" ? Math.fround(value) : value);
  }

  private lower(node: Expr): Lowered {
    if (node.kind === "const") return this.fromNumber(this.constant(node.value));
    if (node.kind === "input") return this.fromNumber(this.input(node.index));
    return this.apply(node.op, node.args);
  }

  private apply(op: ScalarOp, args: readonly Expr[]): Lowered {
    const { graph, type } = this;
    const [a, b, c] = args.map((arg) => this.done.get(arg)!) as [Lowered, Lowered, Lowered];
    if (op === "select") {
      return this.fromNumber(graph.op("v128.bitselect", b.number(), c.number(), a.mask()));
    }
    if (op === "equal") {
      if (isZero(args[1]!) && isMask(args[0]!)) return this.fromMask(graph.op("v128.not", a.mask()));
      return this.fromMask(graph.op(`${type}.eq`, a.number(), b.number()));
    }
    if (op === "less" || op === "lessEqual") {
      const name = op === "less" ? "lt" : "le";
      const instruction = type === "i32x4" ? (`${type}.${name}_s` as const) : (`${type}.${name}` as const);
      return this.fromMask(graph.op(instruction, a.number(), b.number()));
    }
    if (args.length === 2 && args.every(isMask)) {
      if (op === "mul" || op === "minimum") return this.fromMask(graph.op("v128.and", a.mask(), b.mask()));
      if (op === "maximum") return this.fromMask(graph.op("v128.or", a.mask(), b.mask()));
    }
    const bounded = op === "minimum" || op === "maximum" ? this.bound(op, args, a, b) : null;
    return this.fromNumber(bounded ?? this.number(op, a, b));
  }

  private number(op: NumberOp, a: Lowered, b: Lowered | undefined): Vec {
    const first = a.number();
    return rulesOf(this.lanes)[op](this.graph, first, b?.number() ?? first, first);
  }

  /**
   * The smaller or larger of a float and a constant, for which the fast instructions will do: they keep a NaN that
   * comes first, and adding 0 makes −0 the 0 that it should be.
   */
  private bound(op: "minimum" | "maximum", args: readonly Expr[], a: Lowered, b: Lowered): Vec | null {
    const { graph, type } = this;
    const at = args.findIndex((arg) => arg.kind === "const" && !Number.isNaN(arg.value) && !Object.is(arg.value, -0));
    if (type === "i32x4" || at < 0) return null;
    const [x, limit] = at === 0 ? [b.number(), a.number()] : [a.number(), b.number()];
    if (op === "minimum") return graph.op(`${type}.pmin`, x, limit);
    const larger = graph.op(`${type}.pmax`, x, limit);
    return isZero(args[at]!) ? graph.op(`${type}.add`, larger, limit) : larger;
  }

  private fromNumber(number: Vec): Lowered {
    const { graph, type } = this;
    return { number: () => number, mask: () => graph.op(`${type}.ne`, number, this.constant(0)) };
  }

  private fromMask(mask: Vec): Lowered {
    return { mask: () => mask, number: () => this.graph.op("v128.and", mask, this.constant(1)) };
  }
}

function isZero(expr: Expr): boolean {
  return expr.kind === "const" && expr.value === 0;
}

/** Whether an expression can only be 0 or 1, so that it may stay a mask. */
function isMask(expr: Expr): boolean {
  return expr.kind === "apply" && (expr.op === "equal" || expr.op === "less" || expr.op === "lessEqual");
}

/**
 * Appends the instructions of expressions over vectors that `load` pushes for each input; the results are in locals of
 * their own.
 */
export function emitExpression(
  f: FunctionBuilder,
  lanes: LaneType,
  roots: readonly Expr[],
  load: (index: number) => void,
): Local[] {
  const graph = new Graph();
  const inputs = new Map<number, Local>();
  const lowering = new Lowering(graph, lanes, (index) => {
    let local = inputs.get(index);
    if (local === undefined) {
      inputs.set(index, (local = f.local("v128")));
      load(index);
      f.set(local);
    }
    return graph.local(local, 0);
  });
  const vectors = roots.map((root) => lowering.of(root).number());
  let results: Local[] = [];
  graph.emit(f, vectors, (locals) => {
    results = locals.map((local) => {
      const own = f.local("v128");
      f.get(local).set(own);
      return own;
    });
  });
  for (const local of inputs.values()) f.release(local);
  return results;
}
