/** Modules find what they hold, switch modes, freeze, and give and take their state. */
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import {
  Buffer,
  Dropout,
  Linear,
  Module,
  Parameter,
  ReLU,
  Sequential,
  type Tensor,
  assign,
  mse,
  ones,
  tensor,
  zeros,
} from "../../src/index";
import { refusal } from "../support/refusal";

/** Fields of every kind that the walk knows, and some it leaves alone. */
class Zoo extends Module {
  inner = new Linear(2, 2);
  scale = new Parameter(ones([2]));
  blocks = [new ReLU(), new Linear(2, 1, { bias: false })];
  heads = { left: new Linear(2, 1), right: new Parameter(zeros([1])) };
  runningMean = new Buffer(zeros([2]));
  constant = tensor([1, 2]);
  hidden = new Map([["not", new Linear(1, 1)]]);
  readonly #secret = new Linear(1, 1);

  forward(x: Tensor): Tensor {
    return this.inner.forward(x).mul(this.scale);
  }

  override stateName(field: string): string {
    return field === "runningMean" ? "running_mean" : field;
  }

  secret(): Module {
    return this.#secret;
  }
}

const namesOf = (pairs: readonly (readonly [string, unknown])[]): string[] => pairs.map(([name]) => name);

describe("the walk over fields", () => {
  test("finds parameters, buffers and modules in fields, arrays and plain records, own tensors first", () => {
    const zoo = new Zoo();
    expect(namesOf(zoo.namedParameters())).toEqual([
      "scale",
      "heads.right",
      "inner.weight",
      "inner.bias",
      "blocks.1.weight",
      "heads.left.weight",
      "heads.left.bias",
    ]);
    expect(zoo.parameters()).toEqual(zoo.namedParameters().map(([, parameter]) => parameter));
    expect(namesOf(zoo.namedBuffers())).toEqual(["running_mean"]);
    expect(zoo.buffers()[0]).toBe(zoo.runningMean);
    expect(namesOf(zoo.namedModules())).toEqual(["", "inner", "blocks.0", "blocks.1", "heads.left"]);
    expect(zoo.modules()[0]).toBe(zoo);
    expect(namesOf(zoo.namedChildren())).toEqual(["inner", "blocks.0", "blocks.1", "heads.left"]);
    expect(zoo.children()).toHaveLength(4);
    expect(zoo.parameterCount).toBe(2 + 1 + 6 + 2 + 3);
  });

  test("leaves plain tensors, Maps and #private fields alone", () => {
    const zoo = new Zoo();
    const found = new Set<unknown>([...zoo.parameters(), ...zoo.buffers()]);
    expect(found.has(zoo.constant)).toBe(false);
    expect(zoo.modules()).not.toContain(zoo.hidden.get("not"));
    expect(zoo.modules()).not.toContain(zoo.secret());
  });

  test("names what is held twice once, after its first place", () => {
    class Tied extends Module {
      first = new Linear(2, 2, { bias: false });
      second = this.first;
      third = new Linear(2, 2, { bias: false });
      tie = this.third.weight;
      forward(x: Tensor): Tensor {
        return this.second.forward(this.first.forward(x));
      }
    }
    const tied = new Tied();
    expect(namesOf(tied.namedParameters())).toEqual(["tie", "first.weight"]);
    expect(namesOf(tied.namedModules())).toEqual(["", "first", "third"]);
    expect(tied.children()).toHaveLength(2);
    expect(namesOf(tied.namedChildren())).toEqual(["first", "second", "third"]);
  });

  test("ends in circles of modules, arrays and records", () => {
    class Ring extends Module {
      weight = new Parameter(zeros([1]));
      next: Module = this;
      list: unknown[] = [];
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    const [a, b] = [new Ring(), new Ring()];
    [a.next, b.next] = [b, a];
    a.list.push(a.list, { again: a.list });
    expect(namesOf(a.namedParameters())).toEqual(["weight", "next.weight"]);
    expect(a.toString()).toBe("Ring(\n  (next): Ring(\n    (next): Ring(…)\n  )\n)");
    expect(a.summary()).toContain("2 parameters");
  });

  test("refuses two tensors of one name, since a state dict could hold only one", () => {
    class Clash extends Module {
      table = { "a.b": new Parameter(zeros([1])), a: { b: new Parameter(zeros([1])) } };
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    expect(refusal(() => new Clash().parameters())).toBe(
      'OptionError: Clash: two tensors have the same name: "table.a.b" (a state dict could hold only one); ' +
        "rename a field, or the key of a record",
    );
  });

  test("lets a child stand under its parent's own name where the field has none", () => {
    class Wrapper extends Module {
      inner = new Linear(2, 3);
      forward(x: Tensor): Tensor {
        return this.inner.forward(x);
      }
      override stateName(): string {
        return "";
      }
    }
    const names = namesOf(new Sequential(new Wrapper()).namedParameters());
    expect(names).toEqual(["0.weight", "0.bias"]);
    expect(new Sequential(new Wrapper()).summary([1, 2])).toContain("9 parameters");
  });
});

describe("modes", () => {
  test("train and eval set the whole model and give it back", () => {
    const model = new Sequential(new Linear(1, 1), new Sequential(new Dropout()));
    expect(model.modules().map(({ training }) => training)).toEqual([true, true, true, true]);
    expect(model.eval()).toBe(model);
    expect(model.modules().map(({ training }) => training)).toEqual([false, false, false, false]);
    expect(model.train().modules().every(({ training }) => training)).toBe(true);
  });

  test("train refuses a mode, as train(false) would do the opposite of what it says", () => {
    const model = new Dropout().eval();
    expect(() => model.train(...([false] as never[]))).toThrow(
      "train: an argument too many: false; it takes none: for evaluation mode write eval()",
    );
    expect(model.training).toBe(false);
  });

  test("freeze stops training and forgets gradients, unfreeze starts it again", () => {
    const model = new Sequential(new Linear(2, 2), new Linear(2, 1));
    mse(model.forward(ones([3, 2])), zeros([3, 1])).backward();
    expect(model.freeze()).toBe(model);
    expect(model.parameters().every((p) => !p.requiresGrad && p.grad === null)).toBe(true);
    expect(model.forward(ones([3, 2])).requiresGrad).toBe(false);
    model.unfreeze();
    expect(model.parameters().every((p) => p.requiresGrad)).toBe(true);
    model.at(0).freeze();
    mse(model.forward(ones([3, 2])), zeros([3, 1])).backward();
    expect(model.parameters().map((p) => p.grad !== null)).toEqual([false, false, true, true]);
  });

  test("unfreeze leaves whole numbers alone, which have no gradient", () => {
    class Table extends Module {
      ids = new Parameter(zeros([2], { dtype: "int32" }), { requiresGrad: false });
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    expect(new Table().unfreeze().parameters()[0]!.requiresGrad).toBe(false);
  });

  test("zeroGrad sets every gradient to null", () => {
    const layer = new Linear(2, 1);
    layer.forward(ones([2])).sum().backward();
    expect(layer.weight.grad).toBeCloseToTensor([[1, 1]]);
    layer.zeroGrad();
    expect([layer.weight.grad, layer.bias!.grad]).toEqual([null, null]);
  });

  test("call is forward, with all its arguments", () => {
    class Scaled extends Module {
      forward(x: Tensor, factor: number): Tensor {
        return x.mul(factor);
      }
    }
    expect(new Scaled().call(ones([2]), 3)).toBeCloseToTensor([3, 3]);
    expect(new Linear(2, 1).call([[1, 2]]).shape).toEqual([1, 1]);
  });
});

describe("state dicts", () => {
  test("are snapshots that later training does not change", () => {
    const layer = new Linear(2, 1);
    const state = layer.stateDict();
    const before = state.weight!.toArray();
    assign(layer.weight, zeros([1, 2]));
    expect(state.weight!.toArray()).toEqual(before);
    expect(state.weight!.requiresGrad).toBe(false);
    layer.loadStateDict(state);
    expect(layer.weight.toArray()).toEqual(before);
  });

  test("hold parameters and buffers under the names of the walk", () => {
    const zoo = new Zoo();
    const names = [...namesOf(zoo.namedParameters()), "running_mean"];
    expect(Object.keys(zoo.stateDict())).toEqual(names);
    const other = new Zoo();
    expect(other.loadStateDict({ ...zoo.stateDict(), running_mean: [5, 6] })).toEqual({ missing: [], unexpected: [] });
    expect(other.inner.weight).toBeCloseToTensor(zoo.inner.weight.toArray());
    expect(other.runningMean).toBeCloseToTensor([5, 6]);
  });

  test("accept nested arrays, and convert no tensor silently", () => {
    const layer = new Linear(2, 1, { dtype: "float64" });
    layer.loadStateDict({ weight: [[1, 2]], bias: [0.1] });
    expect(layer.bias!.item()).toBe(0.1);
    expect(refusal(() => layer.loadStateDict({ weight: tensor([[1, 2]]), bias: [3] }))).toBe(
      "DTypeError: loadStateDict: the dict does not fit: weight is float32 but should be float64 (nothing was loaded); " +
        "convert the tensors with .to(dtype)",
    );
  });

  test("list every problem in one error, and load nothing then", () => {
    const model = new Sequential(new Linear(2, 1), new Linear(1, 1));
    const before = model.stateDict();
    const integer = tensor([1], { dtype: "int32" });
    const wrong = { "0.weigth": zeros([1, 2]), "0.bias": zeros([1]), "1.weight": zeros([2, 2]), "1.bias": integer };
    expect(refusal(() => model.loadStateDict(wrong))).toBe(
      'OptionError: loadStateDict: the dict does not fit: missing "0.weight"; unexpected "0.weigth" (like "0.weight"?); ' +
        "1.weight is [2, 2] but should be [1, 1]; 1.bias is int32 but should be float32 (nothing was loaded); " +
        "build the same model, or pass { strict: false } to leave other names aside; " +
        "build the layers with the sizes of the dict; convert the tensors with .to(dtype)",
    );
    const after = model.stateDict();
    for (const [name, value] of Object.entries(before)) expect(after[name]!.toArray()).toEqual(value.toArray());
  });

  test("are loaded in part without strict, but only where they fit", () => {
    const layer = new Linear(2, 1);
    const report = layer.loadStateDict({ weight: [[7, 8]], other: 1 }, { strict: false });
    expect(report).toEqual({ missing: ["bias"], unexpected: ["other"] });
    expect(layer.weight).toBeCloseToTensor([[7, 8]]);
    expect(refusal(() => layer.loadStateDict({ weight: [1] }, { strict: false }))).toBe(
      "ShapeError: loadStateDict: the dict does not fit: weight is [1] but should be [1, 2] (nothing was loaded); " +
        "build the layers with the sizes of the dict",
    );
  });

  test("name an unexpected key without a guess when nothing is missing", () => {
    const layer = new Linear(1, 1);
    expect(() => layer.loadStateDict({ ...layer.stateDict(), extra: 1 })).toThrow('unexpected "extra" (nothing was loaded)');
  });

  test("refuse what is no dict, no tensor or no option", () => {
    const layer = new Linear(1, 1);
    expect(() => layer.loadStateDict([] as unknown as Record<string, Tensor>)).toThrow(
      "loadStateDict: not a state dict: []; give a record of tensors by name, as stateDict() makes",
    );
    expect(() => layer.loadStateDict({ weight: "a" as unknown as Tensor, bias: [1] })).toThrow(
      'loadStateDict: weight: not something a tensor is made of: "a"',
    );
    const absent = { weight: [[1]], bias: undefined } as unknown as Record<string, Tensor>;
    expect(() => layer.loadStateDict(absent)).toThrow('missing "bias"');
    const options = { strickt: false } as unknown as { strict: boolean };
    expect(() => layer.loadStateDict({}, options)).toThrow('unknown option: "strickt"; did you mean "strict"?');
    expect(() => layer.loadStateDict({}, { strict: 1 as unknown as boolean })).toThrow("strict is not a boolean: 1");
  });
});

describe("printing", () => {
  test("shows the layers as a tree", () => {
    const head = new Sequential(new Dropout(0.2), new Linear(3, 1, { bias: false }));
    const model = new Sequential(new Linear(2, 3), new ReLU(), head);
    const text = [
      "Sequential(",
      "  (0): Linear(2, 3)",
      "  (1): ReLU()",
      "  (2): Sequential(",
      "    (0): Dropout(0.2)",
      "    (1): Linear(3, 1, { bias: false })",
      "  )",
      ")",
    ].join("\n");
    expect(model.toString()).toBe(text);
    expect(inspect(model)).toBe(text);
    expect(new Zoo().toString()).toContain("  (heads.left): Linear(2, 1)");
  });
});
