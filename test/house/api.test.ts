/** The public names: a change of api.txt is a change of the contract, and stands in the CHANGELOG. */
import ts from "typescript";
import { expect, test } from "vitest";
import { read } from "../support/sources";

/** The names that a module exports as types only: `export type { A }` and `export { type A }`. */
function typeNames(path: string): string[] {
  const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022);
  return file.statements.filter(ts.isExportDeclaration).flatMap(({ exportClause, isTypeOnly }) => {
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) {
      throw new Error(`${path}: export by name, not with a star, so that the file stays a table of contents`);
    }
    return exportClause.elements.filter((name) => isTypeOnly || name.isTypeOnly).map(({ name }) => name.text);
  });
}

function kindOf(value: unknown): string {
  if (typeof value !== "function") return "const";
  return Function.prototype.toString.call(value).startsWith("class") ? "class" : "function";
}

function table(entry: string, path: string, module: Record<string, unknown>): string {
  const values = Object.keys(module).map((name) => `${name}: ${kindOf(module[name])}`);
  const types = typeNames(path).map((name) => `${name}: type`);
  return [`# ${entry}`, ...[...values, ...types].sort(), ""].join("\n");
}

test("exports exactly the names of api.txt; after a deliberate change run this test with -u and write the CHANGELOG", async () => {
  const main = table("gradkit", "src/index.ts", await import("../../src/index"));
  const node = table("gradkit/node", "src/node.ts", await import("../../src/node"));
  await expect(`${main}\n${node}`).toMatchFileSnapshot("api.txt");
});

test("has no default export", async () => {
  expect(await import("../../src/index")).not.toHaveProperty("default");
  expect(await import("../../src/node")).not.toHaveProperty("default");
});
