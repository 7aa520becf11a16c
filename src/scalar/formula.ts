/** Expressions as text: the same for those that are built alike, as keys of what was made of them. */

import { type Expr, topological } from "./expr";

const known = new WeakMap<Expr, string>();

/** One line per node, whose arguments are numbers of lines: as long as the graph, not as the tree it stands for. */
export function formulaOf(expr: Expr): string {
  let formula = known.get(expr);
  if (formula === undefined) known.set(expr, (formula = write(expr)));
  return formula;
}

function write(expr: Expr): string {
  const lines = new Map<Expr, number>();
  const numbers = new Map<string, number>();
  const text: string[] = [];
  for (const node of topological(expr)) {
    const line = lineOf(node, lines);
    let number = numbers.get(line);
    if (number === undefined) {
      numbers.set(line, (number = text.length));
      text.push(line);
    }
    lines.set(node, number);
  }
  return text.join(";");
}

function lineOf(node: Expr, lines: ReadonlyMap<Expr, number>): string {
  if (node.kind === "input") return `x${node.index}`;
  if (node.kind === "const") return Object.is(node.value, -0) ? "-0" : String(node.value);
  return `${node.op} ${node.args.map((arg) => lines.get(arg)!).join()}`;
}
