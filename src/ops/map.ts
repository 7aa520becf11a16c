/**
 * How an elementwise op is made of a scalar expression: shapes, dtypes, number operands, and derivatives of any order.
 */

import { checkBroadcast } from "../check";
import { type DType, adopt, dtypeOf, isFloat, promote, toFloat, toNumber } from "../dtype";
import { derive } from "../scalar/derive";
import { type Expr, constant, input, showExpr, topological } from "../scalar/expr";
import type { Shape } from "../shape";
import type { ShapeOf } from "../types";
import { apply } from "../tensor/apply";
import type { Call } from "../tensor/device";
import { asTensor } from "../tensor/create";
import type { Met, Operand } from "../tensor/methods";
import type { Context, Op, Pullback } from "../tensor/op";
import type { Spec, View } from "../tensor/storage";
import { Tensor, type TensorLike } from "../tensor/tensor";
import { to } from "./cast";

/** What an elementwise application is told: its expression, and the dtype it computes and answers in. */
export interface MapAttrs {
  readonly expr: Expr;
  readonly dtype: DType;
}

/** How the dtype of the result follows from the promoted dtype of the inputs. */
export type Result = "float" | "number" | "same" | "bool";

function resultDType(rule: Result, dtype: DType): DType {
  if (rule === "bool") return "bool";
  return rule === "float" ? toFloat(dtype) : rule === "number" ? toNumber(dtype) : dtype;
}

/** The op of a named elementwise function; what it computes stands in the attributes of each application. */
export class MapOp implements Op<MapAttrs> {
  constructor(readonly name: string) {}

  infer(inputs: readonly Spec[], { dtype }: MapAttrs): Spec {
    return { shape: broadcastAll(this.name, inputs), dtype };
  }

  lower(inputs: readonly View[], { expr, dtype }: MapAttrs): Call {
    return { kernel: "map", attrs: { expr }, output: { shape: broadcastAll(this.name, inputs), dtype } };
  }

  vjp(ctx: Context<MapAttrs>): (Pullback | null)[] {
    return pullbacks(this.name, ctx);
  }

  formula(operands: readonly string[], { expr }: MapAttrs): string {
    return formulaOf(this.name, expr, operands);
  }
}

/** Powers, derivatives and what is one scalar function are written out; the rest by name. */
function formulaOf(name: string, expr: Expr, operands: readonly string[]): string {
  const applied = topological(expr).filter(({ kind }) => kind === "apply").length;
  const plain = name === "pow" || (expr.kind === "apply" && expr.op === name && applied === 1);
  if (!plain && !(name.endsWith("′") && applied <= 6)) return `${name}(${operands.join(", ")})`;
  const text = showExpr(expr, (i) => operands[i]!);
  return expr.kind === "apply" && text.startsWith("(") ? text.slice(1, -1) : text;
}

function broadcastAll(name: string, inputs: readonly Spec[]): Shape {
  let shape: Shape = inputs[0]!.shape;
  for (let i = 1; i < inputs.length; i++) shape = checkBroadcast(name, shape, inputs[i]!.shape);
  return shape;
}

const derivativeOps = new Map<string, Op<MapAttrs>>();

/** The op that computes a derivative of a named op: its own op, so that graphs of higher orders read well. */
function derivativeOp(name: string): Op<MapAttrs> {
  const derivative = `${name}′`;
  let op = derivativeOps.get(derivative);
  if (op === undefined) derivativeOps.set(derivative, (op = new MapOp(derivative)));
  return op;
}

/** One pullback per tracked input: the derived expression over what it reads, and nothing else kept alive. */
function pullbacks(name: string, { inputs, output, attrs }: Context<MapAttrs>): (Pullback | null)[] {
  const count = inputs.length;
  const derivatives = derive(attrs.expr, count);
  return inputs.map((tracked, i) => {
    if (!tracked.requiresGrad) return null;
    const { expr, reads } = derivatives[i]!;
    if (expr.kind === "input" && reads.length === 1) return identity;
    const kept = reads.map((at) => (at === count ? null : at === count + 1 ? output : inputs[at]!));
    return pullback(derivativeOp(name), kept, { expr, dtype: attrs.dtype });
  });
}

const identity: Pullback = (g) => g;

/** A function of its own: a closure keeps alive whatever any closure of its scope mentions. */
function pullback(op: Op<MapAttrs>, kept: readonly (Tensor | null)[], attrs: MapAttrs): Pullback {
  return (g) => apply(op, kept.map((tensor) => tensor ?? g), attrs);
}

/** A function of one tensor, elementwise. */
export function unary(
  name: string,
  f: (x: Expr) => Expr,
  rule: Result = "float",
): <X extends TensorLike>(x: X) => Tensor<ShapeOf<X>> {
  const op = new MapOp(name);
  const expr = f(input(0));
  return (x) => {
    const tensor = asTensor(name, x);
    return apply(op, [tensor], { expr, dtype: resultDType(rule, tensor.dtype) });
  };
}

