/** Simplifying a program: what nobody reads is left out, and what is computed twice is computed once. */

import type { Expr } from "../scalar/expr";
import { formulaOf } from "../scalar/formula";
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
  const renamed = (operand: Operand): Operand => {
    const value = same.get(operand.value);
    return value === undefined ? operand : { ...operand, value };
  };
  const steps: Step[] = [];
  for (const step of program.steps) {
    const next: Step = { ...step, inputs: step.inputs.map(renamed) };
    const [output] = outputsOf(next) as [Value];
    const key = keyOf(next);
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

function keyOf(step: Step): string {
  const reads = step.inputs.map(({ value, shape, strides, offset }) => [value.id, shape, strides, offset]);
  if (step.kind === "map") {
    const { expr, value } = step.outputs[0]!;
    return JSON.stringify(["map", formulaOf(expr), value.dtype, step.shape, reads]);
  }
  const { kernel, attrs, output } = step.call;
  const settings = Object.entries(attrs).map(([key, value]) => [key, isExpr(value) ? formulaOf(value) : value]);
  return JSON.stringify([kernel, settings, output, reads]);
}

function isExpr(value: unknown): value is Expr {
  return typeof value === "object" && value !== null && "kind" in value;
}
