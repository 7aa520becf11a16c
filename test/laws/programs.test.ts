/** Random whole programs: what they return, assign and accumulate is the same compiled as eagerly, call after call. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Generator, type Tensor, assign, compile, grad, tensor, wasm } from "../../src/index";
import { eagerFrom } from "../../src/devices/eager/device";
import { jsPrograms } from "../../src/devices/js/build";
import { jsDevice } from "../../src/devices/js/device";
import { wasmDevice } from "../../src/devices/wasm/device";
import { type Device, setDevice } from "../../src/tensor/device";
import type { ProgramDevice } from "../../src/tensor/program";
import { type Instruction, OPERATIONS, type Pool, operate } from "../support/programOps";

const RUNS = Number(process.env.GRADKIT_PROGRAMS ?? "120");
const CALLS = 4;
const everything = eagerFrom({ elements: 2, products: 1 }); // a single element is no block
const fused: ProgramDevice = { ...jsPrograms, name: "js with fused steps", fuses: true };
const threaded: ProgramDevice = { ...wasmDevice(2, 0), name: "wasm on two threads that divide everything" };
const devices: readonly ProgramDevice[] = [jsPrograms, fused, wasm(), threaded];

/** A program and what it is run on. */
interface Plan {
  readonly dtype: "float32" | "float64";
  /** Captured tensors; those at even places require gradients, the others are assigned to. */
  readonly captured: readonly (readonly number[])[];
  /** For each argument, the capture it is shaped like, and whether it requires a gradient. */
  readonly args: readonly (readonly [like: number, requiresGrad: boolean])[];
  /** For each call and argument: a fresh tensor (0), the argument before (1), the capture itself (2). */
  readonly given: readonly (readonly number[])[];
  readonly instructions: readonly Instruction[];
}

/** Numbers in (−1.5, 1.5) that look random. */
function values(size: number, seed: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + (seed + 1) * 78.233) * 43758.5453;
    return (x - Math.floor(x)) * 3 - 1.5;
  });
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function fresh(shape: readonly number[], seed: number, dtype: Plan["dtype"], requiresGrad: boolean): Tensor {
  return tensor(values(sizeOf(shape), seed), { shape, dtype, requiresGrad });
}

/** All that a program touches: every way of running it has its own. */
class World {
  readonly captured: readonly Tensor[];
  readonly generator = new Generator(11);
  private readonly before: Tensor[][] = [];

  constructor(private readonly plan: Plan) {
    this.captured = plan.captured.map((shape, n) => fresh(shape, n, plan.dtype, n % 2 === 0));
  }

  /** The arguments of a call. */
  args(call: number): Tensor[] {
    const args: Tensor[] = [];
    this.plan.args.forEach(([like, requiresGrad], n) => {
      const n0 = like % this.captured.length;
      const capture = this.captured[n0]!;
      const [way, last] = [this.plan.given[call]![n] ?? 0, args[n - 1]];
      const twin = way === 1 && last !== undefined && last.shape.join() === capture.shape.join();
      if (way === 2) args.push(capture);
      else args.push(twin ? last : fresh(capture.shape, 100 + 10 * call + n, this.plan.dtype, requiresGrad));
    });
    return args;
  }

  /** The program itself. */
  run(args: readonly Tensor[]): unknown {
    const { dtype, instructions } = this.plan;
    const pool: Pool = { dtype, floats: [...this.captured, ...args], whole: [], generator: this.generator };
    for (const instruction of instructions) {
      const [kind, i, j, k] = instruction;
      if (kind < 2 * OPERATIONS) operate(pool, instruction);
      else this.act(pool, kind - 2 * OPERATIONS, i, j, k);
    }
    const [last, other] = [pool.floats.at(-1)!, pool.floats.at(-3)!];
    return { last, again: last, list: [other, null, pool.whole.at(-1)], nothing: undefined };
  }

