/** Layers in a row: order, places, errors that say where. */
import { describe, expect, test } from "vitest";
import { Linear, Module, ReLU, Sequential, ShapeError, Sigmoid, type Tensor, ones, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

describe("Sequential", () => {
  test("applies its layers in order, and none gives back the input", () => {
    const model = new Sequential(new Linear(2, 2), new ReLU());
    model.loadStateDict({ "0.weight": [[1, 0], [0, -1]], "0.bias": [0, 0] });
    expect(model.forward([[3, 4]])).toBeCloseToTensor([[3, 0]]);
    expect(new Sequential().forward([1, 2])).toBeCloseToTensor([1, 2]);
    expect(new Sequential().length).toBe(0);
  });

  test("can be gone through, and asked for its layers", () => {
    const layers = [new Linear(2, 2), new ReLU(), new Sigmoid()];
    const model = new Sequential(...layers);
    expect([...model]).toEqual(layers);
    expect(model.length).toBe(3);
    expect(model.at(0)).toBe(layers[0]);
    expect(model.at(-1)).toBe(layers[2]);
    expect(refusal(() => model.at(3))).toBe("OptionError: Sequential: no layer at 3 (there are 3); choose from -3 … 2");
    expect(refusal(() => model.at(0.5))).toMatch(/^OptionError: Sequential: no layer at 0.5/);
  });

  test("leaves the list out of the names, as PyTorch does, also where it is nested", () => {
    const model = new Sequential(new Sequential(new Linear(1, 1)), new ReLU(), new Linear(1, 1, { bias: false }));
    expect(Object.keys(model.stateDict())).toEqual(["0.0.weight", "0.0.bias", "2.weight"]);
  });

  test("says at which layer an error arose, and keeps its kind, fields and cause", () => {
    // @ts-expect-error the compiler sees it too
    const model = new Sequential(new Sequential(new Linear(2, 3), new ReLU()), new Linear(4, 1));
    expect(refusal(() => model.forward(zeros([5, 2])))).toBe(
      "ShapeError: Sequential: layer 1: Linear: input has 3 features, expects 4: [5, 3] (the last axis counts); " +
        "give [..., 4] or build Linear(3, 1)",
    );
    expect(refusal(() => model.forward(zeros([5, 1])))).toMatch(
      /^ShapeError: Sequential: layer 0: Sequential: layer 0: Linear: input has 1 feature, expects 2/,
    );
    try {
      model.forward(zeros([5, 2]));
    } catch (error) {
      expect(error).toBeInstanceOf(ShapeError);
      expect((error as ShapeError).fields).toEqual({ shape: [5, 3], inFeatures: 4, layer: 1 });
      expect((error as ShapeError).cause).toBeInstanceOf(ShapeError);
    }
  });

  test("passes on errors that are not gradkit's as they are", () => {
    class Broken extends Module {
      forward(): Tensor {
        throw new TypeError("mine");
      }
    }
    expect(() => new Sequential(new Broken()).forward(ones([1]))).toThrow(new TypeError("mine"));
  });

  test("refuses what is no module, and says how to write it", () => {
    const make = (...layers: unknown[]) => () => new Sequential(...(layers as Module[]));
    expect(refusal(make(new ReLU(), ReLU))).toBe(
      "OptionError: Sequential: layer 1 is not a module: function ReLU; write new ReLU(…)",
    );
    expect(refusal(make([new ReLU()]))).toBe(
      "OptionError: Sequential: layer 0 is not a module: [a ReLU]; spread the array: new Sequential(...layers)",
    );
    expect(refusal(make((x: Tensor) => x))).toBe(
      "OptionError: Sequential: layer 0 is not a module: a function; wrap the function: new Lambda(fn)",
    );
    expect(refusal(make(3))).toBe("OptionError: Sequential: layer 0 is not a module: 3; give modules such as new Linear(2, 3)");
  });
});
