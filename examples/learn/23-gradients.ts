/** Vanishing and exploding gradients: what thirty layers do to a gradient, and what helps. */
import {
  Linear,
  type Module,
  ReLU,
  SGD,
  Sequential,
  Sigmoid,
  type Tensor,
  assign,
  clipGradNorm,
  deadUnits,
  grad,
  histogram,
  lineChart,
  linspace,
  manualSeed,
  mse,
  normal,
  randn,
  tensor,
} from "gradkit";
import { RandomState } from "../support/numpy";
import { say, section, table } from "../support/text";
import type { Pictures } from "../support/pictures";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  depth: { about: "layers", default: 30, rule: { integer: true, min: 2 } },
  width: { about: "units in each", default: 64, rule: { integer: true, min: 2 } },
  seed: { about: "seed of weights and inputs", default: 0, rule: { integer: true, min: 0 } },
});

type Settings = OptionsOf<typeof options>;

/** What the chapter found. */
export interface GradientsResult {
  /** Norm of the first layer's gradient, and of the last one's, by kind of network. */
  readonly deep: readonly { readonly name: string; readonly first: number; readonly last: number }[];
  /** Norm of the gradient that arrives at each layer's outputs, the first layer's first, by kind of network. */
  readonly arriving: Readonly<Record<string, readonly number[]>>;
  /** Norm of each layer's own gradient, that of its weights. */
  readonly norms: Readonly<Record<string, readonly number[]>>;
  /** log₁₀ of the size of each entry of the gradients that are not 0, of the first layer and of the last. */
  readonly sizes: Readonly<Record<string, readonly number[]>>;
  /** Largest slope of the sigmoid, and the slope at 10. */
  readonly slopes: readonly [number, number];
  /** Norm before and after clipping. */
  readonly clipped: readonly [number, number];
  /** Weights of a dead unit before and after a thousand steps, and its gradient. */
  readonly dead: { readonly gradient: number; readonly moved: number; readonly counted: number };
  /** Spread of the LEGO network's first weights. */
  readonly spread: number;
}

export async function main(given: Partial<Settings> = {}): Promise<GradientsResult> {
  const settings = withDefaults("gradients", options, given);
  section("What a slope of a quarter does, layer after layer");
  const slopes = sigmoidSlopes();
  section(`${settings.depth} layers of ${settings.width} units: the gradient at both ends`);
  const { deep, arriving, norms, sizes } = compareDepth(settings);
  section("Cures");
  const clipped = clip(settings);
  section("A dead ReLU never learns again");
  const dead = deadUnit();
  section("Starting weights that keep the scale");
  const spread = initialSpread();
  return { deep, arriving, norms, sizes, slopes, clipped, dead, spread };
}

function sigmoidSlopes(): [number, number] {
  const rows = [0, 2, 5, 10].map((z) => {
    const x = tensor(z, { dtype: "float64", requiresGrad: true });
    x.sigmoid().backward();
    return [z, x.grad!.item()] as const;
  });
  table(["z", "σ′(z) = σ(1 − σ)", "after 30 such layers"], rows.map(([z, slope]) => [z, slope.toExponential(2), (slope ** 30).toExponential(1)]));
  return [rows[0]![1], rows[3]![1]];
}

function stack({ depth, width }: Settings, scale: number, act: () => Module): Sequential {
  const init = normal(0, scale / Math.sqrt(width));
  const layers = Array.from({ length: depth }, () => [new Linear(width, width, { init, bias: false }), act()]).flat();
  return new Sequential(...layers);
}

function compareDepth(settings: Settings): Pick<GradientsResult, "deep" | "arriving" | "norms" | "sizes"> {
  const kinds: readonly { name: string; scale: number; act: () => Module }[] = [
    { name: "ReLU, weights of spread 3/√H", scale: 3, act: () => new ReLU() },
    { name: "ReLU, √2/√H (He)", scale: Math.SQRT2, act: () => new ReLU() },
    { name: "ReLU, 1/√H", scale: 1, act: () => new ReLU() },
    { name: "sigmoid, 1/√H", scale: 1, act: () => new Sigmoid() },
  ];
  const arriving: Record<string, number[]> = {};
  const norms: Record<string, number[]> = {};
  const sizes: Record<string, number[]> = {};
  const deep = kinds.map(({ name, scale, act }) => {
    manualSeed(settings.seed);
    const model = stack(settings, scale, act);
    const outputs: Tensor[] = [];
    const loss = lossOf(model, settings, outputs);
    arriving[name] = grad(loss, outputs, { retainGraph: true }).map((g) => g.norm().item());
    loss.backward();
    const all = model.parameters().map(({ grad: g }) => g!);
    const each = all.map((g) => g.norm().item());
    norms[name] = each;
    const logs = (g: Tensor): number[] => Array.from(g.toTypedArray(), (value) => Math.log10(Math.abs(value)));
    if (act() instanceof Sigmoid || scale === Math.SQRT2) {
      const kind = act().constructor.name;
      sizes[`${kind}, first layer`] = logs(all[0]!).filter(Number.isFinite);
      sizes[`${kind}, last layer`] = logs(all.at(-1)!).filter(Number.isFinite);
    }
    return { name, first: each[0]!, last: each.at(-1)! };
  });
  table(
    ["network", "first layer's gradient", "last layer's gradient"],
    deep.map(({ name, first, last }) => [name, first.toExponential(1), last.toExponential(1)]),
  );
  return { deep, arriving, norms, sizes };
}

