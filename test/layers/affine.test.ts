/** What layers with a weight and a bias share: whichever it is, it begins, converts and refuses in one way. */
import { describe, expect, test } from "vitest";
import {
  type AffineOptions,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  Linear,
  type Module,
  type Parameter,
  type heNormal,
  manualSeed,
  ones,
  zeros,
} from "../../src/index";
import { refusal } from "../support/refusal";

type Affine = Module & { readonly weight: Parameter; readonly bias: Parameter | null };

/** Each layer, with the shape of its weight and its fan-in. */
const layers: readonly [name: string, make: (options: AffineOptions) => Affine, shape: string, fanIn: number][] = [
  ["Linear", (options) => new Linear(12, 20, options), "[20, 12]", 12],
  ["Conv1d", (options) => new Conv1d(4, 20, 3, options), "[20, 4, 3]", 12],
  ["Conv2d", (options) => new Conv2d(4, 20, [3, 2], { groups: 2, ...options }), "[20, 2, 3, 2]", 12],
  ["ConvTranspose2d", (options) => new ConvTranspose2d(4, 20, [3, 2], { groups: 2, ...options }), "[4, 10, 3, 2]", 60],
];

describe.each(layers)("%s", (name, make, shape, fanIn) => {
  test("begins with U(±1/√fan-in) for weight and bias", () => {
    manualSeed(5);
    const bound = 1 / Math.sqrt(fanIn);
    const { weight, bias } = make({});
    for (const [values, share] of [[weight, 0.97], [bias!, 0.7]] as const) {
      const most = values.abs().max().item();
      expect([most <= bound, most > share * bound]).toEqual([true, true]);
    }
    expect(Math.abs(weight.mean().item())).toBeLessThan(0.2 * bound);
  });

  test("takes an initialiser's weight, converted to its dtype, and keeps its bias as it was", () => {
    const made = make({ init: (sizes) => ones(sizes).mul(7), dtype: "float64" });
    expect([made.weight.dtype, made.weight.min().item(), made.weight.max().item()]).toEqual(["float64", 7, 7]);
    expect([made.bias!.dtype, made.bias!.abs().max().item() < 1]).toEqual(["float64", true]);
    expect(make({ bias: false }).bias).toBeNull();
  });

  test("refuses what makes no weight", () => {
    expect(refusal(() => make({ dtype: "int32" }))).toBe(
      `DTypeError: ${name}: weights must be floats: int32; give "float32" or "float64"`,
    );
    expect(refusal(() => make({ init: 3 as unknown as typeof heNormal }))).toBe(
      `OptionError: ${name}: init is not a function of a shape: 3; give one such as heNormal`,
    );
    expect(refusal(() => make({ init: (() => null) as unknown as typeof heNormal }))).toBe(
      `OptionError: ${name}: init did not make a tensor: null; ` +
        "give a function of a shape, such as uniform(-0.1, 0.1) or (shape) => randn(shape)",
    );
    expect(refusal(() => make({ init: () => zeros([1]) }))).toBe(
      `ShapeError: ${name}: init made another shape: [1], asked for ${shape}; use the shape it is given`,
    );
    expect(refusal(() => make({ bias: 1 as unknown as boolean }))).toBe(
      `OptionError: ${name}: bias is not a boolean: 1; give true or false`,
    );
  });
});
