/** What goes wrong while a function is traced or run: it is said clearly, nothing is half done, the next call works. */
import { describe, expect, test } from "vitest";
import {
  Adam,
  Buffer,
  DeviceError,
  Dropout,
  GradError,
  Linear,
  Module,
  Parameter,
  ReLU,
  Sequential,
  ShapeError,
  type Tensor,
  TraceError,
  assign,
  compile,
  crossEntropy,
  grad,
  js,
  manualSeed,
  randn,
  tensor,
  wasm,
} from "../../src/index";
import { heapFor } from "../../src/devices/wasm/heap";
import { defaultGenerator } from "../../src/tensor/generator";

/** A network with weights, a buffer, dropout and an optimizer, and all there is to see of it. */
class Training {
  readonly model = new Sequential(new Linear(3, 6), new ReLU(), new Dropout(0.3), new Linear(6, 2));
  readonly optimizer = new Adam(this.model.parameters(), { lr: 0.05 });
  readonly seen = new Buffer([0]);
  /** After what the step is to throw. */
  failAfter: string | null = null;

  step(x: Tensor, y: Tensor): Tensor {
    this.optimizer.zeroGrad();
    this.reached("zeroGrad");
    const loss = crossEntropy(this.model.forward(x), y);
    this.reached("random numbers were drawn");
    loss.backward();
    this.reached("backward");
    assign(this.seen, this.seen.add(1));
    this.reached("a buffer was assigned to");
    this.optimizer.step();
    this.reached("the weights were assigned to");
    return loss;
  }

  private reached(what: string): void {
    if (this.failAfter === what) throw new RangeError(`stopped after ${what}`);
  }

  get state(): unknown {
    const tensors = [...this.model.parameters(), this.seen, ...Object.values(this.optimizer.stateDict())];
    const grads = this.model.parameters().map((p) => p.grad?.toArray() ?? null);
    return [tensors.map((one) => one.toArray()), grads, Array.from(defaultGenerator.state)];
  }
}

const POINTS = [
  "zeroGrad",
  "random numbers were drawn",
  "backward",
  "a buffer was assigned to",
  "the weights were assigned to",
];
const x = randn([8, 3]);
const y = tensor([0, 1, 1, 0, 1, 0, 0, 1]);
const [x2, y2] = [x.slice([[0, 5]]), y.slice([[0, 5]])];

function start(): Training {
  manualSeed(3);
  return new Training();
}

/** The losses of some steps, and what they left. */
function run(training: Training, step: (a: Tensor, b: Tensor) => Tensor): unknown[] {
  const losses = [step(x, y), step(x2, y2), step(x, y)].map((loss) => loss.item());
  return [losses, training.state];
}

function expectNear(actual: unknown, expected: unknown): void {
  const flat = (value: unknown): unknown[] => (Array.isArray(value) ? value.flatMap(flat) : [value]);
  const [a, b] = [flat(actual), flat(expected)];
  expect(a.length).toBe(b.length);
  a.forEach((value, i) => {
    if (typeof value === "number") expect(value).toBeCloseTo(b[i] as number, 4);
    else expect(value).toBe(b[i]);
  });
}

