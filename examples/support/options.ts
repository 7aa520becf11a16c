/** The options of an example: one table gives its `--help`, its defaults, its types and its refusals. */
import { checkBoolean, checkNumber, checkOneOf, checkOptions, type NumberRule, show } from "../../src/check";
import { OptionError } from "../../src/errors";

/** One option; `type` is needed only where the default is null (nothing given), `rule` holds for each number. */
export interface Option {
  readonly about: string;
  readonly default: number | string | boolean | readonly number[] | null;
  readonly type?: "number" | "text" | "numbers";
  readonly choices?: readonly string[];
  readonly rule?: NumberRule;
}

/** An example's options by name, in the order of its help. */
export type OptionTable = Readonly<Record<string, Option>>;

type Wide<T> = T extends boolean ? boolean : T extends number ? number : T extends string ? string : readonly number[];
type Typed = { readonly number: number; readonly text: string; readonly numbers: readonly number[] };
type ValueOf<O extends Option> = O extends { readonly choices: readonly (infer C)[] }
  ? C
  : O extends { readonly default: null; readonly type: infer K extends keyof Typed }
    ? Typed[K] | null
    : Wide<O["default"]>;

/** The values that an example's table describes. */
export type OptionsOf<T extends OptionTable> = { -readonly [K in keyof T]: ValueOf<T[K]> };

/** Keeps the literal types of a table, so that {@link withDefaults} knows each value's type. */
export function defineOptions<const T extends OptionTable>(table: T): T {
  return table;
}

/** Completes given options with the table's defaults; unknown names and values out of range are an OptionError. */
export function withDefaults<T extends OptionTable>(
  where: string,
  table: T,
  given: Partial<OptionsOf<T>> = {},
): OptionsOf<T> {
  checkOptions(where, given, Object.keys(table));
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(table)) {
    const value = given[name] ?? option.default;
    values[name] = value === null ? null : checkValue(where, name, option, value);
  }
  return values as OptionsOf<T>;
}

function checkValue(where: string, name: string, option: Option, value: unknown): unknown {
  if (option.choices !== undefined) return checkOneOf(where, name, value, option.choices);
  switch (kindOf(option)) {
    case "flag":
      return checkBoolean(where, name, value, false);
    case "number":
      return checkNumber(where, name, value, option.rule);
    case "numbers":
      if (Array.isArray(value)) return value.map((item) => checkNumber(where, name, item, option.rule));
      throw new OptionError(`${where}: ${name} is not a list: ${show(value)}; give numbers as [64, 32]`, { [name]: value });
    case "text":
      if (typeof value === "string" && value !== "") return value;
      throw new OptionError(`${where}: ${name} is not a text: ${show(value)}; give a word`, { [name]: value });
  }
}

type Kind = "flag" | "number" | "numbers" | "text";

function kindOf({ default: value, type }: Option): Kind {
  if (typeof value === "boolean") return "flag";
  if (typeof value === "number") return "number";
  if (Array.isArray(value)) return "numbers";
  return type ?? "text";
}

/** Reads `--batch-size 64`, `--batchSize=64`, `--log`, `--no-log` into `{ batchSize: 64, log: … }` by the table. */
export function parseArguments<T extends OptionTable>(
  where: string,
  table: T,
  words: readonly string[],
): Partial<OptionsOf<T>> {
  const values: Record<string, unknown> = {};
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const [, dashed, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (dashed === undefined) {
      throw new OptionError(`${where}: not an option: ${show(word)}; options look like --name value`, { word });
    }
    const negated = isNegation(table, dashed);
    const name = toCamelCase(negated ? dashed.slice(3) : dashed);
    checkOptions(where, { [toDashes(name)]: true }, Object.keys(table).map(toDashes));
    if (name in values) throw new OptionError(`${where}: --${dashed} is given twice; give it once`, { option: name });
    const option = table[name]!;
    if (kindOf(option) === "flag") {
      values[name] = negated ? false : readFlag(where, dashed, inline);
      continue;
    }
    const text = inline ?? words[++i];
    if (text === undefined || (inline === undefined && text.startsWith("--"))) {
      throw new OptionError(`${where}: --${dashed} has no value; write --${dashed} ${placeholder(option)}`, { option: name });
    }
    values[name] = checkValue(where, name, option, readText(where, dashed, option, text));
  }
  return values as Partial<OptionsOf<T>>;
}

function isNegation(table: OptionTable, dashed: string): boolean {
  const positive = table[toCamelCase(dashed.replace(/^no-/, ""))];
  return dashed.startsWith("no-") && positive !== undefined && kindOf(positive) === "flag";
}

function readFlag(where: string, dashed: string, inline: string | undefined): boolean {
  if (inline === undefined || inline === "true") return true;
  if (inline === "false") return false;
  throw new OptionError(`${where}: --${dashed} is a switch: "${inline}"; write --${dashed} or --no-${dashed}`, { inline });
}

function readText(where: string, dashed: string, option: Option, text: string): unknown {
  const toNumber = (part: string): number => {
    const number = part.trim() === "" ? NaN : Number(part);
    if (!Number.isNaN(number)) return number;
    const mend = `write --${dashed} ${placeholder(option)}`;
    throw new OptionError(`${where}: --${dashed} is not a number: "${part}"; ${mend}`, { option: dashed, text });
  };
  switch (kindOf(option)) {
    case "number":
      return toNumber(text);
    case "numbers":
      return text.split(",").map(toNumber);
    default:
      return text;
  }
}

function toCamelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `batchSize` as it is typed: `batch-size`. */
export function toDashes(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function placeholder(option: Option): string {
  if (option.choices !== undefined) return option.choices.join("|");
  return { flag: "", number: "NUMBER", numbers: "N,N,…", text: "TEXT" }[kindOf(option)];
}

/** The lines of `--help`: one per option, with its default. */
export function describeOptions(table: OptionTable): string {
  const rows = Object.entries(table).map(([name, option]) => {
    const flag = option.default === true ? `--no-${toDashes(name)}` : `--${toDashes(name)} ${placeholder(option)}`.trimEnd();
    const fallback = typeof option.default === "boolean" || option.default === null ? "" : ` (default ${String(option.default)})`;
    return [flag, option.about + fallback] as const;
  });
  const width = Math.max(0, ...rows.map(([flag]) => flag.length));
  return rows.map(([flag, about]) => `  ${flag.padEnd(width)}  ${about}`).join("\n");
}

/** Refuses options of an npm script that npm took for its own, since they stood before the `--`. */
export function checkNothingSwallowed(name: string, script: string, table: OptionTable): void {
  const swallowed = Object.keys(table)
    .map(toDashes)
    .filter((option) => process.env[`npm_config_${option.replaceAll("-", "_")}`] !== undefined);
  if (process.env.npm_lifecycle_event !== script.split(" ")[0] || swallowed.length === 0) return;
  throw new OptionError(
    `${name}: npm kept --${swallowed.join(", --")} for itself; write npm run ${script} -- --${swallowed[0]} …`,
    { options: swallowed },
  );
}
