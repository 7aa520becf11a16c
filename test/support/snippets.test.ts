/** The snippet checker must be able to fail: where it finds code, what it compares, what it refuses. */
import { afterAll, describe, expect, test, vi } from "vitest";
import { agrees, Judge, rewrite } from "./promises";
import { commentSnippets, markdownSnippets } from "./snippets";

const page = (...lines: string[]): string => lines.join("\n");

describe("finding snippets", () => {
  test("takes the ts blocks of a page, with the line of their first line", () => {
    const text = page("# Title", "```sh", "npm test", "```", "```ts", "const a = 1;", "```", "```ts no-run", "b();", "```");
    expect(markdownSnippets("a.md", text)).toEqual([
      { file: "a.md", line: 6, code: "const a = 1;", runs: true },
      { file: "a.md", line: 9, code: "b();", runs: false },
    ]);
  });

  test("joins a block marked continue to the one before, leaves fragments out", () => {
    const text = page("```ts", "const a = 1;", "```", "text", "```ts continue", "a + 1; // → 2", "```", "```ts fragment", "…", "```");
    expect(markdownSnippets("a.md", text)).toEqual([
      { file: "a.md", line: 2, code: "const a = 1;\n\n\n\na + 1; // → 2", runs: true },
    ]);
  });

  test("takes the blocks of doc comments, indented ones too", () => {
    const text = page("/** Sign. */", "class A {", "  /**", "   * Adds.", "   * @example", "   * ```ts", "   * if (a) {", "   *   b();", "   * }", "   * ```", "   */");
    expect(commentSnippets("a.ts", text)).toEqual([{ file: "a.ts", line: 7, code: "if (a) {\n  b();\n}", runs: true }]);
  });

  test.each([
    ["```js", 'a.md:1: unknown mark "js" of a code block; write ```ts'],
    ["```ts norun", 'a.md:1: unknown mark "norun" of a code block'],
  ])("refuses %s", (fence, message) => {
    expect(() => markdownSnippets("a.md", page(fence, "```"))).toThrow(message);
  });

  test("refuses a block without an end and an @example without a block", () => {
    expect(() => markdownSnippets("a.md", page("text", "```ts", "a();"))).toThrow("a.md:2: the code block has no end");
    expect(() => commentSnippets("a.ts", page("/**", " * @example add(1, 2)", " */"))).toThrow("a.ts:1: an @example has no code block");
  });
});

/** Runs a snippet without imports and gives the verdict. */
async function verdictOf(code: string): Promise<string[]> {
  const { code: rewritten, given } = rewrite(code);
  const judge = new Judge(given, (line) => `line ${line + 1}`);
  vi.stubGlobal("judge", judge);
  const text = encodeURIComponent(rewritten.replaceAll("console.log", "globalThis.judge.print"));
  await import(`data:text/javascript,${text}`);
  return judge.verdict();
}

describe("keeping promises", () => {
  afterAll(() => {
    vi.unstubAllGlobals();
  });

  test("compares statements, awaited ones, constants and what is printed", async () => {
    const code = page(
      "1 + 1; // → 2",
      "const three = 3; // → 3",
      "await Promise.resolve([1, 2]); // → [1, 2]",
      "console.log('a', 1);",
      "// → a 1",
      "for (const x of [5]) {",
      "  x * 2; // → 10",
      "}",
      "[[1, 2], [3, 4]];",
      "// → [[1, 2],",
      "//    [3, 4]]",
      "for (const x of [7, 8]) console.log('row', x);",
      "// → row 7",
      "// → row 8",
    );
    expect(rewrite(code).given).toHaveLength(7);
    expect(rewrite(code).code.split("\n")).toHaveLength(code.split("\n").length);
    expect(await verdictOf(code)).toEqual([]);
    expect(await verdictOf(code.replace("→ 10", "→ 11"))).toEqual(["line 7: x * 2\n  gives 10\n  the comment says 11"]);
    expect(await verdictOf(code.replace("→ row 8", "→ row 9"))).toHaveLength(1);
    expect(await verdictOf(code.replace("→ a 1", "→ a 2"))).toHaveLength(1);
    expect(await verdictOf(code.replace("[3, 4]];\n// → [[1", "[3, 4]];\n// → [[7"))).toHaveLength(1);
    expect(await verdictOf(code.replace("const three = 3; // → 3", "const three = 3; // → 4"))).toHaveLength(1);
  });

  test("compares an error that is promised, reports one that is not", async () => {
    expect(await verdictOf("null.x; // → TypeError: Cannot read …")).toEqual([]);
    expect(await verdictOf("null.x; // → throws TypeError: Cannot read …")).toEqual([]);
    expect((await verdictOf("null.x; // → 1"))[0]).toContain("throws TypeError");
    expect((await verdictOf("1; // → TypeError: Cannot read …"))[0]).toContain("gives 1");
  });

  test("reports a statement that never ran", async () => {
    expect(await verdictOf("if (1 > 2) {\n  1; // → 1\n}")).toEqual(["line 2: never ran: 1"]);
  });

  test("refuses a comment that follows no value", () => {
    expect(() => rewrite("function f() {} // → 1")).toThrow("1 of the `// → value` comments follow no expression, constant or loop");
  });
});

describe("agrees", () => {
  const tensor = { toArray: () => [[1, 0.25]], toString: () => "tensor([[1.0000, 0.2500]])" };

  test.each<[unknown, string]>([
    [2, "2"],
    [0.7310585786, "0.731"],
    [0.7310585786, "0.7311"],
    [0.7310585786, "≈ 0.73"],
    [[0, -2e-7], "≈ [0, 0]"],
    [-1.5, "−1.5"],
    [Math.fround(0.1), "0.1"],
    [6.0000005, "6"],
    [1.2345e-5, "1.23e-5"],
    [NaN, "NaN"],
    [-Infinity, "-Infinity"],
    [undefined, "undefined"],
    [null, "null"],
    ["text", '"text"'],
    ["text", "text"],
    [[1, [2.5, true]], "[1, [2.5, true]]"],
    [new Float32Array([1, 2]), "[1, 2]"],
    [{ loss: 0.501, a: [1] }, "{ loss: 0.5, a: [1] }"],
    [tensor, "[[1, 0.25]]"],
    [tensor, "tensor([[1.0000, 0.2500]])"],
    ["epoch 1: loss 0.3", "epoch 1: loss …"],
    ["[ 2, 1 ] [ 'a' ]", '[2, 1] ["a"]'],
  ])("%j is what `// → %s` says", (value, text) => {
    expect(agrees(value, text)).toBe(true);
  });

  test.each<[unknown, string]>([
    [2.4, "2"],
    [2.4, "≈ 2"],
    [[0, -2e-7], "[0, 0]"],
    [0.7310585786, "0.74"],
    [0.7310585786, "0.732"],
    [1, "true"],
    ["1", "1.5"],
    [0, "NaN"],
    [[1, 2], "[1, 2, 3]"],
    [[1, 2], "[1]"],
    [{ a: 1, b: 2 }, "{ a: 1 }"],
    [{ a: 1 }, "{ a: 1, b: 2 }"],
    [tensor, "[[1, 0.5]]"],
    ["some text", '"text"'],
    ["some text", "text"],
    [undefined, "null"],
  ])("%j is not what `// → %s` says", (value, text) => {
    expect(agrees(value, text)).toBe(false);
  });
});
