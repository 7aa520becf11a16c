/** A traced function for one kind of arguments: what is copied in, run, and handed out at each call. */

import type { Executable, Operand, Program, ProgramDevice, Value } from "../tensor/program";
import { type Storage, readView, settled, storageOf } from "../tensor/storage";
import { Tensor, fromStorage } from "../tensor/tensor";
import { stridesOf } from "../shape";
import type { Structure } from "./structure";
import type { Capture, Guard } from "./trace";

/** Something read out of a program. */
export interface Result {
  readonly operand: Operand;
}

/** All that a trace found out. */
export interface Recording {
  readonly program: Program;
  readonly device: ProgramDevice;
  readonly text: () => string;
  /** The value of each argument, null where it is no tensor. */
  readonly arguments: readonly (Value | null)[];
  readonly captures: readonly Capture[];
  readonly guards: readonly Guard[];
  /** What the function assigned to: a tensor from outside, or an argument by position. */
  readonly writes: readonly { readonly target: Value; readonly tensor: Tensor | number }[];
  /** Whose gradient the function set (to a result, or to null), as in `writes`. */
  readonly grads: readonly { readonly owner: Tensor | number; readonly result: number | null; readonly cleared: boolean }[];
  readonly shape: Structure;
}

/** A program that is ready to run. */
export class Recorded {
  private readonly executable: Executable;
  /** What the executable holds a copy of, for each capture. */
  private readonly loaded: { storage: Storage | null; version: number }[];
  private readonly captureOf: ReadonlyMap<Value, number>;
  private text_: string | null = null;

  constructor(private readonly recording: Recording) {
    this.executable = recording.device.build(recording.program);
    this.captureOf = new Map(recording.captures.map(({ value }, i) => [value, i]));
    this.loaded = recording.captures.map(() => ({ storage: null, version: 0 }));
  }

  /** The program, to be read. */
  get text(): string {
    return (this.text_ ??= this.recording.text());
  }

  /** Whether all that decided what is computed is as it was. */
  holds(): boolean {
    const { guards, captures } = this.recording;
    for (const { read, value } of guards) if (!Object.is(read(), value)) return false;
    for (const { source, requiresGrad } of captures) {
      if (source.kind === "tensor" && source.tensor.requiresGrad !== requiresGrad) return false;
    }
    return true;
  }

  /** Runs the program on arguments of the kind it was traced for. */
  call(args: readonly unknown[]): unknown {
    const { executable, recording } = this;
    recording.arguments.forEach((value, i) => {
      if (value !== null) executable.load(value, readView(args[i] as Tensor, false));
    });
    recording.captures.forEach(({ value, source }, i) => {
      const tensor = source.kind === "tensor" ? source.tensor : source.tensor.grad!;
      const loaded = this.loaded[i]!;
      if (tensor.storage === loaded.storage && tensor.version === loaded.version) return;
      executable.load(value, readView(tensor, false));
      loaded.storage = tensor.storage;
      loaded.version = tensor.version;
    });
    executable.run();
    this.writeBack(args);
    return this.results(recording.shape);
  }

  /** Gives the memory back; gradients and residents that are still looked at move out first. */
  free(): void {
    for (const { tensor } of this.recording.writes) {
      if (tensor instanceof Tensor) tensor.storage = settled(tensor.storage);
    }
    for (const { owner } of this.recording.grads) if (owner instanceof Tensor) void owner.grad;
    this.executable.free();
  }

  private writeBack(args: readonly unknown[]): void {
    const { executable, recording, loaded } = this;
    for (const { target, tensor: written } of recording.writes) {
      const tensor = typeof written === "number" ? (args[written] as Tensor) : written;
      tensor.storage = executable.resident(target);
      tensor.strides = stridesOf(tensor.shape);
      tensor.offset = 0;
      tensor.version++;
      const capture = this.captureOf.get(target);
      if (capture !== undefined) Object.assign(loaded[capture]!, { storage: tensor.storage, version: tensor.version });
    }
    for (const { owner, result, cleared } of recording.grads) {
      const tensor = typeof owner === "number" ? (args[owner] as Tensor) : owner;
      if (result !== null) tensor.deferGrad(() => this.result(result));
      else if (cleared) tensor.grad = null;
    }
  }

  private result(number: number): Tensor {
    const operand = this.recording.program.results[number]!;
    return fromStorage(storageOf(operand.dtype, this.executable.read(operand)), operand.shape);
  }

  private results(shape: Structure): unknown {
    if (typeof shape === "number") return this.result(shape);
    if (shape === undefined || shape === null) return shape;
    if (Array.isArray(shape)) return shape.map((item: Structure) => this.results(item));
    return Object.fromEntries(Object.entries(shape).map(([key, item]) => [key, this.results(item as Structure)]));
  }
}
