/** The table of a model: its layers, what comes out of them, and how many parameters they hold. */

import { checkShape } from "../check";
import { type DType, allocate } from "../dtype";
import { type Shape, showShape, sizeOf } from "../shape";
import { storageOf } from "../tensor/storage";
import { withGradMode } from "../tensor/tape";
import { Tensor, fromStorage } from "../tensor/tensor";
import type { Contents } from "./walk";
import { watchForward } from "./watch";

/** What the table needs of a module. */
interface Summarised {
  training: boolean;
  settings(): string;
  forward(x: Tensor): unknown;
}

const BYTES = { float32: 4, float64: 8, int32: 4, bool: 1 } satisfies Record<DType, number>;

/** The table of a module, with output shapes where an input shape is given. */
export function summarise<M extends Summarised>(root: M, contents: Contents<M>, inputShape: Shape | undefined): string {
  const names = contents.modules.map(([name]) => name);
  const parameters = contents.parameters.map(([, parameter]) => parameter);
  const shapes = inputShape === undefined ? undefined : outputShapes(root, contents, checkShape("summary", inputShape));
  const rows = contents.modules.map(([name, module]) => {
    const label = name === "" ? "" : `${"  ".repeat(depthOf(name, names))}${name}: `;
    const shape = shapes === undefined ? [] : [shapes.get(module) ?? "not called"];
    const own = count(sizes(contents.held.get(module) ?? []));
    return [`${label}${module.constructor.name}(${module.settings()})`, ...shape, own];
  });
  const head = ["Layer", ...(shapes === undefined ? [] : ["Output shape"]), "Parameters"];
  return [...aligned([head, ...rows]), totals(parameters)].join("\n");
}

/** How many modules a name lies below. */
function depthOf(name: string, names: readonly string[]): number {
  return names.filter((other) => other !== name && (other === "" || name.startsWith(`${other}.`))).length;
}

/** What every module of a model gives for zeros of a shape; a module called several times shows each distinct shape. */
function outputShapes<M extends Summarised>(root: M, contents: Contents<M>, inputShape: Shape): Map<M, string> {
  const modules = contents.modules.map(([, module]) => module);
  const modes = modules.map((module) => module.training);
  const dtype = contents.parameters[0]?.[1].dtype ?? "float32"; // what the model computes in
  const input = fromStorage(storageOf(dtype, allocate(dtype, sizeOf(inputShape))), inputShape);
  const found = new Map<M, Set<string>>();
  const seen = (module: M, output: unknown): void => {
    const shapes = found.get(module) ?? new Set();
    found.set(module, shapes.add(describe(output)));
  };
  try {
    for (const module of modules) module.training = false;
    withGradMode(false, () => watchForward(modules, seen, () => root.forward(input)));
  } finally {
    modules.forEach((module, i) => (module.training = modes[i]!));
  }
  return new Map([...found].map(([module, shapes]) => [module, [...shapes].join(" or ")]));
}

function describe(output: unknown): string {
  if (output instanceof Tensor) return showShape(output.shape);
  return Array.isArray(output) ? output.map(describe).join(", ") : "not a tensor";
}

function sizes(tensors: readonly Tensor[]): number {
  return tensors.reduce((sum, { size }) => sum + size, 0);
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}

/** Columns of equal width, the last one (numbers) to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const last = widths.length - 1;
  const lines = rows.map((row) =>
    row.map((cell, i) => (i === last ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join("  "),
  );
  const rule = "─".repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [lines[0]!, rule, ...lines.slice(1), rule];
}

function totals(parameters: readonly Tensor[]): string {
  const all = sizes(parameters);
  const trained = sizes(parameters.filter(({ requiresGrad }) => requiresGrad));
  const bytes = parameters.reduce((sum, { size, dtype }) => sum + size * BYTES[dtype], 0);
  return `${count(all)} parameters (${count(trained)} trained, ${count(all - trained)} frozen), ${count(bytes)} bytes`;
}
