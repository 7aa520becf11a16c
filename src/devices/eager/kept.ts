/** The programs of eager calls, by what they do: a bounded number of them, the latest used stay. */

import { DeviceError } from "../../errors";
import type { Program } from "../../tensor/program";
import { WasmExecutable } from "../wasm/build";

const MOST = 256;
const MOST_BYTES = 2 ** 27;

/** A program, and what those who call it want to know of it. */
export interface Kept<T> {
  readonly executable: WasmExecutable;
  readonly about: T;
}

const programs = new Map<string, Kept<unknown>>();
let bytes = 0;

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
  for (const [key, { executable }] of programs) {
    if (programs.size <= MOST && bytes <= MOST_BYTES) return;
    programs.delete(key);
    bytes -= executable.bytes;
    executable.free();
  }
}
