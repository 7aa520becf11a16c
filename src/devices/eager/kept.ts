/** The programs of eager calls, by what they do: a bounded number of them, the latest used stay. */

import { DeviceError } from "../../errors";
import type { Program } from "../../tensor/program";
import { WasmExecutable } from "../wasm/build";
import { onShortage } from "../wasm/holdings";

const MOST = 256;
const MOST_BYTES = 2 ** 27;

/** A program, and what those who call it want to know of it. */
export interface Kept<T> {
  readonly executable: WasmExecutable;
  readonly about: T;
}

const programs = new Map<string, Kept<unknown>>();
let bytes = 0;
let calls = 0;

/** Runs a call with programs that it keeps at hand: meanwhile none is let go. */
export function withKept<T>(call: () => T): T {
  calls++;
  try {
    return call();
  } finally {
    calls--;
  }
}

/** Lets the program go that was not used for longest, to make room for others; false where that cannot be. */
function makeRoom(): boolean {
  const [oldest] = programs;
  if (calls > 0 || oldest === undefined) return false;
  letGo(...oldest);
  return true;
}

function letGo(key: string, { executable }: Kept<unknown>): void {
  programs.delete(key);
  bytes -= executable.bytes;
  executable.free();
}

let asked = false;

/** What a key stands for: made by `describe` at first, with the program that `describe` gives beside it. */
export function keptProgram<T>(key: string, describe: () => { program: Program; about: T }): Kept<T> | null {
  const found = programs.get(key) as Kept<T> | undefined;
  if (found !== undefined) {
    programs.delete(key);
    programs.set(key, found);
    return found;
  }
  const { program, about } = describe();
  const executable = built(program);
  if (executable === null) return null;
  const kept = { executable, about };
  if (!asked) onShortage(makeRoom);
  asked = true;
  programs.set(key, kept);
  bytes += executable.bytes;
  return kept;
}

/** The program made runnable; null where the memory does not suffice, or the engine refuses a module of this size. */
function built(program: Program): WasmExecutable | null {
  try {
    return new WasmExecutable(program, { threads: 1, chunkCost: Infinity });
  } catch (error) {
    if (error instanceof DeviceError || error instanceof RangeError) return null;
    throw error;
  }
}

/** Lets go of the programs that were not used for longest, where there are too many; to be called between calls. */
export function trimKept(): void {
  if (programs.size <= MOST && bytes <= MOST_BYTES) return;
  for (const [key, kept] of programs) {
    if (programs.size <= MOST && bytes <= MOST_BYTES) return;
    letGo(key, kept);
  }
}
