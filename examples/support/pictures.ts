/** The pictures of an example: what `--report FILE` writes, as one page, as one picture, as a film. */
import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Chart } from "gradkit";
import { type ReportSection, saveChart, saveReplay, saveReport } from "gradkit/node";
import { OptionError } from "../../src/errors";
import { defineOptions } from "./options";

/** A page that plays frames of one kind, each `interval` milliseconds long. */
export interface Film {
  readonly title: string;
  readonly text?: string;
  readonly frames: readonly Chart[];
  readonly interval?: number;
}

/** What an example shows of its result; the first chart is the one on its page. */
export interface Pictures {
  readonly sections: readonly (ReportSection & { readonly chart: Chart })[];
  readonly film?: Film;
}

/** The option of every example that exports `pictures`. */
export const pictureOptions = defineOptions({
  report: {
    about: "FILE.html for all its pictures (a film goes to FILE-film.html), FILE.svg for the first",
    default: null,
    type: "text",
  },
});

/** Refuses a path that is neither a page nor a picture, or cannot be written, before anything has run. */
export function checkReport(where: string, path: string): void {
  if (!/[^/\\]\.(html|svg)$/i.test(path)) {
    throw new OptionError(`${where}: unknown kind of file: "${path}"; let --report end in .html or .svg`, { report: path });
  }
  const folder = dirname(path);
  if (!existsSync(folder)) {
    throw new OptionError(`${where}: no such folder: "${folder}" (for --report ${path}); make it first`, { report: path });
  }
  try {
    accessSync(`${folder}/.`, constants.W_OK); // the dot, so that a file does not pass for a folder
  } catch {
    const mend = "give a path in a folder of yours";
    throw new OptionError(`${where}: no folder to write to: "${folder}" (for --report ${path}); ${mend}`, { report: path });
  }
}

/** Writes the pictures, and gives back the files there are now. */
export async function writeReport(path: string, title: string, { sections, film }: Pictures): Promise<string[]> {
  if (/\.svg$/i.test(path)) {
    await saveChart(path, sections[0]!.chart);
    return [path];
  }
  await saveReport(path, { title, sections });
  if (film === undefined) return [path];
  const { frames, ...settings } = film;
  const beside = path.replace(/\.html$/i, "-film.html");
  await saveReplay(beside, frames, settings);
  return [path, beside];
}
