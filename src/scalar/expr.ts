/** Scalar expressions: the closed set of scalar functions that every elementwise kernel is made of. */

/** How many arguments each scalar function takes. Adding a name here makes `tsc` point at every table that lacks it. */
export const ARITY = {
  neg: 1,
  abs: 1,
  sign: 1,
  exp: 1,
  expm1: 1,
  log: 1,
  log1p: 1,
  sqrt: 1,
  sin: 1,
  cos: 1,
  tan: 1,
  tanh: 1,
  sigmoid: 1,
  softplus: 1,
  erf: 1,
  floor: 1,
  ceil: 1,
  round: 1,
  add: 2,
  sub: 2,
  mul: 2,
  div: 2,
  pow: 2,
  minimum: 2,
  maximum: 2,
  equal: 2,
  less: 2,
  lessEqual: 2,
  select: 3,
} as const;

/** The name of a scalar function. */
export type ScalarOp = keyof typeof ARITY;

/** The i-th input of a kernel. */
export interface InputExpr {
  readonly kind: "input";
  readonly index: number;
}

/** A number known when the kernel is built. */
export interface ConstExpr {
  readonly kind: "const";
  readonly value: number;
}

/** A scalar function of other expressions. */
export interface ApplyExpr {
  readonly kind: "apply";
  readonly op: ScalarOp;
  readonly args: readonly Expr[];
}

/** A scalar expression: a graph, whose shared parts are the same object and are computed once. */
export type Expr = InputExpr | ConstExpr | ApplyExpr;

const INPUTS: InputExpr[] = [];

/** The i-th input. */
export function input(index: number): InputExpr {
  return (INPUTS[index] ??= { kind: "input", index });
}

/** A constant. */
export function constant(value: number): ConstExpr {
  return { kind: "const", value };
}

export const zero = /* @__PURE__ */ constant(0);
export const one = /* @__PURE__ */ constant(1);

function call(op: ScalarOp, ...args: readonly Expr[]): Expr {
  return { kind: "apply", op, args };
}

function isConst(x: Expr, value: number): boolean {
  return x.kind === "const" && x.value === value;
}

export const neg = (x: Expr): Expr => call("neg", x);
export const abs = (x: Expr): Expr => call("abs", x);
export const sign = (x: Expr): Expr => call("sign", x);
export const exp = (x: Expr): Expr => call("exp", x);
export const expm1 = (x: Expr): Expr => call("expm1", x);
export const log = (x: Expr): Expr => call("log", x);
export const log1p = (x: Expr): Expr => call("log1p", x);
export const sqrt = (x: Expr): Expr => call("sqrt", x);
export const sin = (x: Expr): Expr => call("sin", x);
export const cos = (x: Expr): Expr => call("cos", x);
export const tan = (x: Expr): Expr => call("tan", x);
export const tanh = (x: Expr): Expr => call("tanh", x);
/** 1 / (1 + e⁻ˣ) */
export const sigmoid = (x: Expr): Expr => call("sigmoid", x);
/**
 * log(1 + eˣ), without overflow; its own function so that its derivative, the sigmoid, is exact at 0 to every order.
 */
export const softplus = (x: Expr): Expr => call("softplus", x);
export const erf = (x: Expr): Expr => call("erf", x);
export const floor = (x: Expr): Expr => call("floor", x);
export const ceil = (x: Expr): Expr => call("ceil", x);
/** To the nearest whole number, halves to the even one. */
export const round = (x: Expr): Expr => call("round", x);
export const add = (a: Expr, b: Expr): Expr => call("add", a, b);
export const sub = (a: Expr, b: Expr): Expr => call("sub", a, b);
export const mul = (a: Expr, b: Expr): Expr => (isConst(a, 1) ? b : isConst(b, 1) ? a : call("mul", a, b));
export const div = (a: Expr, b: Expr): Expr => (isConst(b, 1) ? a : call("div", a, b));
/** The smaller of two; NaN if either is NaN. */
export const minimum = (a: Expr, b: Expr): Expr => call("minimum", a, b);
/** The larger of two; NaN if either is NaN. */
export const maximum = (a: Expr, b: Expr): Expr => call("maximum", a, b);
/** 1 where equal, else 0. */
export const equal = (a: Expr, b: Expr): Expr => call("equal", a, b);
/** 1 where a < b, else 0. */
export const less = (a: Expr, b: Expr): Expr => call("less", a, b);
/** 1 where a ≤ b, else 0. */
export const lessEqual = (a: Expr, b: Expr): Expr => call("lessEqual", a, b);
/** `a` where the condition is not 0, else `b`. */
export const select = (condition: Expr, a: Expr, b: Expr): Expr => call("select", condition, a, b);
/** 1 where the condition is 0, else 0. */
export const not = (condition: Expr): Expr => equal(condition, zero);
export const square = (x: Expr): Expr => mul(x, x);

