/** How a model reads when printed: one line a layer, children indented below their parent. */

/** What the tree shows of a module. */
interface Printed {
  settings(): string;
  namedChildren(): readonly (readonly [string, Printed])[];
}

/** `Name(settings)`, and between the brackets the children where there are any; a module inside itself shows as `…`. */
export function printTree(module: Printed, above: ReadonlySet<Printed> = new Set()): string {
  const name = module.constructor.name;
  if (above.has(module)) return `${name}(…)`;
  const settings = module.settings();
  const path = new Set(above).add(module);
  const lines = module.namedChildren().map(([field, child]) => `  (${field}): ${indented(printTree(child, path))}`);
  return lines.length === 0 ? `${name}(${settings})` : [`${name}(${settings}`, ...lines, ")"].join("\n");
}

function indented(text: string): string {
  return text.replaceAll("\n", "\n  ");
}
