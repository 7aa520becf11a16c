/** Programs on the js device: the same kernels, called one after another without asking anything twice. */

import type { TypedArray } from "../../dtype";
import type { Call } from "../../tensor/device";
import type { Executable, KernelStep, Operand, Program, ProgramDevice, Step, Value } from "../../tensor/program";
import { type Storage, type View, readView, storageOf, wholeView } from "../../tensor/storage";
import { jsDevice } from "./device";

/** A program as a list of functions over a table of arrays. */
class JsExecutable implements Executable {
  private readonly storages: Storage[];
  private readonly calls: (() => void)[];

  constructor(private readonly program: Program) {
    this.storages = program.values.map(({ dtype }) => storageOf(dtype, NOTHING));
    this.calls = program.steps.flatMap((step) => this.callsOf(step));
  }

  get bytes(): number {
    return this.storages.reduce((sum, { data }) => sum + data.byteLength, 0);
  }

  load(value: Value, data: TypedArray): void {
    // a window on a larger buffer may be another program's memory, which changes under it
    const own = data.byteLength === data.buffer.byteLength ? data : data.slice();
    this.storages[value.id] = storageOf(value.dtype, own);
  }

  run(): void {
    for (const call of this.calls) call();
    const sources = this.program.writes.map(({ source }) => readView(this.view(source), false));
    this.program.writes.forEach(({ target }, i) => this.load(target, sources[i]!));
  }

  read(operand: Operand): TypedArray {
    return readView(this.view(operand), true);
  }

  resident(value: Value): Storage {
    return this.storages[value.id]!;
  }

  free(): void {
    this.storages.length = 0;
  }

  private view({ value, shape, strides, offset, dtype }: Operand): View {
    return { storage: this.storages[value.id]!, shape, strides, offset, dtype };
  }

  /** The epilogue of a fused step: one more map, over the result as it was stored. */
  private finish({ call, epilogue, output: value }: KernelStep): (() => void)[] {
    if (epilogue === null) return [];
    const { shape } = call.output;
    const after: Call = { kernel: "map", attrs: { expr: epilogue.expr }, output: { shape, dtype: value.dtype } };
    return [
      () => {
        const result = wholeView(this.storages[value.id]!, shape);
        this.storages[value.id] = jsDevice.execute(after, [result, ...epilogue.reads.map((read) => this.view(read))]);
      },
    ];
  }

  private callsOf(step: Step): (() => void)[] {
    const run = (call: Call, value: Value): (() => void) => {
      return () => {
        this.storages[value.id] = jsDevice.execute(
          call,
          step.inputs.map((input) => this.view(input)),
        );
      };
    };
    if (step.kind === "kernel") return [run(step.call, step.output), ...this.finish(step)];
    return step.outputs.map(({ expr, value }) =>
      run({ kernel: "map", attrs: { expr }, output: { shape: step.shape, dtype: value.dtype } }, value),
    );
  }
}

const NOTHING = /* @__PURE__ */ new Float32Array(0);

/** The js device as one that programs are compiled for: every step is a call of its own, nothing is fused. */
export const jsPrograms: ProgramDevice = /* @__PURE__ */ Object.assign({}, jsDevice, {
  fuses: false,
  build: (program: Program) => new JsExecutable(program),
});

/**
 * The device that runs compiled functions in plain JavaScript: slower than {@link wasm}, but it runs everywhere.
 *
 * @example
 * ```ts
 * import { compile, js, tensor } from "gradkit";
 * const double = compile((x) => x.mul(2), { device: js() });
 * double(tensor([1, 2])).toArray(); // → [2, 4]
 * ```
 */
export function js(): ProgramDevice {
  return jsPrograms;
}
