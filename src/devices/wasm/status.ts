/** How a kernel reports an index out of range: it writes down what was wrong, and leaves; the program throws. */

import { DeviceError } from "../../errors";
import type { Step } from "../../tensor/program";
import { outOfRange } from "../js/indices";
import type { FunctionBuilder, Local } from "./assembler";
import { LOST } from "./claim";

/** Where a kernel may report, and under which number. */
export interface Reporter {
  /** Address of three int32: a code that is not 0 after a failure, the offending value, the number of the step. */
  readonly status: number;
  readonly step: number;
}

const OUT_OF_RANGE = 1;

/** Leaves the function, with a report if it is the first, unless 0 ≤ index < size. */
export function checkIndex(f: FunctionBuilder, index: Local, size: number, { status, step }: Reporter): void {
  f.get(index).i32(size).op("i32.ge_u");
  f.if(() => {
    f.i32(status).memory("i32.load").op("i32.eqz");
    f.if(() => {
      f.i32(status).i32(OUT_OF_RANGE).memory("i32.store");
      f.i32(status).get(index).memory("i32.store", 4);
      f.i32(status).i32(step).memory("i32.store", 8);
    });
    f.op("return");
  });
}

/** The error that a step's code and value stand for. */
export function failureOf(step: Step, code: number, value: number): Error {
  if (code === LOST) {
    return new DeviceError(
      "wasm: a thread no longer answers: it ended while it worked (what it had begun was never done); " +
        "tensors that the function assigns to may be half written, load them anew; it goes on without other threads",
      { lost: true },
    );
  }
  if (code !== OUT_OF_RANGE || step.kind === "map" || !("axis" in step.call.attrs)) {
    return new DeviceError(`wasm: a step failed without a reason: code ${code} (value ${value}); report this`, { code });
  }
  const { kernel, attrs } = step.call;
  return outOfRange(kernel, value, attrs.axis, step.inputs[0]!.shape[attrs.axis]!);
}
