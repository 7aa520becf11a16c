/** The catalogue: every op, layer, loss, optimizer, schedule, metric has a row, and a test behind it. */
import { existsSync, readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import { type Kind, bases, kindOf, kinds, pytorch } from "../support/catalogue";
import { filesBelow, read, root } from "../support/sources";

interface Item {
  readonly name: string;
  readonly kind: Kind;
  /** The path of the source from the root. */
  readonly source: string;
}

const parse = (path: string): ts.SourceFile => ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022, true);

/** What src/index.ts exports by value, in its order, as far as it belongs in the catalogue. */
function itemsOf(index: ts.SourceFile): Item[] {
  return index.statements.filter(ts.isExportDeclaration).flatMap(({ exportClause, isTypeOnly, moduleSpecifier }) => {
    if (isTypeOnly || moduleSpecifier === undefined || exportClause === undefined) return [];
    const source = `src/${(moduleSpecifier as ts.StringLiteral).text.slice(2)}.ts`;
    const values = (exportClause as ts.NamedExports).elements.filter((one) => !one.isTypeOnly);
    return values.map((one) => one.name.text).flatMap((name) => {
      const kind = bases.has(name) ? null : kindOf(source, name);
      return kind === null ? [] : [{ name, kind, source }];
    });
  });
}

function declares(statement: ts.Statement, name: string): boolean {
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) return statement.name?.text === name;
  if (!ts.isVariableStatement(statement)) return false;
  return statement.declarationList.declarations.some((one) => one.name.getText() === name);
}

/** The first sentence of the doc comment, which is the formula wherever there is one. */
function formulaOf({ name, source }: Item): string {
  // Of overloads the documented one counts.
  const statements = parse(source).statements.filter((statement) => declares(statement, name));
  const docs = statements.flatMap(ts.getJSDocCommentsAndTags);
  const text = docs.map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? "").find((comment) => comment !== "") ?? "";
  const [paragraph = ""] = text.replaceAll(/\{@link (\w+)\}/g, "$1").split(/\n\s*\n/);
  return paragraph.replaceAll(/\s+/g, " ").replace(/\.( .*)?$/, "").trim();
}

/** `ops` of src/ops/gather.ts and of test/ops/gather.test.ts. */
const folderOf = (path: string): string => path.split("/")[1]!;

/** Which test reads which fixtures. */
const readers: Readonly<Record<string, string>> = {
  losses: "losses", optimizers: "optimizers", clipping: "optimizers", schedules: "optimizers", layers: "layers",
  training: "training", augment: "augment",
};

/** Every name that a fixture's cases are about, with the test that reads it. */
function fixtureTests(): Map<string, string> {
  const found = new Map<string, string>();
  const note = (name: unknown, path: string): void => {
    if (typeof name === "string" && !found.has(name)) found.set(name, path);
  };
  for (const path of filesBelow("test/fixtures/torch", ".json")) {
    const area = path.slice("test/fixtures/torch/".length, -".json".length);
    const reader = `test/torch/${readers[area] ?? (existsSync(`${root}test/torch/${area}.test.ts`) ? area : "ops")}.test.ts`;
    const { cases } = JSON.parse(readFileSync(root + path, "utf8")) as { cases: Record<string, unknown>[] };
    for (const { call, optimizer, layer, init } of cases) {
      note((call as unknown[] | undefined)?.[0], reader);
      [optimizer, init].forEach((name) => note(name, reader));
      for (const [, name] of JSON.stringify(layer ?? {}).matchAll(/"new":"(\w+)"/g)) note(name, reader);
    }
  }
  return found;
}

