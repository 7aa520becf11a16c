/** Every code block of README, docs and doc comments is type-checked and run, and gives the values its comments say. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { manualSeed } from "../../src/index";
import { Judge, rewrite } from "../support/promises";
import { projectSnippets, type Snippet } from "../support/snippets";
import { root } from "../support/sources";

/** Beside src and docs, so that `../src/…` means the same in a page of docs and in its snippet. */
const folder = `${root}.snippets/`;
const snippets = projectSnippets();

const nameOf = ({ file, line }: Snippet): string => `${file}:${line}`;
const moduleOf = ({ file, line }: Snippet): string => `${folder}${file.replace(/\W+/g, "-")}-${line}.ts`;

/** Messages of tsc about the snippets, at the lines of the files they stand in. */
function typeErrors(list: readonly Snippet[]): string[] {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const unused = { noUnusedLocals: false, noUnusedParameters: false };
  const all = { ...options, ...unused, moduleDetection: ts.ModuleDetectionKind.Force };
  const byModule = new Map(list.map((snippet) => [moduleOf(snippet), snippet]));
  const host = ts.createCompilerHost(all);
  const readFile = host.readFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.readFile = (path) => byModule.get(path)?.code ?? readFile(path);
  host.fileExists = (path) => byModule.has(path) || fileExists(path);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (path, version, ...rest) => {
    const snippet = byModule.get(path);
    return snippet === undefined
      ? getSourceFile(path, version, ...rest)
      : ts.createSourceFile(path, snippet.code, version, true);
  };
  const program = ts.createProgram([...byModule.keys()], all, host);
  return [...byModule].flatMap(([path, { file, line }]) => {
    const source = program.getSourceFile(path);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ start, messageText }) => {
      const at = line + (source?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0);
      return `${file}:${at}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
  });
}

describe("code that readers copy", () => {
  beforeAll(() => mkdirSync(folder, { recursive: true }));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  test("has right types everywhere", { timeout: 60_000 }, () => {
    expect(typeErrors(snippets)).toEqual([]);
  });

  test.each(snippets.filter(({ runs }) => runs).map((snippet) => [nameOf(snippet), snippet] as const))(
    "%s runs and gives what its comments say",
    async (_, snippet) => {
      const { code, given } = rewrite(snippet.code);
      const judge = new Judge(given, (line) => `${snippet.file}:${snippet.line + line}`);
      vi.spyOn(console, "log").mockImplementation(judge.print);
      vi.stubGlobal("judge", judge);
      manualSeed(0);
      writeFileSync(moduleOf(snippet), code);
      await import(moduleOf(snippet));
      expect(judge.verdict()).toEqual([]);
    },
  );
});
