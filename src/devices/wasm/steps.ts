/** Which function computes which step: the table of the wasm device's kernels. */

import type { AllKernels, KernelName } from "../../tensor/device";
import type { DType } from "../../dtype";
import type { Expr } from "../../scalar/expr";
import type { Operand, Step, Value } from "../../tensor/program";
import type { Spec } from "../../tensor/storage";
import { emitArgReduce } from "./argReduce";
import { argSortScratch, emitArgSort } from "./argSort";
import type { ModuleBuilder } from "./assembler";
import { emitConcat } from "./concat";
import { convolveScratch, emitConvolve } from "./convolve";
import { emitCopy } from "./copy";
import { emitCumulate } from "./cumulate";
import { emitGather } from "./gather";
import { emitIndexAdd } from "./indexAdd";
import { emitIndexSelect } from "./indexSelect";
import { emitMap } from "./map";
import { emitMatmul, matmulScratch } from "./matmul";
import { emitPlace } from "./place";
import { type Placed, wholeAt } from "./placed";
import { emitRandom } from "./random";
import { emitReduce } from "./reduce";
import { reduceScratch } from "./reduceAxes";
import { emitScatterAdd } from "./scatterAdd";
import { type Emitted, type Part, partsOf } from "./share";
import { emitSoftmax } from "./softmax";
import type { Reporter } from "./status";

/** One kernel call with its operands in memory. */
interface Job<K extends KernelName> {
  readonly attrs: AllKernels[K];
  readonly inputs: readonly Placed[];
  readonly output: Placed;
  /** The dtype of the kernel's own result, before an epilogue. */
  readonly dtype: DType;
  readonly epilogue: { readonly expr: Expr; readonly reads: readonly Placed[] } | null;
  /** Working memory, used by one step at a time. */
  readonly scratch: number;
  readonly reporter: Reporter;
}

type Emit<K extends KernelName> = (module: ModuleBuilder, job: Job<K>) => Emitted;

/** Maps are steps of their own kind. */
type Called = Exclude<KernelName, "map">;

const KERNELS = {
  reduce: (module, job) => emitReduce(module, job, job.scratch),
  argReduce: (module, { attrs, inputs, output }) => emitArgReduce(module, attrs, inputs[0]!, output),
  matmul: (module, { inputs: [a, b], output, epilogue, scratch }) =>
    emitMatmul(module, { a: a!, b: b!, output, epilogue }, scratch),
  convolve: (module, { attrs, inputs, output, epilogue, scratch }) =>
    emitConvolve(module, { attrs, inputs, output, epilogue }, scratch),
  copy: (module, { inputs, output }) => emitCopy(module, inputs[0]!, output),
  place: (module, { attrs, inputs, output }) => emitPlace(module, attrs, inputs, output),
  gather: (module, { attrs, inputs, output, reporter }) => emitGather(module, attrs, inputs, output, reporter),
  scatterAdd: (module, { attrs, inputs, output, reporter }) => emitScatterAdd(module, attrs, inputs, output, reporter),
  indexSelect: (module, { attrs, inputs, output, reporter }) =>
    emitIndexSelect(module, attrs, inputs, output, reporter),
  indexAdd: (module, { attrs, inputs, output, reporter }) => emitIndexAdd(module, attrs, inputs, output, reporter),
  random: (module, { attrs, inputs, output }) => emitRandom(module, attrs, inputs[0]!, output),
  argSort: (module, { attrs, inputs, output, scratch }) => emitArgSort(module, attrs, inputs[0]!, output, scratch),
  cumulate: (module, { attrs, inputs, output }) => emitCumulate(module, attrs, inputs[0]!, output),
  concat: (module, { attrs, inputs, output }) => emitConcat(module, attrs, inputs, output),
  softmax: (module, { attrs, inputs, output }) => emitSoftmax(module, attrs, inputs[0]!, output),
} satisfies { [K in Called]: Emit<K> };

/** Where a program's values lie, as far as its steps need to know. */
export interface Places {
  place(operand: Operand): Placed;
  whole(value: Value, spec: Spec): Placed;
  readonly scratch: number;
  readonly status: number;
}

/** The functions that do one step, in their order. */
export function emitStep(module: ModuleBuilder, step: Step, number: number, places: Places): readonly Part[] {
  const inputs = step.inputs.map((operand) => places.place(operand));
  if (step.kind === "map") {
    const { shape } = step;
    const outputs = step.outputs.map(({ expr, value }) => ({
      expr,
      to: places.whole(value, { shape, dtype: value.dtype }),
    }));
    return emitMap(module, { shape, inputs, outputs });
  }
  const { call, epilogue, output } = step;
  const emit: Emit<never> = KERNELS[call.kernel as Called];
  const emitted = emit(module, {
    attrs: call.attrs as never,
    inputs,
    output: places.whole(output, { shape: call.output.shape, dtype: output.dtype }),
    dtype: call.output.dtype,
    epilogue: epilogue && { expr: epilogue.expr, reads: epilogue.reads.map((read) => places.place(read)) },
    scratch: places.scratch,
    reporter: { status: places.status, step: number },
  });
  return partsOf(emitted);
}

/** Bytes of working memory that a step needs. */
export function scratchOf(step: Step): number {
  if (step.kind === "map") return 0;
  const { call, inputs, output } = step;
  const anywhere = (operand: Operand): Placed => ({ ...operand, address: 0 });
  if (call.kernel === "argSort") return argSortScratch(call.attrs, inputs[0]!);
  const placed = inputs.map(anywhere);
  const whole = wholeAt(0, { shape: call.output.shape, dtype: output.dtype });
  const epilogue = step.epilogue && { expr: step.epilogue.expr, reads: step.epilogue.reads.map(anywhere) };
  if (call.kernel === "reduce") {
    return reduceScratch({ attrs: call.attrs, dtype: call.output.dtype, inputs: placed, output: whole, epilogue });
  }
  if (call.kernel === "convolve") {
    return convolveScratch({ attrs: call.attrs, inputs: placed, output: whole, epilogue });
  }
  if (call.kernel === "matmul") return matmulScratch({ a: placed[0]!, b: placed[1]!, output: whole, epilogue });
  return 0;
}
