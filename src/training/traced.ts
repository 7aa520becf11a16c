/** Running a function as a compiled program where it can be traced, and as it is where it cannot, with one notice. */

import { compile } from "../accelerate";
import { checkBoolean, checkFunction } from "../check";
import { type Compiled, checkProgramDevice } from "../compile/compile";
import { whyNoWasm } from "../devices/wasm/refusal";
import { DeviceError, TraceError } from "../errors";
import type { ProgramDevice } from "../tensor/program";
import type { Tensor } from "../tensor/tensor";
import { notice } from "./host";

/** Whether and how training and prediction are compiled. */
export interface CompileChoice {
  /**
   * Whether to run as a compiled program; default true. What cannot be traced runs operation by operation, with a
   * notice.
   */
  compile?: boolean;
  /** What the program runs on; default: WebAssembly where it is to be had, else JavaScript. */
  device?: ProgramDevice;
  /** Called with what a user should know although training goes on; default: a warning of the process or console. */
  onNotice?: (message: string) => void;
}

/** A function of tensors, compiled where that works. */
export interface Traced<A extends readonly Tensor[], R> {
  (...args: A): R;
  /** Gives the memory of programs back. */
  release(): void;
}

let told = false;

/** Says once that programs run in JavaScript, where WebAssembly is not to be had. */
function tellOfJs(where: string, onNotice: (message: string) => void): void {
  const refusal = whyNoWasm();
  if (refusal === null || told) return;
  told = true;
  onNotice(`${where}: compiled programs run in JavaScript, several times slower: ${refusal}`);
}

/** Whether nothing was changed before the error, so that the function may be run as it is instead. */
function mayRunEagerly(error: unknown): error is TraceError | DeviceError {
  if (error instanceof DeviceError) return error.fields["lost"] !== true;
  return error instanceof TraceError;
}

/** Compiles `fn` unless that is turned off; `where` names the caller in the notice. */
export function traced<A extends readonly Tensor[], R>(
  where: string,
  fn: (...args: A) => R,
  { compile: wanted = true, device, onNotice = notice }: CompileChoice,
): Traced<A, R> {
  if (wanted && device === undefined) tellOfJs(where, onNotice);
  let compiled: Compiled<A, R> | null = wanted ? compile(fn, device === undefined ? {} : { device }) : null;
  const release = (): void => compiled?.release();
  const call = (...args: A): R => {
    if (compiled === null) return fn(...args);
    try {
      return compiled(...args);
    } catch (error: unknown) {
      if (!mayRunEagerly(error)) throw error;
      onNotice(`${where}: not compiled, runs operation by operation: ${error.message}`);
      release();
      compiled = null;
      return fn(...args);
    }
  };
  return Object.assign(call, { release });
}

/** The choice alone, out of a larger record of options. @throws OptionError for values of other kinds. */
export function compileChoice(where: string, { compile: wanted, device, onNotice }: CompileChoice): CompileChoice {
  checkProgramDevice(where, device);
  if (onNotice !== undefined) checkFunction(where, "onNotice", onNotice);
  return {
    compile: checkBoolean(where, "compile", wanted, true),
    ...(device === undefined ? {} : { device }),
    ...(onNotice === undefined ? {} : { onNotice }),
  };
}
