/** Runs one example by name: `npm run example xor -- --epochs 500`; without a name it lists them all. */
import { readdirSync, readFileSync } from "node:fs";
import { nearest } from "../src/check";
import { GradkitError, OptionError } from "../src/errors";
import { type OptionTable, checkNothingSwallowed, describeOptions, parseArguments } from "./support/options";

/** What an example file exports; its first comment line is what the list shows. */
interface Example {
  readonly options: OptionTable;
  main(options: Record<string, unknown>): Promise<unknown>;
}

const folder = new URL("./", import.meta.url);

function exampleNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".ts") && file !== "run.ts")
    .map((file) => file.slice(0, -3))
    .sort();
}

/** The first sentence of the file's opening comment, without the title before its colon. */
function aboutExample(name: string): string {
  const source = readFileSync(new URL(`${name}.ts`, folder), "utf8");
  const comment = /^\s*\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? "";
  const text = comment.replace(/^\s*\* ?/gm, "").trim().replace(/\s+/g, " ");
  return (/^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text).replace(/^[^:]*: /, "");
}

function list(): string {
  const names = exampleNames();
  const width = Math.max(0, ...names.map((name) => name.length));
  const rows = names.map((name) => `  ${name.padEnd(width)}  ${aboutExample(name)}`);
  return ["npm run example NAME -- --option value", "", ...rows, "", "npm run example NAME -- --help lists the options."].join("\n");
}

async function load(name: string): Promise<Example> {
  const names = exampleNames();
  if (!names.includes(name)) {
    const guess = nearest(name, names);
    const mend = guess === undefined ? "there are none" : `did you mean "${guess}"? Examples are ${names.join(", ")}`;
    throw new OptionError(`example: unknown name: "${name}"; ${mend}`, { name });
  }
  const loaded = (await import(new URL(`${name}.ts`, folder).href)) as Partial<Example>;
  if (loaded.options === undefined || loaded.main === undefined) {
    throw new OptionError(`example: ${name}.ts exports no options or no main; see examples/support/options.ts`, { name });
  }
  return loaded as Example;
}

async function run([name, ...words]: readonly string[]): Promise<void> {
  if (name === undefined || name === "--list" || name === "--help") {
    console.log(list());
    return;
  }
  const example = await load(name);
  checkNothingSwallowed(name, `example ${name}`, example.options);
  if (words.includes("--help")) {
    console.log(`${name}: ${aboutExample(name)}\n\nnpm run example ${name} -- [options]\n\n${describeOptions(example.options)}`);
    return;
  }
  await example.main(parseArguments(name, example.options, words));
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  // A refusal is for the person at the keyboard: its message says all; anything else is a fault and shows where.
  console.error(error instanceof GradkitError ? error.message : error);
  process.exitCode = 1;
}
