/** A traced function for one kind of arguments: what is copied in, run, and handed out at each call. */

import type { Executable, Operand, Program, ProgramDevice, Value } from "../tensor/program";
import { type Storage, readView, settled, storageOf } from "../tensor/storage";
import { Tensor, fromStorage } from "../tensor/tensor";
import { sameShape, stridesOf } from "../shape";
import type { Structure } from "./structure";
import type { Guard, Trace } from "./trace";

/** A tensor from outside, or an argument by position. */
export type Owner = Tensor | number;

/** Where a tensor is to be found at each call: an owner itself, or the gradient that stands in it. */
export interface Place {
  readonly kind: "tensor" | "grad";
  readonly of: Owner;
}

function ownerAt(owner: Owner, args: readonly unknown[]): Tensor {
  return typeof owner === "number" ? (args[owner] as Tensor) : owner;
}

function tensorAt({ kind, of }: Place, args: readonly unknown[]): Tensor {
  const owner = ownerAt(of, args);
  return kind === "tensor" ? owner : owner.grad!;
}

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
  /** The tensors from outside that the function looked at. */
  readonly captures: readonly { readonly value: Value; readonly source: Place; readonly requiresGrad: boolean }[];
  readonly guards: readonly Guard[];
  /** What the function assigned to. */
  readonly writes: readonly { readonly target: Value; readonly place: Place }[];
  /** Whose gradient the function set, to a result or to null. */
  readonly grads: readonly {
    readonly owner: Owner;
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
  /** The only tensor that will do, since the function reaches it by another way too; else null. */
  readonly bound: Tensor | null;
  /** Whether it has a gradient; null where nobody asked. */
  readonly hasGrad: boolean | null;
}

/** The kinds of the arguments of a trace, some of them bound. */
export function kindsOf(args: readonly unknown[], trace: Trace, bound: ReadonlySet<Tensor>): Kind[] {
  return args.map((arg) => {
    if (!(arg instanceof Tensor)) return { value: null, like: null, plain: arg, twin: -1, bound: null, hasGrad: null };
    const { shape, dtype, requiresGrad } = arg;
    return {
      value: trace.arguments.get(arg)!,
      like: { shape, dtype, requiresGrad },
      plain: null,
      twin: args.indexOf(arg),
      bound: bound.has(arg) ? arg : null,
      hasGrad: trace.argumentGrads.get(arg) ?? null,
    };
  });
}

function isOfKind(args: readonly unknown[], i: number, { like, plain, twin, bound, hasGrad }: Kind): boolean {
  const arg = args[i];
  if (like === null) return Object.is(arg, plain);
  if (!(arg instanceof Tensor)) return false;
  if (bound !== null && arg !== bound) return false;
  if (hasGrad !== null && arg.hasGrad !== hasGrad) return false;
  return (
    arg.dtype === like.dtype &&
    arg.requiresGrad === like.requiresGrad &&
    sameShape(arg.shape, like.shape) &&
    args.indexOf(arg) === twin
  );
}

/** A tensor at its place, or null where it may be another one at each call. */
function fixedAt({ kind, of }: Place): Tensor | null {
  return kind === "tensor" && typeof of !== "number" ? of : null;
}

/** A capture, and what the executable holds a copy of. The loops over these are much of what a small step costs. */
interface Held {
  readonly value: Value;
  readonly place: Place;
  readonly fixed: Tensor | null;
  readonly requiresGrad: boolean;
  storage: Storage | null;
  version: number;
}

interface Written {
  readonly target: Value;
  readonly place: Place;
  readonly fixed: Tensor | null;
  readonly held: Held | undefined;
}

interface Gradient {
  readonly owner: Owner;
  readonly read: (() => Tensor) | null;
  readonly cleared: boolean;
}

