/** Finds the code that readers copy: every ts block of README, docs and doc comments. */
import { filesBelow, read } from "./sources";

/** One block of code, at the place where a reader finds it. */
export interface Snippet {
  readonly file: string;
  /** The line of the file that the first line of `code` stands on. */
  readonly line: number;
  readonly code: string;
  /** False for blocks marked `no-run`: their types are checked all the same. */
  readonly runs: boolean;
}

/** The lines between two fences, with the words after ```ts. */
interface Block {
  readonly line: number;
  readonly code: string;
  readonly words: readonly string[];
}

const marks = ["no-run", "continue", "fragment"];

function blocksOf(lines: readonly string[], firstLine: number, file: string): Block[] {
  const found: Block[] = [];
  for (let i = 0; i < lines.length; i++) {
    const [, fence, info = ""] = /^\s*(```+)\s*(\S.*)?$/.exec(lines[i]!) ?? [];
    if (fence === undefined) continue;
    const end = lines.findIndex((line, at) => at > i && line.trim() === fence);
    if (end === -1) throw new Error(`${file}:${firstLine + i}: the code block has no end; close it with ${fence}`);
    const [language = "", ...words] = info.trim().split(/\s+/);
    if (["ts", "typescript", "js", "javascript"].includes(language)) {
      const wrong = language === "ts" ? words.find((word) => !marks.includes(word)) : language;
      if (wrong !== undefined) {
        const mend = `write \`\`\`ts, and after it nothing or one of ${marks.join(", ")}`;
        throw new Error(`${file}:${firstLine + i}: unknown mark "${wrong}" of a code block; ${mend}`);
      }
      found.push({ line: firstLine + i + 1, code: lines.slice(i + 1, end).join("\n"), words });
    }
    i = end;
  }
  return found;
}

/** Joins blocks marked `continue` to the one before, with empty lines between, so that line numbers stay true. */
function join(file: string, blocks: readonly Block[]): Snippet[] {
  const snippets: Snippet[] = [];
  for (const { line, code, words } of blocks) {
    if (words.includes("fragment")) continue;
    const runs = !words.includes("no-run");
    const before = words.includes("continue") ? snippets.pop() : undefined;
    if (before === undefined) {
      snippets.push({ file, line, code, runs });
    } else {
      const gap = "\n".repeat(line - before.line - before.code.split("\n").length + 1);
      snippets.push({ file, line: before.line, code: before.code + gap + code, runs: before.runs && runs });
    }
  }
  return snippets;
}

/** The snippets of a Markdown text. */
export function markdownSnippets(file: string, text: string): Snippet[] {
  return join(file, blocksOf(text.split("\n"), 1, file));
}

/** The snippets of the doc comments of a source text; an `@example` without a ```ts block is an error. */
export function commentSnippets(file: string, text: string): Snippet[] {
  return [...text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)].flatMap((comment) => {
    const firstLine = text.slice(0, comment.index).split("\n").length;
    const bare = (line: string): string => line.replace(/\s*\*\/$/, "").replace(/^\s*(\/\*\*|\*) ?/, "");
    const lines = comment[0].split("\n").map(bare);
    const blocks = blocksOf(lines, firstLine, file);
    if (lines.filter((line) => line.startsWith("@example")).length > blocks.length) {
      throw new Error(`${file}:${firstLine}: an @example has no code block; open it with \`\`\`ts and close it`);
    }
    return join(file, blocks);
  });
}

/** Every snippet of the project, in the order of files and lines. */
export function projectSnippets(): Snippet[] {
  const pages = ["README.md", ...filesBelow("docs", ".md").filter((path) => !path.startsWith("docs/reference/"))];
  return [
    ...pages.flatMap((path) => markdownSnippets(path, read(path))),
    ...filesBelow("src", ".ts").flatMap((path) => commentSnippets(path, read(path))),
  ];
}
