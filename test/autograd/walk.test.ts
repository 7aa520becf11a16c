/** The walk visits each node once, in any size of graph, through fused ops as well, and leaves nothing half done. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Tensor, add, checkGradients, concat, customOp, exp, grad, log, sub, sum, tensor } from "../../src/index";
import { apply } from "../../src/tensor/apply";
import { currentDevice, setDevice } from "../../src/tensor/device";
import type { Op } from "../../src/tensor/op";
import { refusal } from "../support/refusal";

const leaf = (values: number | number[]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });

/** An identity that notes how often its derivative is asked for. */
function counted(): { op: (x: Tensor) => Tensor; calls: () => number } {
  let calls = 0;
  const op = customOp({
    name: "counted",
    forward: (x: Tensor) => x,
    backward: (_, g) => {
      calls++;
      return [g];
    },
  });
  return { op, calls: () => calls };
}

describe("size", () => {
  test("a chain of 20,000 ops does not overflow the stack, forward, backward or again", () => {
    const x = leaf(1);
    let y = x;
    for (let i = 0; i < 20_000; i++) y = y.mul(1.0001);
    y.backward(undefined, { createGraph: true });
    const expected = 1.0001 ** 20_000;
    expect(Math.abs(x.grad!.item() / expected - 1)).toBeLessThan(1e-9);
    expect(grad(x.grad!, [x])[0]!.item()).toBe(0);
  });

  test("a tensor used 20,000 times gathers 20,000 gradients", () => {
    const x = leaf([1, 2]);
    const uses = Array.from({ length: 20_000 }, () => x.mul(1));
    sum(concat(uses)).backward();
    expect(x.grad?.toArray()).toEqual([20_000, 20_000]);
  });

  test("a ladder with 2³⁰ paths is walked in 30 steps", () => {
    const { op, calls } = counted();
    const x = leaf(1);
    let y = x;
    for (let i = 0; i < 30; i++) y = op(y.add(y));
    y.backward();
    expect(x.grad?.item()).toBe(2 ** 30);
    expect(calls()).toBe(30);
  });

  test("time grows with the graph, not with its square", () => {
    const timeOf = (length: number): number => {
      const start = performance.now();
      let y = leaf(1);
      for (let i = 0; i < length; i++) y = y.add(y.mul(0.001));
      y.backward();
      return performance.now() - start;
    };
    timeOf(2_000);
    const short = Math.min(timeOf(2_000), timeOf(2_000));
    expect(timeOf(20_000)).toBeLessThan(40 * short);
  });
});

describe("cost", () => {
  /** How many kernels a function runs, by name. */
  function kernelsOf(run: () => void): { all: number; matmul: number } {
    const device = currentDevice();
    const count = { all: 0, matmul: 0 };
    setDevice({
      name: "counting",
      has: (kernel) => device.has(kernel),
      execute: (call, inputs) => {
        count.all++;
        if (call.kernel === "matmul") count.matmul++;
        return device.execute(call, inputs);
      },
    });
    try {
      run();
    } finally {
      setDevice(device);
    }
    return count;
  }

  test.each([2, 8, 32])("of the backward pass through %i layers is two products each, and at most 3× the kernels", (depth) => {
    const x = tensor([[1, 2]]);
    const weights = Array.from({ length: depth }, () => tensor([[0.1, 0.2], [0.3, 0.4]], { requiresGrad: true }));
    let loss: Tensor = x;
    const forward = kernelsOf(() => {
      loss = weights.reduce((h, w) => h.matmul(w).tanh(), x).square().sum();
    });
    const backward = kernelsOf(() => loss.backward());
    expect(forward.matmul).toBe(depth);
    expect(backward.matmul).toBe(2 * depth - 1); // none toward the data
    expect(backward.all).toBeLessThanOrEqual(3 * forward.all);
  });
});

describe("what is visited", () => {
  test("each node exactly once, however often its result is used", () => {
    const { op, calls } = counted();
    const x = leaf(2);
    const shared = op(x);
    shared.mul(shared).add(shared.exp()).add(shared).backward();
    expect(calls()).toBe(1);
    expect(x.grad?.item()).toBeCloseTo(4 + Math.exp(2) + 1, 12);
  });

  test("only nodes on a path to what is asked for", () => {
    const [left, right] = [counted(), counted()];
    const [x, z] = [leaf(2), leaf(3)];
    const y = left.op(x).mul(right.op(z));
    expect(grad(y, [x], { retainGraph: true })[0]!.item()).toBe(3);
    expect([left.calls(), right.calls()]).toEqual([1, 0]);
    expect(grad(y, [z])[0]!.item()).toBe(2);
    expect([left.calls(), right.calls()]).toEqual([1, 1]);
  });

  test("nothing below a computed tensor whose gradient is asked for", () => {
    const below = counted();
    const x = leaf(2);
    const h = below.op(x);
    expect(grad(h.square(), [h])[0]!.item()).toBe(4);
    expect(below.calls()).toBe(0);
    h.backward(); // and it was not freed
    expect(x.grad?.item()).toBe(1);
  });
});

