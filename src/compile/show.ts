/** A program as people read it: one line per step, with shapes, work and what was fused. */

import { bytesOf } from "../dtype";
import { showExpr, topological } from "../scalar/expr";
import { showShape, sizeOf } from "../shape";
import { type Operand, type Program, type Step, type Value, readsOf } from "../tensor/program";

/** Floating-point operations of a step: one per scalar function and element, two per multiply-add. */
export function flops(step: Step): number {
  if (step.kind === "map") {
    const nodes = topological(...step.outputs.map(({ expr }) => expr)).filter(({ kind }) => kind === "apply");
    return nodes.length * sizeOf(step.shape);
  }
  const { call, inputs } = step;
  const size = sizeOf(call.output.shape);
  if (call.kernel === "matmul") return 2 * size * inputs[0]!.shape[inputs[0]!.shape.length - 1]!;
  if (call.kernel === "convolve") return 2 * size * sizeOf(inputs[1]!.shape.slice(1));
  if (call.kernel === "reduce") {
    const each = topological(call.attrs.before).filter(({ kind }) => kind === "apply").length + 1;
    return each * sizeOf(call.attrs.shape);
  }
  return 0;
}

/** The whole program: a heading with totals, then its steps in order. */
export function showProgram(program: Program, device: string): string {
  const names = new Map<Value, string>();
  const letters = { argument: "a", capture: "c", temporary: "t" } as const;
  const counts = { argument: 0, capture: 0, temporary: 0 };
  const nameOf = (value: Value): string => {
    let name = names.get(value);
    if (name === undefined) names.set(value, (name = `${letters[value.role]}${counts[value.role]++}`));
    return name;
  };
  const read = (operand: Operand): string => {
    const { shape, strides } = operand;
    const turned = strides.some((stride, axis) => stride === 0 && shape[axis] !== 1) ? " spread" : "";
    return `${nameOf(operand.value)}${showShape(shape)}${turned}`;
  };
  for (const value of program.values) if (value.role !== "temporary") nameOf(value);
  const lines = program.steps.map((step, i) => `${String(i).padStart(3)}  ${showStep(step, nameOf, read)}`);
  const writes = program.writes.map(({ target, source }) => `     ${nameOf(target)} ← ${read(source)}`);
  const used = new Set(program.steps.flatMap((step) => readsOf(step).map(({ value }) => value)));
  const bytes = [...used].reduce((sum, { size, dtype }) => sum + size * bytesOf(dtype), 0);
  const work = program.steps.reduce((sum, step) => sum + flops(step), 0);
  const head = `program on ${device}: ${program.steps.length} steps, ${grouped(work)} FLOP, ${grouped(bytes)} bytes read`;
  return [head, ...lines, ...writes].join("\n");
}

function showStep(step: Step, nameOf: (value: Value) => string, read: (operand: Operand) => string): string {
  if (step.kind === "map") {
    const names = step.inputs.map(read);
    const outputs = step.outputs.map(
      ({ expr, value }) => `${nameOf(value)} = ${shorten(showExpr(expr, (i) => nameOf(step.inputs[i]!.value)))}`,
    );
    return `map ${showShape(step.shape)} (${names.join(", ")}): ${outputs.join("; ")}`;
  }
  const { call, inputs, epilogue, output } = step;
  const after =
    epilogue === null
      ? ""
      : ` then ${shorten(showExpr(epilogue.expr, (i) => (i === 0 ? "·" : nameOf(epilogue.reads[i - 1]!.value))))}`;
  const before =
    call.kernel === "reduce" && call.attrs.before.kind !== "input"
      ? ` of ${shorten(showExpr(call.attrs.before, (i) => nameOf(inputs[i]!.value)))}`
      : "";
  const name = call.kernel === "reduce" ? `${call.attrs.op} over [${call.attrs.axes.join(", ")}]` : call.kernel;
  return `${nameOf(output)}${showShape(call.output.shape)} = ${name}(${inputs.map(read).join(", ")})${before}${after}`;
}

function shorten(text: string): string {
  return text.length <= 160 ? text : `${text.slice(0, 157)}…`;
}

function grouped(value: number): string {
  return value.toLocaleString("en-US");
}
