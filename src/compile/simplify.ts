/** Simplifying a program: what nobody reads is left out, and what is computed twice is computed once. */

import type { Expr } from "../scalar/expr";
import { topological } from "../scalar/expr";
import { type Operand, type Program, type Step, type Value, outputsOf, readsOf } from "../tensor/program";

/** The program without repetitions and without what no result, write or gradient depends on. */
export function simplify(program: Program): Program {
  return withoutDead(withoutRepeats(program));
}

/** Drops steps that nobody reads, from the end. */
export function withoutDead(program: Program): Program {
  const needed = new Set<Value>(program.results.map(({ value }) => value));
  for (const { source } of program.writes) needed.add(source.value);
  const kept: Step[] = [];
  for (let i = program.steps.length - 1; i >= 0; i--) {
    const step = program.steps[i]!;
    if (!outputsOf(step).some((value) => needed.has(value))) continue;
    for (const { value } of readsOf(step)) needed.add(value);
    kept.push(step);
  }
  return { ...program, steps: kept.reverse() };
}

/** Lets each step that repeats an earlier one on the same values read its result; random draws are never alike. */
function withoutRepeats(program: Program): Program {
  const same = new Map<Value, Value>();
  const known = new Map<string, Value>();
  const names = new ExprNames();
  const renamed = (operand: Operand): Operand => {
    const value = same.get(operand.value);
    return value === undefined ? operand : { ...operand, value };
  };
  const steps: Step[] = [];
  for (const step of program.steps) {
    const next: Step = { ...step, inputs: step.inputs.map(renamed) };
    const [output] = outputsOf(next) as [Value];
    const key = keyOf(next, names);
    const before = known.get(key);
    if (before === undefined) {
      known.set(key, output);
      steps.push(next);
    } else {
      same.set(output, before);
    }
  }
  return {
    ...program,
    steps,
    writes: program.writes.map(({ target, source }) => ({ target, source: renamed(source) })),
    results: program.results.map(renamed),
  };
}

function keyOf(step: Step, names: ExprNames): string {
  const reads = step.inputs.map(({ value, shape, strides, offset }) => [value.id, shape, strides, offset]);
  if (step.kind === "map") {
    const { expr, value } = step.outputs[0]!;
    return JSON.stringify(["map", names.of(expr), value.dtype, step.shape, reads]);
  }
  const { kernel, attrs, output } = step.call;
  const settings = Object.entries(attrs).map(([key, value]) => [key, isExpr(value) ? names.of(value) : value]);
  return JSON.stringify([kernel, settings, output, reads]);
}

function isExpr(value: unknown): value is Expr {
  return typeof value === "object" && value !== null && "kind" in value;
}

/** Short names for expressions: the same for those that are built alike. */
class ExprNames {
  private readonly names = new Map<string, string>();
  private readonly known = new Map<Expr, string>();

  of(root: Expr): string {
    const before = this.known.get(root);
    if (before !== undefined) return before;
    for (const node of topological(root)) {
      if (this.known.has(node)) continue;
      const text =
        node.kind === "input"
          ? `x${node.index}`
          : node.kind === "const"
            ? `c${Object.is(node.value, -0) ? "-0" : node.value}`
            : `${node.op}(${node.args.map((arg) => this.known.get(arg)!).join()})`;
      let name = this.names.get(text);
      if (name === undefined) this.names.set(text, (name = `e${this.names.size}`));
      this.known.set(node, name);
    }
    return this.known.get(root)!;
  }
}
