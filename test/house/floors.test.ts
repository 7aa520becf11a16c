/** The floors of docs/architecture.md: who may import whom, no circles, one idea a file. */
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { filesBelow, read } from "../support/sources";

/** Every folder of src and every file beside them, by floor. */
const floors: readonly (readonly string[])[] = [
  ["errors.ts", "dtype.ts", "shape.ts", "check.ts", "types.ts", "axes.ts", "rules.ts", "nested.ts"],
  ["scalar/"],
  ["tensor/"],
  ["ops/", "compile/", "devices/"],
  ["autograd/", "linalg/"],
  ["install.ts", "accelerate.ts"],
  ["layers/", "losses/", "optimizers/", "data/", "baselines/", "formats/"],
  ["training/", "search/", "diagnostics/", "charts/"],
  ["index.ts"],
  ["node.ts", "node/"],
];
/** Packages that gradkit/node asks for when it writes pictures, and works without otherwise. */
const pictures = ["vega", "vega-lite"];
const lineLimit = 320;

/** `tensor/` of `tensor/op.ts`; a file beside the folders is its own room. */
const roomOf = (file: string): string => (file.includes("/") ? `${file.split("/")[0]}/` : file);
const floorOf = (file: string): number => floors.findIndex((rooms) => rooms.includes(roomOf(file)));

/** The path from src of what a file imports, or the name of a package. */
function resolve(from: string, specifier: string, known: ReadonlySet<string>): string {
  if (!specifier.startsWith(".")) return specifier;
  const path = new URL(specifier, `file:///${from}`).pathname.slice(1);
  return [`${path}.ts`, `${path}/index.ts`].find((candidate) => known.has(candidate)) ?? path;
}

/** What the test reads of src: the imports of each file. */
type Imports = ReadonlyMap<string, readonly string[]>;

function importsOf(files: Readonly<Record<string, string>>): Imports {
  const known = new Set(Object.keys(files));
  return new Map(
    Object.entries(files).map(([file, text]) => {
      const found = ts.preProcessFile(text, true, true).importedFiles;
      return [file, found.map(({ fileName }) => resolve(file, fileName, known))];
    }),
  );
}

/** The files without what they import as types only: a tensor and its methods describe each other. */
function withoutTypes(files: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(files).map(([file, text]) => [file, text.replace(/^import type [^;]*;/gm, "")]);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** Why a file may not import another, or null. */
function refusal(from: string, to: string): string | null {
  if (floorOf(from) === floorOf("node.ts")) {
    const others = [...pictures, "gradkit"].includes(to) || to.startsWith("node:") || roomOf(to) === "node/";
    return others ? null : `${from} imports ${to}; import from "gradkit", so that there is one Tensor class`;
  }
  const [floor, target] = [floorOf(from), floorOf(to)];
  if (target === -1) return `${from} imports ${to}, which is no room of the house; gradkit has no runtime dependencies`;
  if (to === "install.ts" && from !== "index.ts") return `${from} imports install.ts; only index.ts may`;
  if (target < floor || roomOf(from) === roomOf(to) || (floor === 0 && target === 0)) return null;
  const where = target === floor ? "a neighbour on its own floor" : `floor ${target} above it`;
  return `${from} (floor ${floor}) imports ${to}, ${where}; move what both need to a lower floor`;
}

function refusals(imports: Imports): string[] {
  const all = [...imports].flatMap(([from, targets]) => targets.map((to) => refusal(from, to)));
  return all.filter((why) => why !== null);
}

/** The first circle of imports, as `a → b → a`, or null. */
function circle(imports: Imports): string | null {
  const done = new Set<string>();
  const path: string[] = [];
  const walk = (file: string): string | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(" → ");
    if (done.has(file)) return null;
    path.push(file);
    for (const next of imports.get(file) ?? []) {
      const found = walk(next);
      if (found !== null) return found;
    }
    path.pop();
    done.add(file);
    return null;
  };
  for (const file of imports.keys()) {
    const found = walk(file);
    if (found !== null) return found;
  }
  return null;
}

