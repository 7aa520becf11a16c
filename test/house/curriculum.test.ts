/** The curriculum: no row is forgotten, and what its table names exists. */
import { existsSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import { type CurriculumRow, curriculum } from "../support/curriculum";
import { filesBelow, read, root } from "../support/sources";

const numbers = Array.from({ length: 118 }, (_, i) => String(i + 1));
numbers.splice(numbers.indexOf("44") + 1, 0, "44b");

/** The titles of a test file: first arguments of `test`, `test.each(…)`, `describe`. */
function titlesOf(path: string): Set<string> {
  const titles = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(test|describe)\b/.test(node.expression.getText())) {
      const [first] = node.arguments;
      if (first !== undefined && ts.isStringLiteralLike(first)) titles.add(first.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022, true));
  return titles;
}

const known = new Map<string, Set<string>>();

function hasTest(reference: string): boolean {
  const at = reference.indexOf(": ");
  const path = `test/${reference.slice(0, at)}`;
  if (!existsSync(root + path)) return false;
  const titles = known.get(path) ?? titlesOf(path);
  known.set(path, titles);
  return titles.has(reference.slice(at + 2));
}

/** The tests of a chapter are those of test/examples/learn whose title begins with its name. */
const chapterTests = filesBelow("test/examples/learn", ".test.ts").flatMap((path) =>
  [...titlesOf(path)].map((title) => `${path.slice("test/".length)}: ${title}`),
);
const testsOfChapter = (chapter: string): string[] =>
  chapterTests.filter((reference) => reference.includes(`.test.ts: ${chapter.replace(/^\d+-/, "")}: `));
const onlyTold = ({ told, exports }: CurriculumRow): boolean => told !== undefined && exports.length === 0;
const testsOf = (each: CurriculumRow): readonly string[] =>
  onlyTold(each) ? each.tests : [...each.tests, ...each.chapters.flatMap(testsOfChapter)];

/** Every complaint about a row, or none. */
function complaints(each: CurriculumRow, exported: ReadonlySet<string>): string[] {
  const page = (chapter: string): string => `docs/learn/${chapter}.md`;
  const found = [
    ...each.exports.filter((name) => !exported.has(name)).map((name) => `gradkit exports no ${name}`),
    ...each.tests.filter((reference) => !hasTest(reference)).map((reference) => `no such test: ${reference}`),
    ...each.chapters.filter((chapter) => !existsSync(root + page(chapter))).map((chapter) => `no such page: ${page(chapter)}`),
  ];
  const { told } = each;
  if (told !== undefined && !each.chapters.some((chapter) => read(page(chapter)).includes(told))) found.push(`no page says "${told}"`);
  if (each.pending === undefined) {
    if (each.chapters.length === 0) found.push("no chapter tells it");
    if (told === undefined && each.exports.length === 0) found.push("nothing of gradkit is named for it");
    if (!onlyTold(each) && testsOf(each).length === 0) found.push("no test holds it");
  }
  return found.map((what) => `row ${each.row} (${each.name}): ${what}`);
}

test("has every row from 1 to 118, and 44b, once and in order", () => {
  expect(curriculum.map((each) => each.row)).toEqual(numbers);
});

test("names exports, tests and chapters that exist; what is still to come is marked as pending", async () => {
  const exported = new Set([...Object.keys(await import("../../src/index")), ...Object.keys(await import("../../src/node"))]);
  expect(curriculum.flatMap((each) => complaints(each, exported))).toEqual([]);
  const pending = curriculum.filter((each) => each.pending !== undefined);
  console.info(`${pending.length} of ${curriculum.length} rows of the curriculum are pending: ${pending.map((each) => each.row).join(", ")}`);
});

test("a complaint names the row: unknown exports, tests and pages, rows without any", () => {
  const row = { row: "0", name: "none", exports: ["nothing"], tests: ["house/curriculum.test.ts: no such title"], chapters: ["00-none"] };
  expect(complaints(row, new Set())).toEqual([
    "row 0 (none): gradkit exports no nothing",
    "row 0 (none): no such test: house/curriculum.test.ts: no such title",
    "row 0 (none): no such page: docs/learn/00-none.md",
  ]);
  expect(complaints({ ...row, exports: [], tests: [], chapters: [] }, new Set())).toEqual([
    "row 0 (none): no chapter tells it",
    "row 0 (none): nothing of gradkit is named for it",
    "row 0 (none): no test holds it",
  ]);
});

test("every chapter has a page, a test and a line in the table of contents", () => {
  const contents = read("docs/learn/README.md");
  const chapters = filesBelow("examples/learn", ".ts").map((path) => path.slice("examples/learn/".length, -".ts".length));
  expect(chapters.filter((chapter) => !existsSync(`${root}docs/learn/${chapter}.md`))).toEqual([]);
  expect(chapters.filter((chapter) => testsOfChapter(chapter).length === 0)).toEqual([]);
  expect(chapters.filter((chapter) => !contents.includes(`](${chapter}.md)`))).toEqual([]);
});

test("docs/learn/rows.md is the table; write it anew with npx vitest run test/house/curriculum -u", async () => {
  await expect(table()).toMatchFileSnapshot(`${root}docs/learn/rows.md`);
});

function table(): string {
  const cell = (text: string): string => text.replaceAll("|", "\\|");
  const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(" ");
  const lines = curriculum.map((each) => {
    const { pending } = each;
    const later = pending === undefined ? "" : `*to come:* ${[code(pending.exports), pending.why].filter((text) => text !== "").join(", ")}`;
    const names = [code(each.exports), each.told === undefined ? "" : "told", later].filter((text) => text !== "").join("; ");
    const tests = testsOf(each).map((reference) => {
      const at = reference.indexOf(": ");
      return `[${cell(reference.slice(at + 2))}](../../test/${reference.slice(0, at)})`;
    });
    const chapters = each.chapters.map((chapter) => `[${chapter.replace(/^\d+-/, "")}](${chapter}.md)`);
    return `| ${each.row} | ${cell(each.name)} | ${names} | ${[...new Set(tests)].join("<br>")} | ${chapters.join(", ")} |`;
  });
  return [
    "# Row by row",
    "",
    "What the documents describe, in 119 rows; what it is in gradkit, which test holds it, which chapter tells it. *Told*",
    "marks what is explained and needs no code. The table is written by `npx vitest run test/house/curriculum -u`.",
    "",
    "| row | what | in gradkit | tests | chapters |",
    "|---|---|---|---|---|",
    ...lines,
    "",
  ].join("\n");
}
