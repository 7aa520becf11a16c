/** What evaluating an expression takes: its reads, constants and loops in order, each with its register. */

import { type ApplyExpr, type Expr, topological } from "../../scalar/expr";
import { LOOPS, type Loop, multiplyIntegers, raiseIntegers } from "./loops";

/** Elements per register: a handful of registers fit the nearest cache. */
export const BLOCK = 512;

/** One loop over a block; registers are positions in the work array. */
export interface Step {
  readonly loop: Loop;
  readonly out: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** How an expression is evaluated, block after block. */
export interface Plan {
  readonly reads: readonly { readonly input: number; readonly register: number }[];
  readonly constants: readonly { readonly value: number; readonly register: number }[];
  readonly steps: readonly Step[];
  readonly result: number;
  /** Elements of the work array that it needs. */
  readonly size: number;
}

const plans = new WeakMap<Expr, Plan>();
const integerPlans = new WeakMap<Expr, Plan>();

/** The plan of an expression, made once; with `integers`, products and powers wrap around as int32 do. */
export function planOf(expr: Expr, integers: boolean): Plan {
  const known = integers ? integerPlans : plans;
  let plan = known.get(expr);
  if (plan === undefined) known.set(expr, (plan = makePlan(expr, integers)));
  return plan;
}

function makePlan(expr: Expr, integers: boolean): Plan {
  const order = topological(expr);
  const lastUse = new Map<Expr, Expr>();
  for (const node of order) if (node.kind === "apply") for (const arg of node.args) lastUse.set(arg, node);
  const registers = new Map<Expr, number>();
  const free: number[] = [];
  let count = 0;
  const take = (): number => free.pop() ?? BLOCK * count++;
  const reads: { input: number; register: number }[] = [];
  const constants: { value: number; register: number }[] = [];
  const steps: Step[] = [];
  // Inputs and constants first: theirs are filled once where they are single numbers, so nothing else may use them.
  for (const node of order) {
    if (node.kind === "apply") continue;
    const register = take();
    registers.set(node, register);
    if (node.kind === "input") reads.push({ input: node.index, register });
    else constants.push({ value: node.value, register });
  }
  for (const node of order) {
    if (node.kind !== "apply") continue;
    const [a = 0, b = 0, c = 0] = node.args.map((arg) => registers.get(arg)!);
    for (const arg of new Set(node.args)) {
      if (arg.kind === "apply" && lastUse.get(arg) === node) free.push(registers.get(arg)!);
    }
    const out = take();
    registers.set(node, out);
    steps.push({ loop: loopOf(node, integers), out, a, b, c });
  }
  return { reads, constants, steps, result: registers.get(expr)!, size: BLOCK * count };
}

function loopOf({ op }: ApplyExpr, integers: boolean): Loop {
  if (integers && op === "mul") return multiplyIntegers;
  if (integers && op === "pow") return raiseIntegers;
  return LOOPS[op];
}
