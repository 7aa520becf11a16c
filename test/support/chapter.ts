/** Runs a chapter of the course: its page must show what it prints, and its pictures must be drawable. */
import { expect, vi } from "vitest";
import { type TopLevelSpec, compile } from "vega-lite";
import type { Pictures } from "../../examples/support/pictures";
import { read, root } from "./sources";

/** What a chapter gave back and what it printed. */
export interface Told<R> {
  readonly result: R;
  readonly printed: string;
}

/**
 * Runs a chapter; every ```text block of its page must be the section of the output that has the block's title.
 * `npx vitest run test/examples/learn -u` writes the blocks anew.
 */
export async function chapter<R>(name: string, run: () => Promise<R>): Promise<Told<R>> {
  let printed = "";
  const log = vi.spyOn(console, "log").mockImplementation((...words: unknown[]) => void (printed += `${words.join(" ")}\n`));
  const progress = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  let result: R;
  try {
    result = await run();
  } finally {
    log.mockRestore();
    progress.mockRestore();
  }
  await checkPictures(name, result);
  const path = `docs/learn/${name}.md`;
  await expect(retold(path, read(path), sectionsOf(printed))).toMatchFileSnapshot(`${root}${path}`);
  return { result, printed };
}

/** Every picture of the result is a specification that Vega-Lite takes without a warning. */
async function checkPictures(name: string, result: unknown): Promise<void> {
  const { pictures } = (await import(`${root}examples/learn/${name}.ts`)) as { pictures?: (result: unknown) => Pictures };
  if (pictures === undefined) return;
  const { sections, film } = pictures(result);
  const warnings: unknown[] = [];
  const warn = (...words: unknown[]): typeof logger => (warnings.push(words), logger);
  const quiet = (): typeof logger => logger;
  const logger = { level: quiet, error: warn, warn, info: quiet, debug: quiet } as never;
  const frames = film === undefined ? [] : [film.frames[0]!, film.frames.at(-1)!];
  for (const chart of [...sections.map((section) => section.chart), ...frames]) {
    compile(chart as unknown as TopLevelSpec, { logger });
  }
  expect(warnings, `warnings about the pictures of ${name}`).toEqual([]);
}

/** The sections of an output by title: the title, its line, and all up to the next title. */
function sectionsOf(printed: string): ReadonlyMap<string, string> {
  const parts = printed.split(/\n(?=[^\n]+\n─+\n)/);
  return new Map(parts.map((part) => [part.trimStart().split("\n")[0]!, part.trim()]));
}

/** The page with each ```text block replaced by the section that it begins like. */
function retold(path: string, page: string, sections: ReadonlyMap<string, string>): string {
  return page.replace(/^```text\n(.*)\n[\s\S]*?^```$/gm, (_, title: string) => {
    const section = sections.get(title);
    if (section === undefined) {
      throw new Error(`${path}: the output has no section "${title}"; its sections are ${[...sections.keys()].join(", ")}`);
    }
    return `\`\`\`text\n${section}\n\`\`\``;
  });
}
