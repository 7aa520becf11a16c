/** A traced function for one kind of arguments: what is copied in, run, and handed out at each call. */

import type { Executable, Operand, Program, ProgramDevice, Value } from "../tensor/program";
import { type Storage, readView, settled, storageOf } from "../tensor/storage";
import { Tensor, fromStorage } from "../tensor/tensor";
import { sameShape, stridesOf } from "../shape";
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
  /** What each argument was like. */
  readonly kinds: readonly Kind[];
  /** Whether operations were being recorded for gradients. */
  readonly gradMode: boolean;
  readonly captures: readonly Capture[];
  readonly guards: readonly Guard[];
  /** What the function assigned to: a tensor from outside, or an argument by position. */
  readonly writes: readonly { readonly target: Value; readonly tensor: Tensor | number }[];
  /** Whose gradient the function set (to a result, or to null), as in `writes`. */
  readonly grads: readonly {
    readonly owner: Tensor | number;
    readonly result: number | null;
    readonly cleared: boolean;
  }[];
  readonly shape: Structure;
}

/** What a program was traced for in the place of one argument. */
export interface Kind {
  /** Its value in the program; null where it is no tensor. */
  readonly value: Value | null;
  /** Shape, dtype and whether it requires a gradient; null where it is no tensor. */
  readonly like: Pick<Tensor, "shape" | "dtype" | "requiresGrad"> | null;
  /** The argument itself where it is no tensor. */
  readonly plain: unknown;
  /** The first place where the same tensor stands. */
  readonly twin: number;
}

/** The kinds of some arguments; `valueOf` gives the value of a tensor among them. */
export function kindsOf(args: readonly unknown[], valueOf: (tensor: Tensor) => Value): Kind[] {
  return args.map((arg) => {
    if (!(arg instanceof Tensor)) return { value: null, like: null, plain: arg, twin: -1 };
    const { shape, dtype, requiresGrad } = arg;
    return { value: valueOf(arg), like: { shape, dtype, requiresGrad }, plain: null, twin: args.indexOf(arg) };
  });
}

function isOfKind(args: readonly unknown[], i: number, { like, plain, twin }: Kind): boolean {
  const arg = args[i];
  if (like === null) return Object.is(arg, plain);
  if (!(arg instanceof Tensor)) return false;
  return (
    arg.dtype === like.dtype &&
    arg.requiresGrad === like.requiresGrad &&
    sameShape(arg.shape, like.shape) &&
    args.indexOf(arg) === twin
  );
}

/** What the executable holds a copy of. */
interface Loaded {
  storage: Storage | null;
  version: number;
}

interface Written {
  readonly target: Value;
  readonly tensor: Tensor | number;
  readonly strides: readonly number[];
  readonly loaded: Loaded | undefined;
}

interface Gradient {
  readonly owner: Tensor | number;
  readonly read: (() => Tensor) | null;
  readonly cleared: boolean;
}

/** A program that is ready to run. */
export class Recorded {
  private readonly executable: Executable;
  /** What the executable holds a copy of, for each capture. */
  private readonly loaded: readonly Loaded[];
  private readonly written: readonly Written[];
  private readonly gradients: readonly Gradient[];
  private text_: string | null = null;

  constructor(private readonly recording: Recording) {
    this.executable = recording.device.build(recording.program);
    this.loaded = recording.captures.map(() => ({ storage: null, version: 0 }));
    const captureOf = new Map(recording.captures.map(({ value }, i) => [value, i]));
    this.written = recording.writes.map(({ target, tensor }) => {
      const capture = captureOf.get(target);
      const { shape } = typeof tensor === "number" ? recording.kinds[tensor]!.like! : tensor;
      return {
        target,
        tensor,
        strides: stridesOf(shape),
        loaded: capture === undefined ? undefined : this.loaded[capture],
      };
    });
    this.gradients = recording.grads.map(({ owner, result, cleared }) => ({
      owner,
      read: result === null ? null : () => this.result(result),
      cleared,
    }));
  }

  /** The program, to be read. */
  get text(): string {
    return (this.text_ ??= this.recording.text());
  }

  /** Whether the arguments are of the kind it was traced for, and all else that decides is as it was. */
  accepts(args: readonly unknown[], gradMode: boolean): boolean {
    const { kinds, guards, captures } = this.recording;
    if (gradMode !== this.recording.gradMode || args.length !== kinds.length) return false;
    for (let i = 0; i < kinds.length; i++) if (!isOfKind(args, i, kinds[i]!)) return false;
    for (const { read, value } of guards) if (!Object.is(read(), value)) return false;
    for (const { source, requiresGrad } of captures) {
      if (source.kind === "tensor" && source.tensor.requiresGrad !== requiresGrad) return false;
    }
    return true;
  }

  /** Runs the program on arguments that it accepts. */
  call(args: readonly unknown[]): unknown {
    const { executable, loaded } = this;
    const { captures, kinds, shape } = this.recording;
    for (let i = 0; i < kinds.length; i++) {
      const { value } = kinds[i]!;
      if (value !== null) executable.load(value, readView(args[i] as Tensor, false));
    }
    for (let i = 0; i < captures.length; i++) {
      const { value, source } = captures[i]!;
      const tensor = source.kind === "tensor" ? source.tensor : source.tensor.grad!;
      const before = loaded[i]!;
      if (tensor.storage === before.storage && tensor.version === before.version) continue;
      executable.load(value, readView(tensor, false));
      before.storage = tensor.storage;
      before.version = tensor.version;
    }
    executable.run();
    this.writeBack(args);
    return this.results(shape);
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
    const { executable } = this;
    for (const { target, tensor: written, strides, loaded } of this.written) {
      const tensor = typeof written === "number" ? (args[written] as Tensor) : written;
      tensor.storage = executable.resident(target);
      tensor.strides = strides;
      tensor.offset = 0;
      tensor.version++;
      if (loaded === undefined) continue;
      loaded.storage = tensor.storage;
      loaded.version = tensor.version;
    }
    for (const { owner, read, cleared } of this.gradients) {
      const tensor = typeof owner === "number" ? (args[owner] as Tensor) : owner;
      if (read !== null) tensor.deferGrad(read);
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
    return Object.fromEntries(Object.entries(shape).map(([key, item]) => [key, this.results(item)]));
  }
}
