/** The table of a model: shapes, counts, totals; and the model is left as it was. */
import { describe, expect, test } from "vitest";
import { Buffer, Dropout, Generator, Linear, Module, ReLU, Sequential, type Tensor, manualSeed, ones, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

const lines = (text: string): string[] => text.split("\n").map((line) => line.trimEnd());

describe("summary", () => {
  const model = (): Sequential =>
    new Sequential(new Linear(784, 128), new ReLU(), new Sequential(new Dropout(0.5), new Linear(128, 10)));

  test("lists every layer with its output shape and its parameters, and the totals below", () => {
    expect(lines(model().summary([32, 784]))).toEqual([
      "Layer                     Output shape  Parameters",
      "──────────────────────────────────────────────────",
      "Sequential()              [32, 10]               0",
      "  0: Linear(784, 128)     [32, 128]        100,480",
      "  1: ReLU()               [32, 128]              0",
      "  2: Sequential()         [32, 10]               0",
      "    2.0: Dropout(0.5)     [32, 128]              0",
      "    2.1: Linear(128, 10)  [32, 10]           1,290",
      "──────────────────────────────────────────────────",
      "101,770 parameters (101,770 trained, 0 frozen), 407,080 bytes",
    ]);
  });

  test("needs no input for the counts, and tells frozen from trained", () => {
    const frozen = model();
    frozen.at(0).freeze();
    expect(lines(frozen.summary())[0]).toBe("Layer                     Parameters");
    expect(lines(frozen.summary()).at(-1)).toBe("101,770 parameters (1,290 trained, 100,480 frozen), 407,080 bytes");
    const wide = new Linear(2, 3, { dtype: "float64" });
    expect(lines(wide.summary([2])).at(-1)).toBe("9 parameters (9 trained, 0 frozen), 72 bytes");
  });

  test("counts the networks of the lessons", () => {
    const count = (...layers: Module[]): number => new Sequential(...layers).parameterCount;
    expect(count(new Linear(784, 10, { bias: false }))).toBe(7840);
    expect(count(new Linear(784, 10))).toBe(7850);
    expect(count(new Linear(2, 3, { bias: false }), new Linear(3, 2, { bias: false }))).toBe(12);
    expect(count(new Linear(784, 256), new Linear(256, 128), new Linear(128, 10))).toBe(235_146);
  });

  test("leaves modes, gradients, buffers and random numbers as they were", () => {
    class Counter extends Module {
      calls = new Buffer(zeros([1]));
      seen: boolean[] = [];
      forward(x: Tensor): Tensor {
        this.seen.push(this.training, x.requiresGrad);
        return x;
      }
    }
    const generator = new Generator(1);
    const counter = new Counter();
    const mixed = new Sequential(new Linear(2, 2), new Dropout(0.5, { generator }), counter).train();
    mixed.at(0).eval();
    const shared = manualSeed(5);
    const before = shared.state;
    mixed.summary([1, 2]);
    expect(counter.seen).toEqual([false, false]);
    expect(mixed.modules().map(({ training }) => training)).toEqual([true, false, true, true]);
    expect(Object.keys(mixed.at(0))).not.toContain("forward");
    expect(shared.state).toEqual(before);
    expect(generator.state).toEqual(new Generator(1).state);
    expect(mixed.parameters().every(({ grad }) => grad === null)).toBe(true);
  });

  test("puts the model back when the input does not fit", () => {
    const broken = model();
    expect(refusal(() => broken.summary([1, 3]))).toMatch(/^ShapeError: Sequential: layer 0: Linear: input has 3 features/);
    expect(broken.training).toBe(true);
    expect(broken.at(1).forward(tensor([-1, 1])).toArray()).toEqual([0, 1]);
    expect(refusal(() => broken.summary([1.5]))).toMatch(/^ShapeError: summary: a size is not a whole number/);
  });

  test("says which layers are not called, called with several shapes, or give no tensor", () => {
    class Odd extends Module {
      shared = new ReLU();
      unused = new Linear(1, 1);
      pair = new Pair();
      forward(x: Tensor): Tensor {
        this.pair.forward(x);
        this.shared.forward(ones([2, 2]));
        return this.shared.forward(x);
      }
    }
    class Pair extends Module {
      override forward(x: Tensor): Tensor {
        return [x, x, "text"] as unknown as Tensor;
      }
    }
    const table = new Odd().summary([4]);
    expect(table).toMatch(/shared: ReLU\(\) {2,}\[2, 2\] or \[4\] /);
    expect(table).toMatch(/unused: Linear\(1, 1\) {2,}not called /);
    expect(table).toMatch(/pair: Pair\(\) {2,}\[4\], \[4\], not a tensor /);
  });

  test("works for a model whose forward is a field", () => {
    class Arrow extends Module {
      override forward = (x: Tensor): Tensor => x.add(1);
    }
    const arrow = new Arrow();
    const own = arrow.forward;
    expect(arrow.summary([3])).toContain("[3]");
    expect(arrow.forward).toBe(own);
  });
});