  /** What changes something: gradients, writes. */
  private act(pool: Pool, kind: number, i: number, j: number, k: number): void {
    const leaves = this.captured.filter((one) => one.requiresGrad);
    const buffers = this.captured.filter((one) => !one.requiresGrad);
    const target = buffers[j % Math.max(1, buffers.length)];
    const x = pool.floats[pool.floats.length - 1 - (i % pool.floats.length)]!;
    if (kind === 0 && x.requiresGrad) {
      const loss = x.square().mean();
      const wanted = [leaves[j % leaves.length]!, ...(x.isLeaf ? [x] : [])];
      pool.floats.push(...grad(loss, wanted, { retainGraph: true, createGraph: k % 3 === 0 }).map((g) => g.tanh()));
    } else if (kind === 1 && x.requiresGrad) {
      if (k % 3 > 0) for (const leaf of leaves) leaf.grad = null;
      x.tanh().sum().backward(undefined, { retainGraph: k % 2 === 0 });
    } else if (kind === 2 && target !== undefined) {
      const shape = target.shape.join();
      const like = pool.floats.find((one, n) => n >= i % pool.floats.length && one.shape.join() === shape);
      assign(target, (like ?? target.mul(0.5).add(x.mean().mul(0.3))).detach().tanh());
    } else if (kind === 3) {
      const leaf = leaves[j % leaves.length]!;
      if (leaf.grad === null) return;
      pool.floats.push(leaf.grad.tanh());
      if (k % 2 === 0) assign(leaf, leaf.detach().sub(leaf.grad.tanh().mul(0.1)));
    } else if (kind === 4 && buffers.length > 1) {
      const [a, b] = [buffers[i % buffers.length]!, buffers[j % buffers.length]!];
      if (a.shape.join() !== b.shape.join()) return;
      const old = a.detach();
      assign(a, b);
      assign(b, old);
      pool.floats.push(old);
    }
  }

  /** What there is to compare after a call. */
  state(args: readonly Tensor[]): unknown {
    const all = [...this.captured, ...args];
    this.before.push(this.captured.map((one) => one.detach()));
    return [all, all.map((one) => one.grad), [this.generator.tensor], this.before];
  }
}

const sizes = fc.oneof(
  { arbitrary: fc.constantFrom(1, 2, 3, 4, 5), weight: 8 },
  { arbitrary: fc.constantFrom(0, 8, 17), weight: 2 },
);
const instruction = fc.tuple(
  fc.nat(2 * OPERATIONS + 4),
  ...([fc.nat(60), fc.nat(840), fc.nat(840), fc.nat(840)] as const),
);
const plans: fc.Arbitrary<Plan> = fc.record({
  dtype: fc.constantFrom("float32" as const, "float64" as const),
  captured: fc
    .array(fc.array(sizes, { maxLength: 3 }), { minLength: 2, maxLength: 4 })
    .map(([first, ...rest]) => [first!, first!, ...rest]),
  args: fc.array(fc.tuple(fc.nat(4), fc.boolean()), { minLength: 1, maxLength: 3 }),
  given: fc.array(fc.array(fc.constantFrom(0, 0, 0, 1, 2), { minLength: 3, maxLength: 3 }), {
    minLength: CALLS,
    maxLength: CALLS,
  }),
  instructions: fc.array(instruction, { minLength: 1, maxLength: 14, size: "max" }),
});

