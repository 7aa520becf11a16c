/** Expressions whose numbers are inputs, so that one program serves `x.mul(0.1)`, `x.mul(0.2)`, … */

import { type Expr, type ScalarOp, input, topological } from "../../scalar/expr";

/** An expression, and the numbers that it reads after its other inputs. */
export interface Opened {
  readonly expr: Expr;
  readonly numbers: readonly number[];
}

/** Where a number means the same as an input does. */
const PLAIN: ReadonlySet<ScalarOp> = new Set<ScalarOp>(["add", "sub", "mul", "div"]);

const known = new WeakMap<Expr, Opened & { readonly count: number }>();

/** The expression of `count` inputs with the numbers of its sums and products as inputs behind these. */
export function opened(expr: Expr, count: number): Opened {
  let found = known.get(expr);
  if (found?.count !== count) known.set(expr, (found = { ...open(expr, count), count }));
  return found;
}

/** Halves and small whole numbers belong to formulas; others are what callers choose. */
function isChosen(arg: Expr): boolean {
  return arg.kind === "const" && !(Number.isInteger(2 * arg.value) && Math.abs(arg.value) <= 2);
}

function open(root: Expr, count: number): Opened {
  const numbers: number[] = [];
  const done = new Map<Expr, Expr>();
  for (const node of topological(root)) {
    if (node.kind !== "apply") {
      done.set(node, node);
      continue;
    }
    const args = node.args.map((arg): Expr => {
      if (arg.kind !== "const" || !PLAIN.has(node.op) || !isChosen(arg)) return done.get(arg)!;
      return input(count + numbers.push(arg.value) - 1);
    });
    done.set(node, args.every((arg, i) => arg === node.args[i]) ? node : { ...node, args });
  }
  return { expr: done.get(root)!, numbers };
}
