/** Compiled functions: traced once for each kind of arguments, then replayed as one program. */

import { checkOptions, show } from "../check";
import { OptionError, TraceError } from "../errors";
import { asTensor } from "../tensor/create";
import { setDevice } from "../tensor/device";
import type { Program, ProgramDevice } from "../tensor/program";
import { isGradEnabled } from "../tensor/tape";
import { Tensor } from "../tensor/tensor";
import { watched, watching } from "../tensor/watch";
import { fuse } from "./fuse";
import { Programs } from "./programs";
import { type Owner, type Place, Recorded, type Result, kindsOf } from "./recorded";
import { showProgram } from "./show";
import { simplify } from "./simplify";
import { structureOf } from "./structure";
import { type Source, Trace } from "./trace";

/** Settings of `compile`. */
export interface CompileOptions {
  /** What the program runs on; default: WebAssembly where it is to be had, else JavaScript. */
  device?: ProgramDevice;
}

/** A function that `compile` made: called like the one it was made of. */
export interface Compiled<A extends readonly unknown[], R> {
  (...args: A): R;
  /** The program for such arguments, to be read: steps, fused groups, FLOPs, bytes. Traces it where it is new. */
  program(...args: A): string;
  /** Forgets all programs and gives their memory back; the next call traces again. */
  release(): void;
}

/** Refuses what is no device that programs are compiled for; undefined stands for the default. */
export function checkProgramDevice(where: string, device: unknown): void {
  if (device === undefined) return;
  if (typeof device === "object" && device !== null && typeof (device as ProgramDevice).build === "function") return;
  throw new OptionError(`${where}: not a device: ${show(device)}; write { device: wasm() } or { device: js() }`, { device });
}

/** Compiles a function; `choose` names the device where the options do not. See `compile`, which users call. */
export function compileFor<A extends readonly unknown[], R>(
  choose: () => ProgramDevice,
  fn: (...args: A) => R,
  options: CompileOptions,
): Compiled<A, R> {
  if (typeof fn !== "function") {
    throw new OptionError(`compile: not a function: ${show(fn)}; give one that takes and returns tensors`, { fn });
  }
  checkOptions("compile", options, ["device"]);
  checkProgramDevice("compile", options.device);
  const programs = new Programs();

  const find = (args: readonly unknown[]): Recorded => {
    const gradMode = isGradEnabled();
    return (
      programs.find((recorded) => recorded.accepts(args, gradMode)) ??
      programs.add(() => trace(fn as Plain, args, options.device ?? choose()))
    );
  };
  const call = (...args: A): R => {
    if (watching() !== null) return fn(...(args.map(prepare) as unknown as A));
    const prepared = args.map(prepare);
    return find(prepared).call(prepared) as R;
  };
  return Object.assign(call, {
    program: (...args: A) => find(args.map(prepare)).text,
    release: () => { programs.clear(); },
  });
}

/** An argument as the program knows it: tensors as they are, arrays made into tensors, the rest plain. */
function prepare(arg: unknown, position: number): unknown {
  if (arg instanceof Tensor || arg === null || arg === undefined) return arg;
  if (Array.isArray(arg) || ArrayBuffer.isView(arg)) return asTensor("compile", arg as never);
  if (typeof arg === "number" || typeof arg === "boolean" || typeof arg === "string") return arg;
  throw new TraceError(
    `compile: argument ${position} is no tensor: ${show(arg)} (its changes would go unseen); ` +
      "pass the tensors in it one by one, or close over it",
    { position, value: arg },
  );
}

type Plain = (...args: readonly unknown[]) => unknown;

/**
 * Traces a function. It is given stand-ins for its arguments: so it shows whether it reaches one of them by another
 * way too, which the next argument of that kind would not be. Then the program is for that very tensor.
 */
function trace(fn: Plain, args: readonly unknown[], device: ProgramDevice): Recorded {
  const first = attempt(fn, args, new Set(), device);
  return first instanceof Recorded ? first : (attempt(fn, args, first, device) as Recorded);
}

/** The recording, or those of the arguments that the function reaches by another way; `bound` are known to be such. */
function attempt(
  fn: Plain,
  args: readonly unknown[],
  bound: ReadonlySet<Tensor>,
  device: ProgramDevice,
): Recorded | ReadonlySet<Tensor> {
  const trace = new Trace(device);
  const given = standIns(args, bound);
  for (const arg of given) if (arg instanceof Tensor && !trace.arguments.has(arg)) trace.lend(arg);
  const ownerOf = (tensor: Tensor): Owner => (trace.arguments.has(tensor) ? given.indexOf(tensor) : tensor);
  const placeOf = ({ kind, tensor }: Source): Place => ({ kind, of: ownerOf(tensor) });
  const before = setDevice(trace);
  try {
    const returned = watched(trace, () => fn(...given));
    const results: Result[] = [];
    const shape = structureOf(returned, (tensor) => {
      trace.touch(tensor);
      results.push({ operand: trace.operand(tensor) });
      return results.length - 1;
    });
    const reached = args.filter((arg) => arg instanceof Tensor && !given.includes(arg) && trace.knows(arg));
    if (reached.length > 0) return new Set(reached as Tensor[]);
    const writes = trace.writes();
    const grads = trace.grads().map(({ tensor, before, after }) => {
      if (after === null || after === before) return { owner: tensor, result: null, cleared: after === null };
      trace.touch(after);
      results.push({ operand: trace.operand(after) });
      return { owner: tensor, result: results.length - 1, cleared: false };
    });
    const replaced = new Set(writes.map(({ target }) => target));
    const raw: Program = {
      values: trace.values,
      steps: trace.steps,
      writes: writes.map(({ target, source }) => ({ target, source })),
      // what a tensor was before it was assigned to is no longer there when results are read
      results: results.map(({ operand }) => (replaced.has(operand.value) ? trace.temporary(operand) : operand)),
    };
    const simple = simplify(raw);
    const program = device.fuses ? fuse(simple) : simple;
    return new Recorded({
      program,
      device,
      text: () => showProgram(program, device.name),
      kinds: kindsOf(given, trace, bound),
      gradMode: isGradEnabled(),
      captures: [...trace.captures.values()].map(({ source, ...rest }) => ({ ...rest, source: placeOf(source) })),
      guards: trace.guards,
      writes: writes.map(({ target, tensor }) => ({ target, place: placeOf(tensor) })),
      grads: grads.map(({ owner, ...rest }) => ({ owner: ownerOf(owner), ...rest })),
      shape,
    });
  } finally {
    setDevice(before);
    trace.restore();
  }
}

/** What the function is given in place of its arguments: the same tensors under other names, but for `bound` ones. */
function standIns(args: readonly unknown[], bound: ReadonlySet<Tensor>): unknown[] {
  const made = new Map<Tensor, Tensor>();
  return args.map((arg) => {
    if (!(arg instanceof Tensor) || bound.has(arg)) return arg;
    const other = made.get(arg) ?? (Object.assign(Object.create(Object.getPrototypeOf(arg)), arg) as Tensor);
    made.set(arg, other);
    return other;
  });
}