/** A program that is ready to run. */
export class Recorded {
  /** When it was called last: the larger, the later. */
  used = 0;
  private readonly executable: Executable;
  private readonly held: readonly Held[];
  private readonly written: readonly Written[];
  private readonly gradients: readonly Gradient[];
  /** The tensors from outside that it knows by themselves. */
  private readonly known: ReadonlySet<unknown>;
  private text_: string | null = null;

  constructor(private readonly recording: Recording) {
    this.executable = recording.device.build(recording.program);
    this.held = recording.captures.map(({ value, source: place, requiresGrad }) => {
      return { value, place, fixed: fixedAt(place), requiresGrad, storage: null, version: 0 };
    });
    const heldAs = new Map(this.held.map((held) => [held.value, held]));
    this.written = recording.writes.map(({ target, place }) => {
      return { target, place, fixed: fixedAt(place), held: heldAs.get(target) };
    });
    this.known = new Set([
      ...recording.captures.map(({ source }) => source.of),
      ...recording.grads.map(({ owner }) => owner),
    ]);
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
    const { kinds, guards } = this.recording;
    if (gradMode !== this.recording.gradMode || args.length !== kinds.length) return false;
    for (let i = 0; i < kinds.length; i++) {
      if (!isOfKind(args, i, kinds[i]!)) return false;
      if (kinds[i]!.value !== null && kinds[i]!.bound === null && this.known.has(args[i])) return false;
    }
    for (const { read, value } of guards) if (!Object.is(read(), value)) return false;
    for (const { fixed, requiresGrad } of this.held) {
      if (fixed !== null && fixed.requiresGrad !== requiresGrad) return false;
    }
    return true;
  }

  /** Runs the program on arguments that it accepts. */
  call(args: readonly unknown[]): unknown {
    const { executable } = this;
    const { kinds, shape } = this.recording;
    for (let i = 0; i < kinds.length; i++) {
      const { value } = kinds[i]!;
      if (value !== null) executable.load(value, readView(args[i] as Tensor, false));
    }
    for (const held of this.held) {
      const tensor = held.fixed ?? tensorAt(held.place, args);
      if (tensor.storage === held.storage && tensor.version === held.version) continue;
      executable.load(held.value, readView(tensor, false));
      held.storage = tensor.storage;
      held.version = tensor.version;
    }
    try {
      executable.run();
    } catch (error) {
      this.forgetGradients();
      throw error;
    }
    this.writeBack(args);
    return this.results(shape);
  }

  /** Gives the memory back; gradients and residents that are still looked at move out first. */
  free(): void {
    for (const { place } of this.recording.writes) {
      if (place.of instanceof Tensor && place.kind === "tensor") place.of.storage = settled(place.of.storage);
    }
    for (const { owner } of this.recording.grads) if (owner instanceof Tensor) void owner.grad;
    this.executable.free();
  }

  private writeBack(args: readonly unknown[]): void {
    const { executable } = this;
    for (const { target, place, fixed, held } of this.written) {
      const tensor = fixed ?? tensorAt(place, args);
      const resident = executable.resident(target);
      // another argument or gradient will stand here at the next call, so these take their elements along
      const storage = fixed === null ? settled(resident) : resident;
      if (tensor.storage !== storage) {
        tensor.storage = storage;
        tensor.strides = stridesOf(tensor.shape);
        tensor.offset = 0;
        if (held !== undefined) held.storage = storage;
      }
      tensor.version++;
      if (held !== undefined) held.version = tensor.version;
    }
    for (const { owner, read, cleared } of this.gradients) {
      const tensor = ownerAt(owner, args);
      if (read === null) {
        if (cleared) tensor.grad = null;
      } else if (typeof owner === "number") {
        tensor.grad = read();
      } else {
        tensor.deferGrad(read);
      }
    }
  }

  /** Takes back the gradients that nobody has read yet: a run that failed has overwritten them. */
  private forgetGradients(): void {
    for (const { owner, read } of this.gradients) if (owner instanceof Tensor && read !== null) owner.forgetGrad(read);
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
