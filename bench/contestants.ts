/** Who is timed: every system by name, and how its processes are started. */

import { spawnSync } from "node:child_process";

/** A column of the table. */
export interface Contestant {
  readonly id: string;
  /** The column's heading. */
  readonly title: string;
  /** The module in `systems/`, and what it is made with. */
  readonly system: string;
  readonly variant: string;
  /** The script in `cold/` and its argument, or null where there is nothing to start. */
  readonly cold: readonly [script: string, argument: string] | null;
}

/** All systems in the order of the table. `limit` is a loop in registers, for cold starts an empty script. */
export const contestants: readonly Contestant[] = [
  { id: "limit", title: "limit", system: "limit", variant: "", cold: ["empty", ""] },
  { id: "gradkit-eager", title: "gradkit eager", system: "gradkit", variant: "eager", cold: ["gradkit", "eager"] },
  { id: "gradkit-compiled", title: "gradkit compiled", system: "gradkit", variant: "compiled", cold: ["gradkit", "compiled"] },
  { id: "gradkit-threads", title: "gradkit 2 threads", system: "gradkit", variant: "threads", cold: null },
  { id: "jax", title: "jax-js", system: "jax", variant: "", cold: ["jax", ""] },
  { id: "tfjs-wasm", title: "tfjs wasm", system: "tfjs", variant: "wasm", cold: ["tfjs", "wasm"] },
  { id: "tfjs-cpu", title: "tfjs cpu", system: "tfjs", variant: "cpu", cold: ["tfjs", "cpu"] },
  { id: "brain", title: "brain.js", system: "brain", variant: "", cold: ["brain", ""] },
  { id: "torch-1", title: "PyTorch 1 thread", system: "pytorch", variant: "1", cold: ["pytorch", "1"] },
  { id: "torch-default", title: "PyTorch default", system: "pytorch", variant: "default", cold: ["pytorch", "default"] },
];

const PYTHONS = [process.env.PYTHON, "python3", "/usr/bin/python3"];

/** The first Python that has PyTorch, or null. */
export function findTorch(): string | null {
  for (const python of PYTHONS) {
    if (python === undefined || python === "") continue;
    if (spawnSync(python, ["-c", "import torch"], { stdio: "ignore" }).status === 0) return python;
  }
  return null;
}