/** aᵇ; small constant exponents become products, roots and quotients. */
export function pow(a: Expr, b: Expr): Expr {
  if (b.kind === "const") {
    if (b.value === 0) return one;
    if (b.value === 1) return a;
    if (b.value === 2) return mul(a, a);
    if (b.value === 3) return mul(mul(a, a), a);
    if (b.value === -1) return div(one, a);
  }
  return call("pow", a, b);
}

const inputs = new WeakMap<Expr, readonly number[]>();

/** The inputs an expression reads, in rising order; found once for each expression. */
export function inputsOf(expr: Expr): readonly number[] {
  let known = inputs.get(expr);
  if (known === undefined) {
    const indices = new Set<number>();
    for (const node of topological(expr)) if (node.kind === "input") indices.add(node.index);
    inputs.set(expr, (known = [...indices].sort((a, b) => a - b)));
  }
  return known;
}

/** Every distinct node of the expression, arguments before their users. Iterative, so depth is no limit. */
export function topological(...roots: readonly Expr[]): Expr[] {
  if (roots.length === 1 && roots[0]!.kind !== "apply") return [roots[0]!];
  const order: Expr[] = [];
  /** Whether a node is in the order; false while its arguments are not. */
  const state = new Map<Expr, boolean>();
  const stack: Expr[] = [...roots].reverse();
  while (stack.length > 0) {
    const node = stack[stack.length - 1]!;
    const done = state.get(node);
    if (done === undefined && node.kind === "apply") {
      state.set(node, false);
      for (const arg of node.args) if (!state.has(arg)) stack.push(arg);
      continue;
    }
    stack.pop();
    if (done === true) continue;
    state.set(node, true);
    order.push(node);
  }
  return order;
}

/** The expression with each input replaced by `replace(index)`; shared parts stay shared. */
export function substitute(expr: Expr, replace: (index: number) => Expr): Expr {
  const done = new Map<Expr, Expr>();
  for (const node of topological(expr)) {
    if (node.kind === "input") done.set(node, replace(node.index));
    else if (node.kind === "const") done.set(node, node);
    else done.set(node, { kind: "apply", op: node.op, args: node.args.map((arg) => done.get(arg)!) });
  }
  return done.get(expr)!;
}

/** The expression in the usual notation, inputs named by `names`, constants to seven digits (those of a float32). */
export function showExpr(expr: Expr, names: (index: number) => string = (i) => `x${i}`): string {
  const text = new Map<Expr, string>();
  for (const node of topological(expr)) {
    if (node.kind === "input") text.set(node, names(node.index));
    else if (node.kind === "const") text.set(node, String(Number(node.value.toPrecision(7))));
    else text.set(node, showApply(node.op, node.args.map((arg) => text.get(arg)!)));
  }
  return text.get(expr)!;
}

const INFIX: Partial<Record<ScalarOp, string>> = {
  add: "+",
  sub: "−",
  mul: "·",
  div: "/",
  equal: "=",
  less: "<",
  lessEqual: "≤",
};

function showApply(op: ScalarOp, args: readonly string[]): string {
  const sign = INFIX[op];
  return sign === undefined ? `${op}(${args.join(", ")})` : `(${args.join(` ${sign} `)})`;
}
