/**
 * Runs one example by name: `npm run example xor -- --epochs 500`; without a name it lists them all. The chapters of
 * the course, `learn/04-balls.ts`, answer to `balls` as well.
 */
import { readdirSync, readFileSync } from "node:fs";
import { nearest } from "../src/check";
import { GradkitError, OptionError } from "../src/errors";
import { type OptionTable, checkNothingSwallowed, describeOptions, parseArguments } from "./support/options";
import { type Pictures, checkReport, pictureOptions, writeReport } from "./support/pictures";

/** What an example file exports; its first comment line is what the list shows. */
interface Example {
  readonly options: OptionTable;
  main(options: Record<string, unknown>): Promise<unknown>;
  /** What `--report FILE` draws of the result. */
  pictures?(result: unknown): Pictures;
}

const folder = new URL("./", import.meta.url);

/** Paths of the examples, or of the chapters of the course, without their ending. */
function pathsIn(room: "" | "learn/"): string[] {
  return readdirSync(new URL(room, folder))
    .filter((file) => file.endsWith(".ts") && file !== "run.ts")
    .map((file) => room + file.slice(0, -3))
    .sort();
}

/** What a person types for a path: `learn/04-balls` is `balls`. */
function nameOf(path: string): string {
  return path.replace(/^learn\/(\d+-)?/, "");
}

/** The first sentence of the file's opening comment. */
function opening(path: string): string {
  const source = readFileSync(new URL(`${path}.ts`, folder), "utf8");
  const comment = /^\s*\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? "";
  const text = comment.replace(/^\s*\* ?/gm, "").trim().replace(/\s+/g, " ");
  return /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}

/** The first sentence without the title before its colon. */
function aboutExample(path: string): string {
  return opening(path).replace(/^[^:]*: /, "");
}

/** The title before the colon of the first sentence. */
function titleOf(path: string): string {
  return /^([^:]*): /.exec(opening(path))?.[1] ?? nameOf(path);
}

function list(): string {
  const [examples, chapters] = [pathsIn(""), pathsIn("learn/")];
  const width = Math.max(0, ...[...examples, ...chapters].map((path) => nameOf(path).length));
  const row = (path: string): string => `  ${nameOf(path).padEnd(width)}  ${aboutExample(path)}`;
  const course = ["", "The course, chapter by chapter (docs/learn has a page for each):", "", ...chapters.map(row)];
  return [
    "npm run example NAME -- --option value",
    "",
    ...examples.map(row),
    ...(chapters.length > 0 ? course : []),
    "",
    "npm run example NAME -- --help lists the options.",
  ].join("\n");
}

/** The path behind what was typed: `balls`, `04-balls` or `learn/04-balls`. */
function find(typed: string): string {
  const paths = [...pathsIn(""), ...pathsIn("learn/")];
  const found = paths.find((path) => [path, path.replace("learn/", ""), nameOf(path)].includes(typed));
  if (found !== undefined) return found;
  const names = paths.map(nameOf);
  const guess = nearest(typed, names);
  const mend = guess === undefined ? "there are none" : `did you mean "${guess}"? Examples are ${names.join(", ")}`;
  throw new OptionError(`example: unknown name: "${typed}"; ${mend}`, { name: typed });
}

async function load(path: string): Promise<Example> {
  const loaded = (await import(new URL(`${path}.ts`, folder).href)) as Partial<Example>;
  if (loaded.options === undefined || loaded.main === undefined) {
    throw new OptionError(`example: ${path}.ts exports no options or no main; see examples/support/options.ts`, { path });
  }
  return loaded as Example;
}

async function run([typed, ...words]: readonly string[]): Promise<void> {
  if (typed === undefined || ["--list", "--help", "-h"].includes(typed)) {
    console.log(list());
    return;
  }
  const path = find(typed);
  const name = nameOf(path);
  const example = await load(path);
  const options = example.pictures === undefined ? example.options : { ...example.options, ...pictureOptions };
  checkNothingSwallowed(name, `example ${name}`, options);
  if (words.includes("--help") || words.includes("-h")) {
    console.log(`${name}: ${aboutExample(path)}\n\nnpm run example ${name} -- [options]\n\n${describeOptions(options)}`);
    return;
  }
  const { report, ...given } = parseArguments<OptionTable>(name, options, words);
  if (typeof report === "string") checkReport(name, report);
  const result = await example.main(given);
  if (typeof report !== "string") return;
  const files = await writeReport(report, titleOf(path), example.pictures!(result));
  console.log(`\nwritten: ${files.join(", ")}`);
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  // A refusal is for the person at the keyboard: its message says all; anything else is a fault and shows where.
  console.error(error instanceof GradkitError ? error.message : error);
  process.exitCode = 1;
}
