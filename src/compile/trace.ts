/** A trace: a device that writes calls down instead of running them, and takes hold of every tensor they touch. */

import { TraceError } from "../errors";
import { broadcastStrides, sizeOf, stridesOf } from "../shape";
import type { Call, Device, KernelName } from "../tensor/device";
import type { Operand, ProgramDevice, Step, Value } from "../tensor/program";
import type { Storage, View } from "../tensor/storage";
import type { DType, TypedArray } from "../dtype";
import { latestNode } from "../tensor/tape";
import { type Tensor } from "../tensor/tensor";
import type { Watch } from "../tensor/watch";

/** The storage of a tensor while it is being traced: it knows its value in the program, but no numbers. */
class TracedStorage implements Storage {
  constructor(
    readonly value: Value,
    readonly trace: Trace,
  ) {}

  get dtype(): DType {
    return this.value.dtype;
  }

  get size(): number {
    return this.value.size;
  }

  get data(): TypedArray {
    throw new TraceError(
      "compile: a value was read while tracing: its numbers are not known yet (they change from call to call); " +
        "keep it a tensor (where, maximum, …), return it from the compiled function, or read it outside",
      { dtype: this.value.dtype, size: this.value.size },
    );
  }
}

/** A tensor, or the gradient that stood in one when the trace began. */
export interface Source {
  readonly kind: "tensor" | "grad";
  readonly tensor: Tensor;
}

/** A tensor from outside that the program reads or writes. */
export interface Capture {
  readonly value: Value;
  readonly source: Source;
  readonly requiresGrad: boolean;
}

/** What stood in a tensor before the trace took hold of it. */
interface Before {
  readonly storage: Storage;
  readonly strides: readonly number[];
  readonly offset: number;
  readonly version: number;
}

/** Something read during the trace that must be the same whenever the program runs. */
export interface Guard {
  readonly read: () => unknown;
  readonly value: unknown;
}

/** Writes a function's calls down; while it is current, tensors from outside are lent to it. */
export class Trace implements Device, Watch {
  readonly name = "trace";
  readonly values: Value[] = [];
  readonly steps: Step[] = [];
  readonly captures = new Map<Tensor, Capture>();
  readonly arguments = new Map<Tensor, Value>();
  /** The arguments whose `.grad` was read, and whether there was one. */
  readonly argumentGrads = new Map<Tensor, boolean>();
  readonly guards: Guard[] = [];
  private readonly nodesBefore = latestNode();
  private readonly held = new Map<Tensor, Before>();
  private readonly gradOwners = new Map<object, Tensor>();
  private readonly gradsBefore = new Map<Tensor, Tensor | null>();

  constructor(private readonly target: ProgramDevice) {}

  has(kernel: KernelName): boolean {
    return this.target.has(kernel);
  }

  /** Writes one call down. */
  execute(call: Call, inputs: readonly View[]): Storage {
    const { shape, dtype } = call.output;
    const value = this.value(dtype, sizeOf(shape), "temporary");
    const operands = inputs.map((input) => this.operand(input));
    if (call.kernel === "map") {
      const { expr } = call.attrs;
      const spread = operands.map((operand) => ({
        ...operand,
        shape,
        strides: broadcastStrides(operand.shape, operand.strides, shape),
      }));
      this.steps.push({ kind: "map", shape, inputs: spread, outputs: [{ expr, value }] });
    } else {
      this.steps.push({ kind: "kernel", call, inputs: operands, epilogue: null, output: value });
    }
    return new TracedStorage(value, this);
  }

  /** A view as an operand of the program. */
  operand({ storage, shape, strides, offset, dtype }: View): Operand {
    if (storage instanceof TracedStorage && storage.trace === this) {
      return { value: storage.value, shape, strides, offset, dtype };
    }
    throw stale();
  }

  /** Makes a tensor an argument of the program. */
  lend(tensor: Tensor): Value {
    const value = this.hold(tensor, "argument");
    this.arguments.set(tensor, value);
    return value;
  }

