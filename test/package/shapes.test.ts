/** The shapes in the types of the packed tarball: the same sentences under every TypeScript, quickly, and no `any`. */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Said, faults, sheet } from "../shapes/check";
import { markdownSnippets } from "../support/snippets";
import { read, root } from "../support/sources";

let folder = "";
const at = (file: string): string => join(folder, file);

beforeAll(() => {
  if (!existsSync(`${root}dist/index.d.ts`)) throw new Error("shapes test: there is no dist/; run npm run build first");
  folder = mkdtempSync(join(tmpdir(), "gradkit-shapes-"));
  const words = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  const [{ filename }] = JSON.parse(execFileSync("npm", words, { cwd: root, encoding: "utf8" })) as [{ filename: string }];
  mkdirSync(at("node_modules/gradkit"), { recursive: true });
  execFileSync("tar", ["-xzf", at(filename), "-C", at("node_modules/gradkit"), "--strip-components=1"]);
  writeFileSync(at("package.json"), '{ "name": "consumer", "private": true, "type": "module" }');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
  module: "nodenext",
  moduleResolution: "nodenext",
  target: "es2022",
  lib: ["es2023", "dom"],
  types: [],
};

/** What a release of TypeScript, by its folder in node_modules, says of files of the consumer. */
function compiled(release: string, files: readonly string[]): string {
  writeFileSync(at("tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const words = [`${root}node_modules/${release}/bin/tsc`, "-p", "tsconfig.json", "--pretty", "false"];
  const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: "utf8" });
  return stdout + stderr;
}

/** The messages in what tsc printed. */
function parsed(text: string): Said[] {
  const lines = text.matchAll(/^[\w.-]+\((\d+),(\d+)\): error TS\d+: (.*)$/gm);
  return [...lines].map(([, line, column, message]) => {
    return { line: Number(line), column: Number(column), message: message! };
  });
}

describe.each(["typescript-5.9", "typescript", "typescript-7.0"])("under %s", (release) => {
  test("every mistake is said once, in one sentence, at the place that is wrong", () => {
    const page = sheet();
    writeFileSync(at("sheet.ts"), page.text);
    const text = compiled(release, ["sheet.ts"]);
    expect(faults(page, parsed(text)), text).toEqual([]);
  });

  test("programs whose shapes fit compile", () => {
    copyFileSync(`${root}test/shapes/programs.ts`, at("programs.ts"));
    expect(compiled(release, ["programs.ts"])).toBe("");
  });
});

test("README's programs compile under TypeScript 5.6", () => {
  const programs = markdownSnippets("README.md", read("README.md")).map(({ code }) => `${code}\nexport {};\n`);
  expect(programs.length).toBeGreaterThan(0);
  programs.forEach((code, i) => writeFileSync(at(`readme${i}.ts`), code));
  expect(compiled("typescript-5.6", programs.map((_, i) => `readme${i}.ts`))).toBe("");
});

/** A program of 500 lines: 83 models and what goes through them, in shapes of a dozen batches and widths. */
function long(): string {
  const blocks = Array.from({ length: 83 }, (_, i) => {
    const [n, k, m] = [(i % 4) + 2, (i % 12) + 100, (i % 3) + 200];
    return [
      `const x${i} = randn([${n}, ${k}]);`,
      `const w${i} = randn([${k}, ${m}], { requiresGrad: true });`,
      `const h${i} = x${i}.matmul(w${i}).add(zeros([${m}])).relu().softmax({ axis: 1 });`,
      `const m${i} = new Sequential(new Linear(${m}, ${k}), new ReLU(), new LayerNorm(${k}), new Linear(${k}, 10));`,
      `const y${i} = stack([m${i}.call(h${i}), zeros([${n}, 10])]).mean({ axes: 0 }).transpose().permute([1, 0]);`,
      `crossEntropy(y${i}, zeros([${n}])).backward();`,
    ].join("\n");
  });
  const names = "LayerNorm, Linear, ReLU, Sequential, crossEntropy, randn, stack, zeros";
  return `import { ${names} } from "gradkit";\n${blocks.join("\n")}\nexport {};\n`;
}

test("a program of 500 lines is checked in less than 1.5 s", () => {
  writeFileSync(at("long.ts"), long());
  expect(long().split("\n").length).toBeGreaterThanOrEqual(500);
  const { options } = ts.convertCompilerOptionsFromJson(compilerOptions, folder);
  const times = Array.from({ length: 3 }, () => {
    const program = ts.createProgram([at("long.ts")], options);
    program.getTypeChecker(); // binds the libraries
    const start = process.cpuUsage().user; // in μs; other processes do not count
    expect(program.getSemanticDiagnostics(program.getSourceFile(at("long.ts")))).toEqual([]);
    return (process.cpuUsage().user - start) / 1000;
  });
  console.log(`a program of 500 lines is checked in ${Math.min(...times).toFixed(0)} ms by TypeScript ${ts.version}`);
  expect(Math.min(...times)).toBeLessThan(1500);
});

test.each(["index.d.ts", "index.d.cts", "node.d.ts", "node.d.cts"])("nothing in %s is `any`", (file) => {
  const text = readFileSync(at(`node_modules/gradkit/dist/${file}`), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) found.push(node.parent.getText(source).slice(0, 100));
    ts.forEachChild(node, visit);
  };
  visit(source);
  expect(found).toEqual([]);
});
