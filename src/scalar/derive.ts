/** The calculus of scalar functions on one page: how a gradient g of the result y becomes one of each argument. */

import {
  type Expr,
  type ScalarOp,
  abs,
  add,
  constant,
  cos,
  div,
  equal,
  exp,
  input,
  inputsOf,
  less,
  log,
  mul,
  neg,
  not,
  one,
  pow,
  select,
  sigmoid,
  sign,
  sin,
  square,
  sub,
  substitute,
  topological,
  zero,
} from "./expr";

const half = constant(0.5);
const none = null;

/** One row per function: (g, y, arguments) ↦ the gradient of each argument, null where it is zero everywhere. */
type Row = (g: Expr, y: Expr, a: Expr, b: Expr) => readonly (Expr | null)[];

const ROWS = {
  neg: (g) => [neg(g)],
  abs: (g, _, x) => [mul(g, sign(x))],
  sign: () => [none],
  exp: (g, y) => [mul(g, y)],
  expm1: (g, y) => [mul(g, add(y, one))],
  log: (g, _, x) => [div(g, x)],
  log1p: (g, _, x) => [div(g, add(x, one))],
  sqrt: (g, y) => [div(g, mul(constant(2), y))],
  sin: (g, _, x) => [mul(g, cos(x))],
  cos: (g, _, x) => [neg(mul(g, sin(x)))],
  tan: (g, y) => [mul(g, add(one, square(y)))],
  tanh: (g, y) => [mul(g, sub(one, square(y)))],
  sigmoid: (g, y) => [mul(g, mul(y, sub(one, y)))],
  softplus: (g, _, x) => [mul(g, sigmoid(x))],
  erf: (g, _, x) => [mul(g, mul(constant(2 / Math.sqrt(Math.PI)), exp(neg(square(x)))))],
  floor: () => [none],
  ceil: () => [none],
  round: () => [none],
  add: (g) => [g, g],
  sub: (g) => [g, neg(g)],
  mul: (g, _, a, b) => [mul(g, b), mul(g, a)],
  div: (g, y, _, b) => [div(g, b), neg(div(mul(g, y), b))],
  pow: (g, y, a, b) => [powBase(g, a, b), powExponent(g, y, a, b)],
  minimum: (g, _, a, b) => [share(g, a, b), share(g, b, a)],
  maximum: (g, _, a, b) => [share(g, b, a), share(g, a, b)],
  equal: () => [none, none],
  less: () => [none, none],
  lessEqual: () => [none, none],
  select: (g, _, condition) => [none, select(condition, g, zero), select(condition, zero, g)],
} satisfies Record<ScalarOp, Row>;

/** ∂aᵇ/∂a = b·aᵇ⁻¹, and 0 for b = 0 where aᵇ⁻¹ is infinite or NaN; else the product stays, for it varies with b. */
function powBase(g: Expr, a: Expr, b: Expr): Expr {
  if (b.kind === "const") return mul(g, mul(b, pow(a, constant(b.value - 1))));
  const vanishes = mul(equal(b, zero), not(less(zero, abs(a))));
  return select(vanishes, zero, mul(g, mul(b, pow(a, sub(b, one)))));
}

/** ∂aᵇ/∂b = aᵇ·log a, and 0 for a = 0, b ≥ 0, where the limit from inside is 0. */
function powExponent(g: Expr, y: Expr, a: Expr, b: Expr): Expr {
  const vanishes = mul(equal(a, zero), sub(one, less(b, zero)));
  return select(vanishes, zero, mul(g, mul(y, log(a))));
}

/** The gradient of `winner` when the smaller of two is taken: all where it is smaller, half at a tie. */
function share(g: Expr, winner: Expr, other: Expr): Expr {
  return select(equal(winner, other), mul(g, half), select(less(winner, other), g, zero));
}

/**
 * The gradient of one input: an expression over the kernel's inputs, the gradient of the result (`gradient`)
 * and the result itself (`output`), renumbered so that only what is read is listed in `reads`.
 */
export interface Derivative {
  readonly expr: Expr;
  /** Positions of what `expr` reads: 0 … n−1 the inputs, n the incoming gradient, n + 1 the result. */
  readonly reads: readonly number[];
}

const known = new WeakMap<Expr, readonly Derivative[]>();

/** The derivative of an expression with respect to each of its `count` inputs; derived once per expression. */
export function derive(expr: Expr, count: number): readonly Derivative[] {
  let derivatives = known.get(expr);
  if (derivatives?.length !== count) {
    derivatives = adjoints(expr, count).map((adjoint) => compact(adjoint, count));
    known.set(expr, derivatives);
  }
  return derivatives;
}

function adjoints(root: Expr, count: number): Expr[] {
  const order = topological(root);
  const gradients = new Map<Expr, Expr>([[root, input(count)]]);
  const result = new Array<Expr>(count).fill(zero);
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    const g = gradients.get(node);
    if (g === undefined) continue;
    if (node.kind === "input") {
      const before = result[node.index]!;
      result[node.index] = before === zero ? g : add(before, g);
    } else if (node.kind === "apply") {
      const y = node === root ? input(count + 1) : node;
      const row: Row = ROWS[node.op];
      const parts = row(g, y, node.args[0]!, node.args[1]!);
      node.args.forEach((arg, k) => {
        const part = parts[k];
        if (part === null || part === undefined || arg.kind === "const") return;
        const before = gradients.get(arg);
        gradients.set(arg, before === undefined ? part : add(before, part));
      });
    }
  }
  return result;
}

function compact(expr: Expr, count: number): Derivative {
  const used = [...inputsOf(expr)];
  if (!used.includes(count)) used.push(count); // the gradient gives the result its shape
  used.sort((a, b) => a - b);
  return { expr: substitute(expr, (index) => input(used.indexOf(index))), reads: used };
}
