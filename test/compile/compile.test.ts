/** compile: a traced function gives what the function itself gives, call after call. */
import { describe, expect, test } from "vitest";
import {
  Adam,
  Dropout,
  Linear,
  type Module,
  ReLU,
  SGD,
  Sequential,
  type Tensor,
  assign,
  clipGradNorm,
  compile,
  crossEntropy,
  grad,
  manualSeed,
  mse,
  noGrad,
  randn,
  tensor,
} from "../../src/index";

const flat = (model: Module): number[] => model.parameters().flatMap((p) => Array.from(p.toTypedArray()));

function network(): Sequential {
  manualSeed(3);
  return new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 3));
}

describe("a compiled function", () => {
  test("gives what the function gives, for new values too", () => {
    const f = (x: Tensor, y: Tensor): Tensor => x.mul(y).add(x).sigmoid().sum({ axes: 1 });
    const g = compile(f);
    for (let i = 0; i < 3; i++) {
      const [x, y] = [randn([3, 4]), randn([4])];
      expect(g(x, y)).toBeCloseToTensor(f(x, y));
    }
  });

  test("returns arrays and records as the function does", () => {
    const g = compile((x: Tensor) => ({ twice: x.mul(2), rest: [x.add(1), null] as const }));
    const { twice, rest } = g(tensor([1, 2]));
    expect(twice.toArray()).toEqual([2, 4]);
    expect(rest[0].toArray()).toEqual([2, 3]);
    expect(rest[1]).toBeNull();
  });

  test("traces once per kind of arguments", () => {
    let traces = 0;
    const g = compile((x: Tensor, scale: number) => {
      traces++;
      return x.mul(scale);
    });
    g(tensor([1]), 2);
    g(tensor([5]), 2);
    expect(traces).toBe(1);
    expect(g(tensor([1]), 3).toArray()).toEqual([3]);
    g(tensor([[1]]), 3);
    expect(traces).toBe(3);
  });

  test("takes arrays as tensors, views as they read", () => {
    const g = compile((x: Tensor) => x.matmul(x));
    expect(
      g([
        [1, 2],
        [3, 4],
      ] as never).toArray(),
    ).toEqual([
      [7, 10],
      [15, 22],
    ]);
    const x = tensor([
      [1, 2],
      [3, 4],
    ]).transpose();
    expect(g(x).toArray()).toEqual(x.matmul(x).toArray());
  });

  test("sees what captured tensors have become", () => {
    const w = tensor([1, 2]);
    const g = compile((x: Tensor) => x.add(w));
    expect(g(tensor([0, 0])).toArray()).toEqual([1, 2]);
    assign(w, tensor([5, 6]));
    expect(g(tensor([0, 0])).toArray()).toEqual([5, 6]);
  });

  test("assigns: a counter goes on, and snapshots of it stay", () => {
    const count = tensor([0]);
    const g = compile(() => {
      assign(count, count.add(1));
      return count.mul(10);
    });
    expect(g().toArray()).toEqual([10]);
    const before = count.detach();
    expect(g().toArray()).toEqual([20]);
    expect(count.toArray()).toEqual([2]);
    expect(before.toArray()).toEqual([1]);
    expect(count.add(1).toArray()).toEqual([3]);
  });

  test("assigns two tensors to each other", () => {
    const [a, b] = [tensor([1, 2]), tensor([3, 4])];
    const swap = compile(() => {
      const before = a.detach();
      assign(a, b);
      assign(b, before);
    });
    swap();
    expect([a.toArray(), b.toArray()]).toEqual([
      [3, 4],
      [1, 2],
    ]);
    swap();
    expect([a.toArray(), b.toArray()]).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test("names an index out of range, and goes on working afterwards", () => {
    const w = tensor([0, 0]);
    const pick = compile((x: Tensor, index: Tensor) => {
      const picked = x.gather(index, { axis: 0 });
      assign(w, picked);
      return picked;
    });
    const index = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });
    expect(pick(tensor([5, 6, 7]), index(2, 0)).toArray()).toEqual([7, 5]);
    expect(() => pick(tensor([5, 6, 7]), index(0, 3))).toThrow("index out of range: 3");
    expect(w.toArray()).toEqual([7, 5]);
    expect(pick(tensor([5, 6, 7]), index(1, 1)).toArray()).toEqual([6, 6]);
  });

  test("trains as the step itself trains", () => {
    const x = randn([16, 4]);
    const y = tensor(Array.from({ length: 16 }, (_, i) => i % 3));
    const train = (
      wrap: (step: (x: Tensor, y: Tensor) => Tensor) => (x: Tensor, y: Tensor) => Tensor,
    ): { losses: number[]; weights: number[] } => {
      const model = network();
      const optimizer = new Adam(model.parameters(), { lr: 0.01 });
      const step = wrap((a, b) => {
        optimizer.zeroGrad();
        const loss = crossEntropy(model.forward(a), b);
        loss.backward();
        clipGradNorm(model.parameters(), 1);
        optimizer.step();
        return loss;
      });
      const losses = Array.from({ length: 10 }, (_, i) => {
        if (i === 5) optimizer.lr = 0.05;
        return step(x, y).item();
      });
      return { losses, weights: flat(model) };
    };
    const eager = train((step) => step);
    const compiled = train((step) => compile(step));
    expect(compiled.losses[9]).toBeLessThan(compiled.losses[0]!);
    compiled.losses.forEach((loss, i) => expect(loss).toBeCloseTo(eager.losses[i]!, 5));
    compiled.weights.forEach((weight, i) => expect(weight).toBeCloseTo(eager.weights[i]!, 4));
  });

  test("leaves the gradients of the call", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const g = compile((x: Tensor) => {
      w.grad = null;
      const loss = w.mul(x).square().sum();
      loss.backward();
      return loss;
    });
    g(tensor([1, 1]));
    expect(w.grad!.toArray()).toEqual([2, 4]);
    const kept = w.grad!;
    g(tensor([2, 2]));
    expect(w.grad!.toArray()).toEqual([8, 16]);
    expect(kept.toArray()).toEqual([2, 4]);
  });

  test("accumulates gradients where the function does not clear them", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const g = compile((x: Tensor) => {
      const loss = w.mul(x).sum();
      loss.backward();
      return loss;
    });
    for (let i = 1; i <= 3; i++) {
      g(tensor([1, 10]));
      expect(w.grad!.toArray()).toEqual([i, 10 * i]);
    }
  });

  test("differentiates with respect to its arguments, to second order", () => {
    const x = tensor([1, 2, 3], { requiresGrad: true });
    const g = compile((v: Tensor) => {
      const [first] = grad(v.pow(3).sum(), [v], { createGraph: true });
      return grad(first!.sum(), [v])[0]!;
    });
    expect(g(x).toArray()).toEqual([6, 12, 18]);
    expect(x.requiresGrad).toBe(true);
  });

  test("draws new random numbers at each call, the same as the function would", () => {
    const layer = new Dropout(0.5);
    const x = randn([50]).abs().add(1);
    manualSeed(9);
    const eager = [layer.forward(x).toArray(), layer.forward(x).toArray()];
    manualSeed(9);
    const g = compile((v: Tensor) => layer.forward(v));
    expect([g(x).toArray(), g(x).toArray()]).toEqual(eager);
    layer.eval();
    expect(g(x).toArray()).toEqual(x.toArray());
  });

  test("within another trace simply runs its body, as under noGrad", () => {
    const inner = compile((x: Tensor) => x.mul(2));
    const outer = compile((x: Tensor) => inner(x).add(1));
    expect(outer(tensor([1])).toArray()).toEqual([3]);
    expect(noGrad(() => inner(tensor([1]))).toArray()).toEqual([2]);
  });

  test("keeps 16 programs and gives memory back", () => {
    const w = tensor([1], { requiresGrad: true });
    const optimizer = new SGD([w], { lr: 0.1 });
    const g = compile((x: Tensor) => {
      optimizer.zeroGrad();
      const loss = mse(x.mul(w).sum(), 0);
      loss.backward();
      optimizer.step();
      return loss;
    });
    const eager = tensor([1], { requiresGrad: true });
    for (let n = 1; n < 30; n++)
      g(
        randn([n])
          .mul(0)
          .add(1 / n),
      );
    g.release();
    expect(w.item()).toBeGreaterThan(0);
    expect(w.item()).toBeLessThan(1);
    expect(eager.item()).toBe(1);
    g(tensor([1]));
  });
});

