/** The wasm device: programs become WebAssembly SIMD modules, for one thread or several. */

import { checkNumber, checkOptions } from "../../check";
import { DeviceError } from "../../errors";
import type { ProgramDevice } from "../../tensor/program";
import { jsDevice } from "../js/device";
import { WasmExecutable } from "./build";
import { canShare } from "./heap";
import { whyNoWasm } from "./refusal";
import { hasThreads } from "./workers";

/** Settings of {@link wasm}. */
export interface WasmOptions {
  /** Threads that share the work of a program: whole, 1 to 64; default 1. */
  threads?: number;
}

/** Nanoseconds of work that are worth handing to another thread. */
const CHUNK_COST = 5_000;

/** A device of so many threads, which divide what takes longer than `chunkCost` nanoseconds. @internal */
export function wasmDevice(threads: number, chunkCost = CHUNK_COST): ProgramDevice {
  return {
    ...jsDevice,
    name: threads === 1 ? "wasm" : `wasm, ${threads} threads`,
    fuses: true,
    build: (program) => new WasmExecutable(program, { threads, chunkCost }),
  };
}

const single = /* @__PURE__ */ wasmDevice(1);

/**
 * The device that compiled functions run on by default: WebAssembly with SIMD, one module per program.
 *
 * With `threads`, workers share the longer steps of a program (products, and maps, reductions and softmax of many
 * elements). The results are the same bits, whatever their number. Workers start with the first program that needs
 * them, sleep between runs, and never keep a process alive. Where memory cannot be shared (a page that is not
 * cross-origin isolated, an engine without `SharedArrayBuffer`) programs run on one thread.
 *
 * @throws DeviceError where the engine has no WebAssembly SIMD, or refuses to compile it (a content security policy
 * without `wasm-unsafe-eval`); {@link js} runs everywhere. OptionError for a number of threads out of range.
 *
 * @example
 * ```ts
 * import { compile, tensor, wasm } from "gradkit";
 * const double = compile((x) => x.mul(2), { device: wasm({ threads: 2 }) });
 * double(tensor([1, 2])).toArray(); // → [2, 4]
 * ```
 */
export function wasm(options: WasmOptions = {}): ProgramDevice {
  checkOptions("wasm", options, ["threads"]);
  const threads = checkNumber("wasm", "threads", options.threads ?? 1, { integer: true, min: 1, max: 64 });
  const refusal = whyNoWasm();
  if (refusal !== null) {
    throw new DeviceError(`wasm: not to be had: ${refusal}; leave the device out, or use js()`, { refusal });
  }
  return threads === 1 || !hasThreads() || !canShare() ? single : wasmDevice(threads);
}