/** The sum of the outputs, averaged over a batch of 32 random rows: a loss of slope 1 everywhere. */
function lossOf(model: Sequential, { width }: Settings, outputs: Tensor[] = []): Tensor {
  let x = randn([32, width]);
  for (const layer of model) {
    x = layer.forward(x);
    if (!(layer instanceof Linear)) outputs.push(x);
  }
  return x.sum().div(32);
}

function clip(settings: Settings): [number, number] {
  manualSeed(settings.seed);
  const model = stack(settings, 3, () => new ReLU());
  lossOf(model, settings).backward();
  const before = clipGradNorm(model.parameters(), 1).item();
  const squares = model.parameters().map(({ grad: g }) => g!.norm().item() ** 2);
  const after = Math.sqrt(squares.reduce((sum, value) => sum + value, 0));
  say(`clipGradNorm(parameters, 1): the whole gradient had the norm ${before.toExponential(1)}, now ${after.toFixed(4)}`);
  say("a start that keeps the scale (He's for ReLU), units that do not saturate, fewer layers, a lower rate");
  return [before, after];
}

/** A unit whose score is below zero for every row gets no gradient, so nothing can bring it back. */
function deadUnit(): GradientsResult["dead"] {
  manualSeed(0);
  const model = new Sequential(new Linear(2, 1), new ReLU(), new Linear(1, 1));
  const [unit] = Array.from(model) as [Linear];
  assign(unit.weight, tensor([[0.4, -0.3]]));
  assign(unit.bias!, tensor([-10]));
  const x = randn([50, 2]).clamp(-1, 1);
  const optimizer = new SGD(model.parameters(), { lr: 0.1 });
  let gradient = 0;
  for (let step = 0; step < 1000; step++) {
    optimizer.zeroGrad();
    mse(model.forward(x), x.sum({ axes: 1, keepDims: true })).backward();
    gradient = Math.max(gradient, unit.weight.grad!.abs().max().item(), unit.bias!.grad!.abs().item());
    optimizer.step();
  }
  const moved = unit.weight.sub([[0.4, -0.3]]).abs().max().item();
  say(`bias −10 and |w·x| < 1: largest gradient in 1,000 steps ${gradient}, its weights moved by ${moved}`);
  const { dead, units } = deadUnits(model, x)["1"]!;
  say(`deadUnits counts ${dead.length} of ${units}`);
  return { gradient, moved, counted: dead.length };
}

function initialSpread(): number {
  const draws = new RandomState(2017).rand(60_000).map((u) => (2 * u - 1) / Math.sqrt(2));
  const spread = Math.sqrt(draws.reduce((sum, value) => sum + value ** 2, 0) / draws.length);
  say(`U(−1, 1)/√fan-in at a fan-in of 2: spread ${spread.toFixed(3)}, by the formula 1/√(3·2) = ${(1 / Math.sqrt(6)).toFixed(3)}`);
  return spread;
}

/** What arrives and what weights get, layer by layer, the sizes of single entries, and the slope of the sigmoid. */
export function pictures({ arriving, norms, sizes }: GradientsResult): Pictures {
  const byLayer = (all: GradientsResult["norms"], yTitle: string): ReturnType<typeof lineChart> => {
    const lines = Object.entries(all).map(([name, each]) => [name.replace("weights of spread ", ""), [...each]] as const);
    const x = lines[0]![1].map((_, layer) => layer + 1);
    return lineChart(Object.fromEntries(lines), { x, logY: true, width: 520, height: 300, xTitle: "layer", yTitle });
  };
  const z = linspace(-10, 10, 101, { dtype: "float64" });
  const sigmoid = z.sigmoid();
  return {
    sections: [
      {
        heading: "The gradient on its way back",
        text: "From the last layer, at the right, to the first it shrinks or grows by one factor per layer: a straight line here.",
        chart: byLayer(arriving, "norm of what arrives"),
      },
      {
        heading: "The gradient of the weights",
        text:
          "It is what arrives from the right times what came in from the left. With ReLUs one grows where the other " +
          "shrinks, so that all layers are wrong alike; sigmoids hand on outputs of one size, and their gradient vanishes.",
        chart: byLayer(norms, "norm of the weights' gradient"),
      },
      {
        heading: "Single entries",
        text: "With He's start both ends see gradients of one size. Sigmoids leave the first layer with next to nothing.",
        chart: histogram(sizes, { bins: 50, xTitle: "log₁₀ of the size of ∂L/∂w", yTitle: "weights" }),
      },
      {
        heading: "A slope of at most a quarter",
        text: "The sigmoid's slope is largest at 0, and next to nothing from 5 on.",
        chart: lineChart({ "σ(z)": sigmoid, "σ′(z)": sigmoid.mul(sigmoid.neg().add(1)) }, { x: z, xTitle: "z", yTitle: "" }),
      },
    ],
  };
}
