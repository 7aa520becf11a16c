/** What a user's page has to load: a trainer of XOR, bundled and compressed, is held at the size it has reached. */
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { root } from "../support/sources";

/** README's first program, which works operation by operation. */
const eager = readFileSync(`${root}README.md`, "utf8").match(/```ts\n(import \{ Adam[^]*?)```/)![1]!;

/** The same as one compiled step. */
const compiled = eager
  .replace("import { Adam", "import { compile, Adam")
  .replace("for (let step = 0; step < 200; step++) {", "const step = compile(() => {")
  .replace("\n}\n", "\n});\nfor (let i = 0; i < 200; i++) step();\n");

/** What was measured and about 2 % more. Lower it when the library gets smaller. */
const LIMITS = [
  ["operation by operation", eager, 47_700],
  ["compiled", compiled, 97_600],
] as const;

const again = (program: string): string =>
  `npm run build && npx esbuild --bundle --minify --format=esm --target=es2022 <<'END' | gzip -9 | wc -c\n${program}END`;

beforeAll(() => {
  if (!existsSync(`${root}dist/index.js`)) throw new Error("size test: there is no dist/; run npm run build first");
});

test.each(LIMITS)("a trainer of XOR, %s, is as small as it was, minified and compressed", async (_, text, limit) => {
  const program = text.replace('"gradkit"', '"./dist/index.js"');
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  const bytes = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
  expect(bytes, `it has ${bytes} bytes; to measure it again:\n${again(program)}`).toBeLessThanOrEqual(limit);
});

test.each(["index.js", "index.cjs", "node.js"])("%s has no letter beyond ASCII, which would double its memory", (file) => {
  const code = readFileSync(`${root}dist/${file}`, "utf8");
  const beyond = code.split("\n").filter((line) => /[^\t -~]/.test(line));
  expect(beyond, "write such a letter in a regular expression as \\u….").toEqual([]);
});