/** Keys of the law tables, records at the top of a file: the name itself, or the name and what is special. */
function lawTests(): Map<string, string> {
  const found = new Map<string, string>();
  const declarations = (path: string): ts.VariableDeclaration[] =>
    parse(path).statements.filter(ts.isVariableStatement).flatMap((one) => [...one.declarationList.declarations]);
  for (const path of filesBelow("test/laws", ".ts")) {
    for (const { initializer } of declarations(path)) {
      if (initializer === undefined || !ts.isObjectLiteralExpression(initializer)) continue;
      for (const row of initializer.properties) {
        // Not { min: 0.3, max: 3 }, which are limits of random elements.
        if (ts.isPropertyAssignment(row) && ts.isNumericLiteral(row.initializer)) continue;
        const [key = ""] = (row.name?.getText() ?? "").replaceAll('"', "").split(" ");
        if (!found.has(key)) found.set(key, path);
      }
    }
  }
  return found;
}

/** Tests of src/…/ whose title begins with a name, or several: `precision, recall and f1`; by folder and name. */
function titledTests(): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of filesBelow("test", ".test.ts").filter((each) => !/^test\/(laws|torch|house)\//.test(each))) {
    for (const [, title = ""] of read(path).matchAll(/^\s*(?:test|describe)(?:\.each\(.*\))?\(\s*"([^"]+)"/gm)) {
      const [list = ""] = /^\w+(, \w+)*( and \w+)?/.exec(title) ?? [];
      for (const name of list.split(/, | and /)) {
        const key = `${folderOf(path)}/${name}`;
        if (!found.has(key)) found.set(key, path);
      }
    }
  }
  return found;
}

const [fixtures, laws, titles] = [fixtureTests(), lawTests(), titledTests()];
const items = itemsOf(parse("src/index.ts"));

const proofs = ({ name, source }: Item): string[] =>
  Object.entries({
    "PyTorch's numbers": fixtures.get(name),
    laws: laws.get(name),
    "own tests": titles.get(`${folderOf(source)}/${name}`),
  }).flatMap(([what, path]) => (path === undefined ? [] : [`[${what}](../${path})`]));

test("every item of the catalogue has its PyTorch name in test/support/catalogue.ts, and a formula and a test of its own", () => {
  const complaints = items.flatMap((item) => [
    ...(item.name in pytorch ? [] : [`${item.name}: no PyTorch name; add it to test/support/catalogue.ts, or "—" if it has none`]),
    ...(formulaOf(item) === "" ? [`${item.name}: no doc comment in ${item.source}`] : []),
    ...(proofs(item).length > 0 ? [] : [`${item.name}: no test; give it a row in test/laws, a case in test/fixtures/torch, or a test("${item.name} …")`]),
  ]);
  expect(complaints).toEqual([]);
});

test("the table of PyTorch names has nothing that is not exported", () => {
  const names = new Set(items.map(({ name }) => name));
  expect(Object.keys(pytorch).filter((name) => !names.has(name))).toEqual([]);
});

test("docs/catalogue.md is the table; write it anew with npx vitest run --project unit test/house/catalogue -u", async () => {
  await expect(page()).toMatchFileSnapshot(`${root}docs/catalogue.md`);
});

function page(): string {
  const cell = (text: string): string => text.replaceAll(/[|*_<[\]]/g, "\\$&");
  const rows = (kind: Kind): string[] =>
    items.filter((item) => item.kind === kind).map((item) => {
      const theirs = pytorch[item.name] === "—" ? "—" : `\`${pytorch[item.name]}\``;
      return `| \`${item.name}\` | ${theirs} | ${cell(formulaOf(item))} | ${proofs(item).join(", ")} |`;
    });
  const sections = kinds.flatMap((kind) => [
    `## ${kind}`, "", "| gradkit | PyTorch | what it is | proven by |", "|---|---|---|---|", ...rows(kind), "",
  ]);
  return [
    "# Catalogue",
    "",
    "Everything that can be computed with, its name in PyTorch, its formula as its documentation begins, and the tests that",
    "hold it: numbers of PyTorch, laws (gradients to second order, compiled = eager, …), tests of its own. The page is",
    "written by `npx vitest run --project unit test/house/catalogue -u`.",
    "",
    `${kinds.map((kind) => `[${kind}](#${kind.toLowerCase()})`).join(" · ")}`,
    "",
    ...sections,
  ].join("\n");
}
