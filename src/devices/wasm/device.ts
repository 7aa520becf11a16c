/** The wasm device: programs become WebAssembly SIMD modules; single calls run in JavaScript. */

import { DeviceError } from "../../errors";
import type { ProgramDevice } from "../../tensor/program";
import { jsDevice } from "../js/device";
import { WasmExecutable } from "./build";
import { whyNoWasm } from "./runtime";

const device: ProgramDevice = {
  ...jsDevice,
  name: "wasm",
  fuses: true,
  build: (program) => new WasmExecutable(program),
};

/**
 * The device that compiled functions run on by default: WebAssembly with SIMD, one module per program, on one thread.
 *
 * @throws DeviceError where the engine has no WebAssembly SIMD, or refuses to compile it (a content security policy
 * without `wasm-unsafe-eval`); {@link js} runs everywhere.
 *
 * @example
 * ```ts
 * import { compile, tensor, wasm } from "gradkit";
 * const double = compile((x) => x.mul(2), { device: wasm() });
 * double(tensor([1, 2])).toArray(); // → [2, 4]
 * ```
 */
export function wasm(): ProgramDevice {
  const refusal = whyNoWasm();
  if (refusal === null) return device;
  throw new DeviceError(`wasm: not to be had: ${refusal}; leave the device out, or use js()`, { refusal });
}