/**
 * A function of one tensor with numbers among its settings: `f(x, …settings)`. Beside float32 the settings are rounded
 * to float32, so that a comparison with one means the same on every device.
 */
export function unaryWith<A extends readonly number[]>(
  name: string,
  f: (x: Expr, ...settings: A) => Expr,
  rule: Result | ((dtype: DType, ...settings: A) => DType) = "float",
): (x: TensorLike, ...settings: A) => Tensor {
  const op = new MapOp(name);
  let expressions: Remembered | null = null;
  return (x, ...settings) => {
    const tensor = asTensor(name, x);
    const dtype = typeof rule === "function" ? rule(tensor.dtype, ...settings) : resultDType(rule, tensor.dtype);
    const rounded = settings.map((setting) => roundTo(dtype, setting)) as unknown as A;
    expressions ??= new Remembered();
    return apply(op, [tensor], { expr: expressions.get(keyOf(...rounded), () => f(input(0), ...rounded)), dtype });
  };
}

/**
 * A function of two tensors that broadcast; a number on either side becomes a constant of the expression. Operands of a
 * comparison (`rule` "bool") are brought to one dtype first: theirs is the precision it is made in.
 */
export function binary(
  name: string,
  f: (a: Expr, b: Expr) => Expr,
  rule?: Result,
): <A extends TensorLike, B extends TensorLike>(a: A, b: Operand<A, B>) => Tensor<Met<A, B>>;
export function binary(
  name: string,
  f: (a: Expr, b: Expr) => Expr,
  rule: Result = "number",
): (a: TensorLike, b: TensorLike) => Tensor {
  const op = new MapOp(name);
  const both = f(input(0), input(1));
  let withRight: Remembered | null = null;
  let withLeft: Remembered | null = null;
  const run = (expr: Expr, operands: readonly Tensor[], dtype: DType): Tensor => {
    const alike = rule === "bool" ? operands.map((operand) => to(operand, dtype)) : operands;
    return apply(op, alike, { expr, dtype: resultDType(rule, dtype) });
  };
  return (a, b) => {
    if (typeof b === "number" && typeof a !== "number") {
      const left = asTensor(name, a);
      const { dtype, value } = meet(left.dtype, b);
      return run((withRight ??= new Remembered()).get(keyOf(value), () => f(input(0), constant(value))), [left], dtype);
    }
    if (typeof a === "number" && typeof b !== "number") {
      const right = asTensor(name, b);
      const { dtype, value } = meet(right.dtype, a);
      return run((withLeft ??= new Remembered()).get(keyOf(value), () => f(constant(value), input(0))), [right], dtype);
    }
    const left = asTensor(name, a, like(a, b));
    const right = asTensor(name, b, like(b, a));
    return run(both, [left, right], promote(left.dtype, right.dtype));
  };
}

/** A number as an element of a dtype holds it. */
export function roundTo(dtype: DType, number: number): number {
  return dtype === "float32" ? Math.fround(number) : number;
}

/** A number as it counts beside a tensor: in the tensor's dtype, rounded to it. */
function meet(tensor: DType, number: number): { dtype: DType; value: number } {
  const dtype = adopt(tensor, number);
  return { dtype, value: roundTo(dtype, number) };
}

/**
 * Plain arrays and numbers take the float dtype of the tensor (or typed array) they meet; everything else keeps its
 * own.
 */
export function like(value: TensorLike, other: TensorLike): DType | undefined {
  if (value instanceof Tensor || ArrayBuffer.isView(value) || typeof value === "boolean") return undefined;
  const dtype = other instanceof Tensor ? other.dtype : ArrayBuffer.isView(other) ? dtypeOf(other) : null;
  if (dtype === null) return undefined;
  if (typeof value === "number") return adopt(dtype, value);
  return isFloat(dtype) ? dtype : undefined;
}

/** A key for some constants, −0 told from 0. */
export function keyOf(...constants: readonly (number | string)[]): number | string {
  const told = (value: number | string): number | string => (Object.is(value, -0) ? "-0" : value);
  return constants.length === 1 ? told(constants[0]!) : constants.map(told).join();
}

const REMEMBERED = 256;

/** Expressions by a key of their constants, so that each is derived once; the oldest go when there are many. */
export class Remembered {
  private readonly known = new Map<number | string, Expr>();

  get(key: number | string, make: () => Expr): Expr {
    let expr = this.known.get(key);
    if (expr === undefined) {
      if (this.known.size >= REMEMBERED) this.known.delete(this.known.keys().next().value!);
      this.known.set(key, (expr = make()));
    }
    return expr;
  }
}