describe.each([["js", js()] as const, ["wasm", wasm()] as const])("on %s", (_, device) => {
  test.each(POINTS)("an error after %s changes nothing, and the next calls go on", (point) => {
    const eager = start();
    const wanted = run(eager, (a, b) => eager.step(a, b));

    const training = start();
    const step = compile((a: Tensor, b: Tensor) => training.step(a, b), { device });
    const failing = (...args: [Tensor, Tensor]): void => {
      const before = training.state;
      training.failAfter = point;
      expect(() => step(...args)).toThrow(new RangeError(`stopped after ${point}`));
      training.failAfter = null;
      expect(training.state).toEqual(before);
    };
    failing(x, y);
    const losses = [step(x, y).item()];
    failing(x2, y2); // a second kind of arguments, after gradients were left to be read
    losses.push(step(x2, y2).item());
    losses.push(step(x, y).item());
    expectNear([losses, training.state], wanted);
    step.release();
    expectNear([losses, training.state], wanted);
  });

  test("an error within a compiled function within another changes nothing either", () => {
    const count = tensor([0]);
    let fails = true;
    const inner = compile((v: Tensor) => {
      assign(count, count.add(1));
      if (fails) throw new RangeError("inner");
      return v.mul(2);
    }, { device });
    const outer = compile((v: Tensor) => {
      assign(count, count.add(10));
      return inner(v).add(count);
    }, { device });
    expect(() => outer(tensor([1]))).toThrow("inner");
    expect(count.toArray()).toEqual([0]);
    expect(() => inner(tensor([1]))).toThrow("inner");
    expect(count.toArray()).toEqual([0]);
    fails = false;
    expect(outer(tensor([1])).toArray()).toEqual([13]);
    expect(inner(tensor([1])).toArray()).toEqual([2]);
    expect(count.toArray()).toEqual([12]);
  });

  test("a class out of range throws, and leaves weights, moments, counters and buffers as they were", () => {
    const training = start();
    const step = compile((a: Tensor, b: Tensor) => training.step(a, b), { device });
    step(x, y);
    const before = training.state;
    expect(() => step(x, tensor([0, 1, 2, 0, 1, 0, 0, 1]))).toThrow(ShapeError);
    expect(training.state).toEqual(before);
    expect(Number.isFinite(step(x, y).item())).toBe(true);
    expect(training.seen.toArray()).toEqual([2]);
  });

  test("a value cannot be read, nor a shape depend on one", () => {
    const reads: Record<string, (v: Tensor) => unknown> = {
      item: (v) => v.sum().item(),
      toArray: (v) => v.toArray(),
      toTypedArray: (v) => v.toTypedArray(),
      text: (v) => v.toString(),
      json: (v) => JSON.stringify(v),
      "a shape": (v) => v.slice([[0, v.max().item()]]),
    };
    for (const [name, read] of Object.entries(reads)) {
      const f = compile((v: Tensor) => {
        read(v.mul(1));
        return v;
      }, { device });
      expect(() => f(tensor([1, 2])), name).toThrow(TraceError);
    }
  });

  test("plain arguments that change are seen: NaN and −0, null and undefined, text and truth", () => {
    let traces = 0;
    const f = compile((v: Tensor, how: number | string | boolean | null | undefined): Tensor => {
      traces++;
      return v.mul(typeof how === "number" ? how : String(how).length);
    }, { device });
    const plain = [2, NaN, 0, -0, null, undefined, "ab", "abc", true, false];
    for (let round = 0; round < 2; round++) {
      for (const how of plain) {
        const expected = typeof how === "number" ? how : String(how).length;
        expect(f(tensor([1]), how).toArray()).toEqual([expected]);
      }
    }
    expect(traces).toBe(plain.length);
  });

  test("a graph is freed within the trace as it is outside", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const f = compile((v: Tensor) => {
      const loss = w.mul(v).square().sum();
      loss.backward();
      loss.backward();
    }, { device });
    expect(() => f(tensor([1, 1]))).toThrow("backward: the graph was freed: at");
    expect(() => f(tensor([1, 1]))).toThrow(GradError);
    expect(w.grad).toBeNull();
    w.square().sum().backward();
    expect(w.grad!.toArray()).toEqual([2, 4]);
  });

  test("a gradient does not flow into a graph from before, which would be that of the first call for ever", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const f = compile((v: Tensor) => grad(v.square().sum(), [w])[0]!, { device });
    const message = "compile: a gradient flows into what was computed before: its graph is that of one call";
    expect(() => f(w.mul(2))).toThrow(message);
    const outside = w.mul(3).sum();
    expect(() => compile(() => outside.backward(), { device })()).toThrow(message);
    outside.backward();
    expect(w.grad!.toArray()).toEqual([3, 3]);
    const towards = compile((v: Tensor) => grad(v.square().sum(), [v])[0]!, { device });
    expect(towards(w.mul(2)).toArray()).toEqual([4, 8]);
    expect(towards(w.mul(3)).toArray()).toEqual([6, 12]);
  });

  test("a state of other shapes is refused whole, and the program goes on with the old one", () => {
    const training = start();
    const step = compile((a: Tensor, b: Tensor) => training.step(a, b), { device });
    step(x, y);
    const other = new Sequential(new Linear(3, 7), new ReLU(), new Dropout(0.3), new Linear(7, 2)).stateDict();
    const before = training.state;
    expect(() => training.model.loadStateDict(other)).toThrow(ShapeError);
    expect(training.state).toEqual(before);
    training.model.loadStateDict(start().model.stateDict());
    const eager = start();
    const eagerLoss = eager.step(x, y).item();
    manualSeed(3);
    new Training(); // draws what the other two have drawn
    expect(step(x, y).item()).toBeCloseTo(eagerLoss, 5);
  });

  test("a parameter that another has replaced is found after release", () => {
    class Scale extends Module {
      weight = new Parameter([2, 3]);
      forward(v: Tensor): Tensor {
        return v.mul(this.weight);
      }
    }
    const layer = new Scale();
    const f = compile((v: Tensor): Tensor => layer.forward(v), { device });
    expect(f(tensor([1])).toArray()).toEqual([2, 3]);
    layer.weight = new Parameter([4, 5, 6]);
    f.release();
    expect(f(tensor([1])).toArray()).toEqual([4, 5, 6]);
  });
});

describe("where the heap is too small", () => {
  test("a program is refused with its sizes, nothing is changed, and all others go on", () => {
    const w = tensor([1, 2]);
    const count = compile(() => assign(w, w.add(1)), { device: wasm() });
    count();
    const before = heapFor(1).bytes;
    const huge = compile((v: Tensor) => {
      assign(w, w.mul(0));
      const all = v.broadcastTo([2 ** 29]).mul(v);
      return all.cumsum({ axis: 0 }).cumsum({ axis: 0 }).add(all).sum();
    }, { device: wasm() });
    for (let i = 0; i < 2; i++) {
      expect(() => huge(tensor([1]))).toThrow(DeviceError);
      expect(() => huge(tensor([1]))).toThrow(/^wasm: out of memory: \d{10} bytes needed, \d+ in use \(the heap ends at/);
      expect(heapFor(1).bytes).toBe(before);
    }
    count();
    expect(w.toArray()).toEqual([3, 4]);
    const other = compile((v: Tensor) => v.matmul(v).sum(), { device: wasm() });
    const v = randn([20, 20]);
    expect(other(v)).toBeCloseToTensor(v.matmul(v).sum());
    count.release();
    other.release();
  });
});
