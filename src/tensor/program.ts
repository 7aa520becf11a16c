/** A program: a flat list of steps over values, as a trace writes it down and a device builds it. */

import type { DType, TypedArray } from "../dtype";
import type { Expr } from "../scalar/expr";
import type { Shape } from "../shape";
import type { Call, Device } from "./device";
import type { Spec, Storage } from "./storage";

/**
 * A buffer of a program. An argument is copied in before each run; a capture is a tensor from outside (a parameter, a
 * constant), copied in when its storage has changed; everything else is temporary.
 */
export interface Value {
  readonly id: number;
  readonly dtype: DType;
  /** Elements. */
  readonly size: number;
  readonly role: "argument" | "capture" | "temporary";
}

/** A value read with a shape; strides and offset in elements, strides may be 0 or negative. */
export interface Operand extends Spec {
  readonly value: Value;
  readonly strides: readonly number[];
  readonly offset: number;
}

/** Elementwise outputs over one iteration shape: `inputs` broadcast to it, every output is contiguous in it. */
export interface MapStep {
  readonly kind: "map";
  readonly shape: Shape;
  readonly inputs: readonly Operand[];
  /** Each expression reads `inputs` by position; its dtype is that of the value. */
  readonly outputs: readonly { readonly expr: Expr; readonly value: Value }[];
}

/** What is done to each element of a kernel's result before it is stored. */
export interface Epilogue {
  /** Reads the kernel's result as input 0, and `reads[i]` as input i + 1. */
  readonly expr: Expr;
  /** Broadcast to the output's shape. */
  readonly reads: readonly Operand[];
}

/** One kernel call; its result, after the epilogue if there is one, fills `output` contiguously. */
export interface KernelStep {
  readonly kind: "kernel";
  /** Anything but `map`; `call.output.dtype` is the kernel's own, before the epilogue. */
  readonly call: Call;
  readonly inputs: readonly Operand[];
  /** Only on `matmul`, `convolve` and `reduce`. */
  readonly epilogue: Epilogue | null;
  readonly output: Value;
}

/** One entry of a program. */
export type Step = MapStep | KernelStep;

/** The values a step writes. */
export function outputsOf(step: Step): readonly Value[] {
  return step.kind === "map" ? step.outputs.map(({ value }) => value) : [step.output];
}

/** The operands a step reads, those of its epilogue included. */
export function readsOf(step: Step): readonly Operand[] {
  if (step.kind === "map") return step.inputs;
  return step.epilogue === null ? step.inputs : [...step.inputs, ...step.epilogue.reads];
}

/** A whole computation. */
export interface Program {
  readonly values: readonly Value[];
  readonly steps: readonly Step[];
  /** After all steps, each capture's buffer is replaced by what the operand reads (contiguous, same size and dtype). */
  readonly writes: readonly { readonly target: Value; readonly source: Operand }[];
  /** What is read out after a run. */
  readonly results: readonly Operand[];
}

/** A program made runnable by a device. */
export interface Executable {
  /** Copies in the elements of an argument or capture, contiguous. */
  load(value: Value, data: TypedArray): void;
  /** Runs the program once. */
  run(): void;
  /** A copy of what an operand among the results reads, contiguous. */
  read(operand: Operand): TypedArray;
  /** The present elements of a capture that the program writes, without a copy where that is possible. */
  resident(value: Value): Storage;
  /** Gives the memory back; nothing may be called afterwards. */
  free(): void;
  /** Bytes held. */
  readonly bytes: number;
}

/** A device that programs can be compiled for. */
export interface ProgramDevice extends Device {
  /** Whether neighbouring steps should be fused before `build`. @internal */
  readonly fuses: boolean;
  /** Makes a program runnable. @internal */
  build(program: Program): Executable;
}