/** Expects the same structure, shapes, dtypes and numbers; tensors are close relative to their largest element. */
function expectClose(actual: unknown, expected: unknown, tolerance: number, where: string): void {
  if (Array.isArray(expected)) {
    expect((actual as unknown[]).length, where).toBe(expected.length);
    expected.forEach((one, i) => expectClose((actual as unknown[])[i], one, tolerance, `${where}[${i}]`));
  } else if (isTensor(expected)) {
    if (!isTensor(actual)) expect.fail(`${where}: ${String(actual)} instead of a tensor`);
    if (actual.shape.join() !== expected.shape.join() || actual.dtype !== expected.dtype)
      expect.fail(`${where}: ${actual.dtype} [${actual.shape}] instead of ${expected.dtype} [${expected.shape}]`);
    const [a, b] = [actual.toTypedArray(), expected.toTypedArray()];
    const largest = Array.from(b, Math.abs).reduce((most, value) => Math.max(most, value), 1);
    const bound = expected.dtype.startsWith("float") ? tolerance * largest : 0;
    const wrong = b.findIndex((v, i) => !(Object.is(a[i], v) || a[i] === v || Math.abs(a[i]! - v) <= bound));
    if (wrong >= 0) expect.fail(`${where}, element ${wrong}: ${a[wrong]} instead of ${b[wrong]} (± ${bound})`);
  } else if (typeof expected === "object" && expected !== null) {
    expectClose(Object.entries(actual as object), Object.entries(expected), tolerance, where);
  } else {
    expect(actual, where).toBe(expected);
  }
}

const isTensor = (value: unknown): value is Tensor =>
  typeof value === "object" && value !== null && "toTypedArray" in value;

/** What was returned, as it is now: the function itself may give us a captured tensor, which changes later. */
function asItIs(value: unknown): unknown {
  if (isTensor(value)) return value.detach();
  if (Array.isArray(value)) return value.map(asItIs);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asItIs(one)]));
}

/** What a call gives, or the message of what it throws. */
function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return (error as Error).message;
  }
}

function law(plan: Plan, device: ProgramDevice): void {
  const [eager, other] = [new World(plan), new World(plan)];
  const compiled = compile((...args: Tensor[]) => other.run(args), { device });
  // One unit of rounding per operation, and as much again for its gradient.
  const tolerance = (plan.dtype === "float32" ? 1e-5 : 1e-12) * 2 * (1 + plan.instructions.length);
  const results: [unknown, unknown][] = [];
  for (let call = 0; call < CALLS; call++) {
    const [a, b] = [eager.args(call), other.args(call)];
    results.push([outcome(() => compiled(...b)), outcome(() => asItIs(eager.run(a)))]);
    if (typeof results.at(-1)![1] === "string") {
      expect(results.at(-1)![0]).toBe(results.at(-1)![1]);
      break;
    }
    results.forEach(([actual, expected], n) => expectClose(actual, expected, tolerance, `call ${call}: result of ${n}`));
    expectClose(other.state(b), eager.state(a), tolerance, `call ${call}: state`);
  }
  compiled.release();
  for (const [actual, expected] of results) expectClose(actual, expected, tolerance, "after release");
}

/** Runs something on a device. */
function on<T>(device: Device, run: () => T): T {
  const before = setDevice(device)!;
  try {
    return run();
  } finally {
    setDevice(before);
  }
}

/** The same eagerly on two devices. */
function eagerLaw(plan: Plan): void {
  const [expected, actual] = [new World(plan), new World(plan)];
  const tolerance = (plan.dtype === "float32" ? 1e-5 : 1e-12) * 2 * (1 + plan.instructions.length);
  for (let call = 0; call < CALLS; call++) {
    const [a, b] = [expected.args(call), actual.args(call)];
    const wanted = on(jsDevice, () => outcome(() => expected.run(a)));
    const [given, state] = on(everything, () => [outcome(() => actual.run(b)), actual.state(b)]);
    if (typeof wanted === "string") {
      expect(given).toBe(wanted);
      return;
    }
    expectClose(given, wanted, tolerance, `call ${call}: result`);
    expectClose(state, on(jsDevice, () => expected.state(a)), tolerance, `call ${call}: state`);
  }
}

test("random programs are the same eagerly whether their calls run in JavaScript or wait for WebAssembly", () => {
  fc.assert(fc.property(plans, eagerLaw), { numRuns: RUNS });
});

describe.each(devices.map((device) => [device.name, device] as const))("on %s", (_, device) => {
  test("random programs do what they do eagerly", () => {
    fc.assert(
      fc.property(plans, (plan) => law(plan, device)),
      { numRuns: RUNS },
    );
  });
});
