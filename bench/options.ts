/** The command line of the benchmark: its options, its help, and which rows and columns they choose. */

import { OptionError } from "../src/errors";
import {
  type OptionsOf,
  checkNothingSwallowed,
  defineOptions,
  describeOptions,
  parseArguments,
  withDefaults,
} from "../examples/support/options";
import { type Contestant, contestants } from "./contestants";
import { type ColdWorkload, type Workload, workloads } from "./workloads";

const table = defineOptions({
  only: { about: "workloads, by name or by how their names begin, with commas between (default all)", default: null, type: "text" },
  systems: { about: "systems, chosen likewise (default all)", default: null, type: "text" },
  seconds: { about: "measuring time per workload and system, after warming up", default: 1, rule: { above: 0 } },
  rounds: { about: "rounds that the time is divided into; all systems take turns in each", default: 5, rule: { integer: true, min: 1 } },
  epochs: { about: "epochs of MNIST, one a round", default: 3, rule: { integer: true, min: 1 } },
  epochLimit: { about: "seconds an epoch may take; slower systems are left out", default: 30, rule: { above: 0 } },
  starts: { about: "cold starts per system", default: 11, rule: { integer: true, min: 1 } },
  json: { about: "a file for all numbers of all rounds", default: null, type: "text" },
});

/** What was asked for. */
export interface Settings extends Omit<OptionsOf<typeof table>, "only" | "systems"> {
  readonly workloads: readonly (Workload | ColdWorkload)[];
  readonly contestants: readonly Contestant[];
}

/** The help text. */
export function help(): string {
  const list = (items: readonly { id: string; title: string }[]): string =>
    items.map(({ id, title }) => `  ${id.padEnd(17)} ${title}`).join("\n");
  return [
    "npm run bench -- [options]: gradkit beside its peers, one table of medians",
    describeOptions(table),
    `Workloads:\n${list(workloads)}`,
    `Systems:\n${list(contestants)}`,
  ].join("\n\n");
}

/** Reads the words of the command line. */
export function settingsOf(words: readonly string[]): Settings {
  checkNothingSwallowed("bench", "bench", table);
  const { only, systems, ...rest } = withDefaults("bench", table, parseArguments("bench", table, words));
  return { ...rest, workloads: choose("only", workloads, only), contestants: choose("systems", contestants, systems) };
}

/** Items named exactly by one of the words, else those whose names begin with it. */
function choose<T extends { readonly id: string }>(
  option: string,
  items: readonly T[],
  words: string | null,
): readonly T[] {
  if (words === null) return items;
  const chosen = new Set<T>();
  for (const word of words.split(",").map((part) => part.trim())) {
    const exact = items.filter(({ id }) => id === word);
    const found = exact.length > 0 ? exact : items.filter(({ id }) => word !== "" && id.startsWith(word));
    if (found.length === 0) {
      const known = items.map(({ id }) => id).join(", ");
      throw new OptionError(`bench: nothing in ${option} is called so: "${word}"; choose among ${known}`, { [option]: word });
    }
    for (const item of found) chosen.add(item);
  }
  return items.filter((item) => chosen.has(item));
}