const sources = Object.fromEntries(filesBelow("src", ".ts").map((path) => [path.slice("src/".length), read(path)]));
const imports = importsOf(sources);

describe("the house of src", () => {
  test("has a floor for every file; a new room gets its line in this test and in docs/architecture.md", () => {
    expect(Object.keys(sources).filter((file) => floorOf(file) === -1)).toEqual([]);
  });

  test("imports only from floors below or from its own folder", () => {
    expect(refusals(imports)).toEqual([]);
  });

  test("imports nothing in a circle, types aside; move what two files share into a third", () => {
    expect(circle(importsOf(withoutTypes(sources)))).toBeNull();
  });

  test("opens every file with a comment that says what the room is for", () => {
    const sign = /^(\/\*\* ?\S|\/\/ ?\S|\/\*\*\n \* \S)/;
    expect(Object.keys(sources).filter((file) => !sign.test(sources[file]!))).toEqual([]);
  });

  test(`keeps every file within ${lineLimit} lines; a longer one holds two ideas`, () => {
    const lines = Object.entries(sources).map(([file, text]) => [file, text.trimEnd().split("\n").length] as const);
    expect(lines.filter(([, count]) => count > lineLimit)).toEqual([]);
  });
});

describe("the test of the floors can fail", () => {
  const judge = (files: Record<string, string>): string[] => refusals(importsOf(files));

  test("at an import upwards, also of a type and in a re-export", () => {
    const up = (line: string) => judge({ "tensor/op.ts": line, "ops/sum.ts": "" });
    expect(up('import { sum } from "../ops/sum";')).toEqual([
      "tensor/op.ts (floor 2) imports ops/sum.ts, floor 3 above it; move what both need to a lower floor",
    ]);
    expect(up('import type { Sum } from "../ops/sum";')).toHaveLength(1);
    expect(up('export { sum } from "../ops/sum";')).toHaveLength(1);
    expect(judge({ "ops/sum.ts": 'import { Op } from "../tensor/op";', "tensor/op.ts": "" })).toEqual([]);
  });

  test("at an import between neighbours", () => {
    const [why] = judge({ "layers/linear.ts": 'import { mse } from "../losses/mse";', "losses/mse.ts": "" });
    expect(why).toContain("a neighbour on its own floor");
  });

  test("at a package, at install, and at node.ts reaching into src", () => {
    expect(judge({ "data/csv.ts": 'import Papa from "papaparse";' })[0]).toContain("no runtime dependencies");
    expect(judge({ "training/fit.ts": 'import "../install";', "install.ts": "" })[0]).toContain("only index.ts may");
    expect(judge({ "node.ts": 'import { Tensor } from "./index";', "index.ts": "" })[0]).toContain("one Tensor class");
    expect(judge({ "node/a.ts": 'import { Tensor } from "../index";', "index.ts": "" })[0]).toContain("one Tensor class");
    expect(judge({ "node.ts": 'import { Tensor } from "gradkit"; import fs from "node:fs";' })).toEqual([]);
    expect(judge({ "node.ts": 'export { a } from "./node/a";', "node/a.ts": 'await import("vega");' })).toEqual([]);
    expect(judge({ "charts/a.ts": 'await import("vega");' })[0]).toContain("no runtime dependencies");
  });

  test("at a circle", () => {
    const files = { "ops/a.ts": 'import "./b";', "ops/b.ts": 'import "./c";', "ops/c.ts": 'import "./a";' };
    expect(circle(importsOf(files))).toBe("ops/a.ts → ops/b.ts → ops/c.ts → ops/a.ts");
    expect(circle(importsOf({ ...files, "ops/c.ts": "" }))).toBeNull();
    expect(circle(importsOf(withoutTypes({ ...files, "ops/c.ts": 'import type { A } from "./a";' })))).toBeNull();
  });
});