describe("compile refuses", () => {
  test("reading a value while tracing, and changes nothing", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const before = w.storage;
    const g = compile((x: Tensor) => {
      w.grad = w.detach();
      assign(w, w.add(x));
      return x.sum().item() > 0 ? x : w;
    });
    expect(() => g(tensor([1, 1]))).toThrow("compile: a value was read while tracing: its numbers are not known yet");
    expect(w.storage).toBe(before);
    expect(w.grad).toBeNull();
    expect(w.version).toBe(0);
  });

  test("reading a tensor from outside, which would stay as it is now for ever", () => {
    const gate = tensor([1]);
    const reads: (() => unknown)[] = [() => gate.item(), () => gate.toArray(), () => gate.toTypedArray()];
    for (const read of reads) {
      const g = compile((x: Tensor) => (read() === 1 ? x : x.neg()));
      expect(() => g(tensor([1]))).toThrow("compile: a value was read while tracing");
    }
    expect(gate.item()).toBe(1);
    const w = tensor([1], { requiresGrad: true });
    const optimizer = new SGD([w], { lr: 1 });
    const step = compile(() => {
      optimizer.zeroGrad();
      w.sum().backward();
      optimizer.step(gate);
    });
    step();
    assign(gate, tensor([0]));
    step();
    expect(w.item()).toBe(0);
  });

  test("arguments and results that are no tensors", () => {
    expect(() => compile((x: unknown) => x as Tensor)({} as never)).toThrow(
      "compile: argument 0 is no tensor: a record",
    );
    expect(() => compile(() => 3)()).toThrow("compile: a result is no tensor: 3 (it would be the same for ever)");
    expect(() => compile(async () => tensor(1))()).toThrow("compile the synchronous part alone");
    expect(() => compile(3 as never)).toThrow("compile: not a function: 3; give one that takes and returns tensors");
  });

  test("a tensor kept from an earlier trace", () => {
    let kept: Tensor | null = null;
    const g = compile((x: Tensor) => {
      const y = x.add(1);
      const result = kept === null ? y : y.add(kept);
      kept = y;
      return result;
    });
    g(tensor([1]));
    expect(() => g(tensor([1, 2]))).toThrow("compile: a tensor of an earlier trace is used");
  });
});

describe("a program", () => {
  test("can be read", () => {
    const g = compile((x: Tensor, y: Tensor) => x.matmul(y).relu().sum());
    expect(g.program(randn([2, 3]), randn([3, 4]))).toMatch(
      /^program on \w+: \d+ steps, [\d,]+ FLOP, [\d,]+ bytes read\n/,
    );
  });
});
