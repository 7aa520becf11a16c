/**
 * WebAssembly for those who ask for it: programs run on it, and eager code hands it large calls. A bundler leaves all
 * of it out of a page that neither compiles nor calls what does (`fit`, `evaluate`, `predict`).
 */

import { type CompileOptions, type Compiled, compileFor } from "./compile/compile";
import { jsPrograms } from "./devices/js/build";
import { wasm } from "./devices/wasm/device";
import { eagerDevice } from "./devices/eager/device";
import { whyNoWasm } from "./devices/wasm/refusal";
import { setDevice } from "./tensor/device";
import type { ProgramDevice } from "./tensor/program";
import type { Tensor } from "./tensor/tensor";

/** Which device programs run on where none is named. Called pure, since without it nothing here is needed. */
const choose = /* @__PURE__ */ accelerate();

function accelerate(): () => ProgramDevice {
  setDevice(eagerDevice);
  return () => (whyNoWasm() === null ? wasm() : jsPrograms);
}

/**
 * Makes a function of tensors one program: the first call with a kind of arguments traces it, later calls replay.
 *
 * A whole training step may be compiled: forward, `backward`, clipping, optimizer, dropout. The result is that of the
 * function itself, to rounding. A new program is traced where shapes, dtypes or `requiresGrad` of the arguments differ,
 * where a plain argument (number, boolean, string) differs, or where the training mode of a module has changed; 16 are
 * kept. What changes from call to call must be a tensor: plain JavaScript in the function runs only while tracing.
 * The function may return a tensor, an array or a record of tensors, or nothing; they come back without a graph.
 *
 * @throws TraceError if a value is read while tracing, if an argument or result is no tensor, number, boolean or
 * string, or if the function is asynchronous; and whatever the function throws. A trace that fails changes nothing.
 *
 * @example
 * ```ts
 * import { Adam, Linear, compile, mse, tensor } from "gradkit";
 * const model = new Linear(1, 1);
 * const optimizer = new Adam(model.parameters(), { lr: 0.1 });
 * const step = compile((x, y) => {
 *   optimizer.zeroGrad();
 *   const loss = mse(model.forward(x), y);
 *   loss.backward();
 *   optimizer.step();
 *   return loss;
 * });
 * const first = step(tensor([[1], [2]]), tensor([[2], [4]])).item();
 * for (let i = 0; i < 50; i++) step(tensor([[1], [2]]), tensor([[2], [4]]));
 * step(tensor([[1], [2]]), tensor([[2], [4]])).item() < first; // → true
 * ```
 */
export function compile<A extends readonly Tensor[], R>(
  fn: (...args: A) => R,
  options?: CompileOptions,
): Compiled<A, R>;
export function compile<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options?: CompileOptions,
): Compiled<A, R>;
export function compile<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options: CompileOptions = {},
): Compiled<A, R> {
  return compileFor(choose, fn, options);
}