  touch(tensor: Tensor): void {
    if (tensor.storage instanceof TracedStorage) {
      if (tensor.storage.trace === this) return;
      throw stale();
    }
    if (this.held.has(tensor)) return;
    const owner = this.gradOwners.get(tensor);
    const { requiresGrad } = tensor;
    const value = this.hold(tensor, "capture");
    const source =
      owner === undefined ? ({ kind: "tensor", tensor } as const) : ({ kind: "grad", tensor: owner } as const);
    this.captures.set(tensor, { value, source, requiresGrad });
  }

  readGrad(owner: Tensor, grad: Tensor | null): void {
    if (!this.gradsBefore.has(owner)) {
      this.gradsBefore.set(owner, grad);
      if (this.arguments.has(owner)) this.argumentGrads.set(owner, grad !== null);
      else this.guard(() => owner.hasGrad);
    }
    if (grad !== null && grad === this.gradsBefore.get(owner)) this.gradOwners.set(grad, owner);
  }

  writeGrad(owner: Tensor, before: Tensor | null): void {
    if (!this.gradsBefore.has(owner)) this.gradsBefore.set(owner, before);
  }

  pass(node: number): void {
    if (node > this.nodesBefore) return;
    throw new TraceError(
      "compile: a gradient flows into what was computed before: its graph is that of one call (the next may have " +
        "another); compute it in the compiled function, or take its .detach()",
    );
  }

  guard(read: () => unknown): void {
    this.guards.push({ read, value: read() });
  }

  /** Whether a tensor from outside was read or written, or its gradient was. */
  knows(tensor: Tensor): boolean {
    return this.captures.has(tensor) || this.gradsBefore.has(tensor);
  }

  /** What the traced function has put in place of each tensor it assigned to. */
  writes(): { target: Value; tensor: Source; source: Operand }[] {
    return [...this.held].flatMap(([tensor, before]) => {
      if (tensor.version === before.version) return [];
      const capture = this.captures.get(tensor);
      const target = (capture?.value ?? this.arguments.get(tensor))!;
      const written = capture?.source ?? ({ kind: "tensor", tensor } as const);
      return [{ target, tensor: written, source: this.temporary(this.operand(tensor)) }];
    });
  }

  /** The operand itself, or a copy where it is a tensor from outside: two tensors may be assigned to each other. */
  temporary(operand: Operand): Operand {
    if (operand.value.role === "temporary") return operand;
    const { shape, dtype } = operand;
    const value = this.value(dtype, sizeOf(shape), "temporary");
    const call: Call = { kernel: "copy", attrs: {}, output: { shape, dtype } };
    this.steps.push({ kind: "kernel", call, inputs: [operand], epilogue: null, output: value });
    return { value, shape, dtype, strides: stridesOf(shape), offset: 0 };
  }

  /** The gradient that the traced function has left in each tensor whose `.grad` it has looked at or set. */
  grads(): { tensor: Tensor; before: Tensor | null; after: Tensor | null }[] {
    return [...this.gradsBefore].map(([tensor, before]) => ({ tensor, before, after: tensor.grad }));
  }

  /** Gives everything back as it was before the trace. */
  restore(): void {
    for (const [tensor, before] of this.held) Object.assign(tensor, before);
    for (const [tensor, before] of this.gradsBefore) tensor.grad = before;
  }

  private hold(tensor: Tensor, role: "argument" | "capture"): Value {
    const { storage, strides, offset, version } = tensor;
    const value = this.value(tensor.dtype, tensor.size, role);
    this.held.set(tensor, { storage, strides, offset, version });
    tensor.storage = new TracedStorage(value, this);
    tensor.strides = stridesOf(tensor.shape);
    tensor.offset = 0;
    return value;
  }

  private value(dtype: DType, size: number, role: Value["role"]): Value {
    const value: Value = { id: this.values.length, dtype, size, role };
    this.values.push(value);
    return value;
  }
}

function stale(): TraceError {
  return new TraceError(
    "compile: a tensor of an earlier trace is used: its values were never computed (it was kept when that trace ended); " +
      "return it from the compiled function instead of keeping it",
  );
}