describe("dtypes", () => {
  test("a gradient has the dtype of its tensor wherever dtypes meet, and sums in the wider one", () => {
    const single = tensor([1, 2], { requiresGrad: true });
    const double = leaf([0.1, 0.2]);
    const y = single.mul(double);
    expect(y.dtype).toBe("float64");
    y.sum().backward();
    expect([single.grad?.dtype, double.grad?.dtype]).toEqual(["float32", "float64"]);
    expect(single.grad?.toArray()).toEqual([Math.fround(0.1), Math.fround(0.2)]);
    expect(double.grad?.toArray()).toEqual([1, 2]);
  });

  test("a conversion between floats passes the gradient on, converted back", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    x.to("float64").mul(0.1).sum().backward();
    expect(x.grad?.dtype).toBe("float32");
    expect(x.grad?.toArray()).toEqual([Math.fround(0.1), Math.fround(0.1)]);
  });

  test("an integer tensor among the inputs takes no part", () => {
    const x = leaf([1, 2]);
    x.mul(tensor([3, 4], { dtype: "int32" })).sum().backward();
    expect(x.grad?.toArray()).toEqual([3, 4]);
  });
});

/** log Σ exp over two inputs with no derivative of its own: one kernel forward, its meaning backward. */
const fusedOp: Op = {
  name: "logAddExp",
  infer: ([x]) => x!,
  lower: () => null,
  decompose: ([a, b]) => log(add(exp(a!), exp(b!))),
};
const fused = (a: Tensor, b: Tensor): Tensor => apply(fusedOp, [a, b], undefined);

describe("an op that has a meaning in plainer ops, but no derivative", () => {
  test("is one node, and its derivative is that of its meaning", () => {
    const [a, b] = [leaf(0), leaf(0)];
    const y = fused(a, b);
    expect(y.gradFn?.name).toBe("logAddExp");
    y.backward();
    expect([a.grad?.item(), b.grad?.item()]).toEqual([0.5, 0.5]);
  });

  test("has derivatives of every order, also where one input is computed from the other", () => {
    expect(checkGradients(fused, [[0.5, -1], [1, 2]], { order: 2 }).ok).toBe(true);
    expect(checkGradients((x) => fused(x, x.mul(x)), [[0.5, -1]], { order: 2 }).ok).toBe(true);
    expect(checkGradients((x) => fused(x, x), [[0.5, -1]], { order: 2 }).ok).toBe(true);
    expect(checkGradients((x) => fused(fused(x, x.sin()), x.square()), [[0.5, -1]], { order: 2 }).ok).toBe(true);
  });

  test("gives no gradient to an input that wants none, and freezes it in the second derivative too", () => {
    const x = leaf(1);
    const constant = tensor(2, { dtype: "float64" });
    const [first] = grad(fused(x, constant), [x], { createGraph: true });
    const p = 1 / (1 + Math.exp(1));
    expect(first!.item()).toBeCloseTo(p, 12);
    expect(grad(first!, [x])[0]!.item()).toBeCloseTo(p * (1 - p), 12);
  });

  test("is freed like any other, and a chain of them is no slower", () => {
    const x = leaf(0.1);
    let y = x;
    for (let i = 0; i < 1_000; i++) y = fused(y, x);
    y.backward();
    expect(refusal(() => y.backward())).toMatch(/graph was freed: at logAddExp/);
    expect(Number.isFinite(x.grad!.item())).toBe(true);
  });

  test("without lower or derivative leaves no node of its own", () => {
    const op: Op = { name: "plain", infer: ([x]) => x!, decompose: ([x]) => exp(x!) };
    expect(apply(op, [leaf(1)], undefined).gradFn?.name).toBe("exp");
  });
});

describe("when something goes wrong", () => {
  test("no .grad has changed, and the graph can be used again", () => {
    const [x, w] = [leaf(2), leaf(3)];
    let broken = true;
    const fragile = customOp({
      name: "fragile",
      forward: (x: Tensor) => x,
      backward: (_, g) => {
        if (broken) throw new RangeError("broken");
        return [g];
      },
    });
    const y = fragile(x).mul(w);
    expect(() => y.backward()).toThrow(new RangeError("broken"));
    expect([x.grad, w.grad]).toEqual([null, null]);
    broken = false;
    y.backward();
    expect([x.grad?.item(), w.grad?.item()]).toEqual([3, 2]);
  });

  test("recording goes on as before", () => {
    const x = leaf(2);
    const throwing = customOp({
      name: "throwing",
      forward: (x: Tensor) => x,
      backward: () => {
        throw new RangeError("broken");
      },
    });
    expect(() => throwing(x).backward()).toThrow(RangeError);
    expect(x.mul(2).requiresGrad).toBe(true);
  });

  test("an op without any derivative says so", () => {
    const op: Op = {
      name: "opaque",
      infer: ([x]) => x!,
      lower: ([x]) => ({ kernel: "copy", attrs: {}, output: { shape: x!.shape, dtype: x!.dtype } }),
    };
    expect(refusal(() => apply(op, [leaf(1)], undefined).backward())).toBe(
      "GradError: backward: an op without a derivative: opaque (it has neither vjp nor decompose); " +
        "give it one, or detach its result",
    );
  });
});

test("random graphs with fan-out, shared parts and broadcasting have right derivatives to the second order", () => {
  const steps = fc.array(fc.tuple(fc.nat(4), fc.nat(1_000), fc.nat(1_000)), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(steps, (plan) => {
      const f = (x: Tensor, row: Tensor, one: Tensor): Tensor => {
        const made = [x, row, one];
        for (const [kind, i, j] of plan) {
          const [a, b] = [made[i % made.length]!, made[j % made.length]!];
          made.push([add(a, b), sub(a, b), a.mul(b), a.tanh(), a.sin().mul(0.5)][kind]!);
        }
        return made.reduce((all, next) => all.add(next.tanh())).mean();
      };
      const report = checkGradients(f, [[[0.3, -0.7], [1.1, 0.2]], [0.9, -0.4], 0.6], { order: 2 });
      expect(report.ok, String(report)).toBe(true);
    }),
    { numRuns: 25 },
  );
});
