/** Optimizers: five rules on the same four gradients, and a narrow valley that tells them apart. */
import {
  AdaGrad,
  Adam,
  Momentum,
  type Optimizer,
  RMSProp,
  SGD,
  type Tensor,
  lineChart,
  lossContours,
  lossLandscape,
  noGrad,
  tensor,
} from "gradkit";
import { plot, say, section, table } from "../support/text";
import type { Pictures } from "../support/pictures";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  gradients: { about: "gradients that every rule is given", default: [1, 0.1, -0.5, 0], type: "numbers" },
  lr: { about: "learning rate for them", default: 0.1, rule: { above: 0 } },
});

/** What the chapter found. */
export interface OptimizersResult {
  /** θ after each gradient, from 1, by rule. */
  readonly traces: Readonly<Record<string, readonly number[]>>;
  /** Cosine between steepest descent and the way to the minimum at (10, 1). */
  readonly cosine: number;
  /** Steps to a loss below 1e-6 in the valley, by rule; null where it diverges. */
  readonly valley: Readonly<Record<string, number | null>>;
  /** The ways that they took, place by place. */
  readonly paths: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** Length of the 200th step after one spike, by rule. */
  readonly afterSpike: Spike<number>;
  /** Lengths of all steps, that of the spike first. */
  readonly lengths: Spike<readonly number[]>;
}

type Spike<T> = Readonly<Record<"RMSProp" | "AdaGrad", T>>;
type Make = (params: Tensor[]) => Optimizer;

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<OptimizersResult> {
  const { gradients, lr } = withDefaults("optimizers", options, given);
  section(`θ from 1 under the gradients ${gradients.join(", ")}; lr ${lr}`);
  const rules: Record<string, Make> = {
    SGD: (p) => new SGD(p, { lr }),
    Momentum: (p) => new Momentum(p, { lr }),
    "Momentum, averaged": (p) => new SGD(p, { lr: lr * 0.1, momentum: 0.9 }),
    Nesterov: (p) => new SGD(p, { lr, momentum: 0.9, nesterov: true }),
    "RMSProp, α = 0.9": (p) => new RMSProp(p, { lr, alpha: 0.9 }),
    "RMSProp, α = 0.99": (p) => new RMSProp(p, { lr }),
    AdaGrad: (p) => new AdaGrad(p, { lr }),
    Adam: (p) => new Adam(p, { lr }),
  };
  const traces = Object.fromEntries(Object.entries(rules).map(([name, make]) => [name, trace(make, gradients)]));
  table(
    ["rule", ...gradients.map((g) => `after ${g}`)],
    Object.entries(traces).map(([name, path]) => [name, ...path.map((value) => value.toFixed(10))]),
  );

  section("Steepest descent does not point at the minimum");
  const cosine = direction();
  section("Steps to a loss below 1e-6 in the valley ½(x² + 25y²), from (10, 1)");
  const { valley, paths } = compareInValley();
  section("After one large gradient, then small ones: who forgets?");
  const { afterSpike, lengths } = spike();
  return { traces, cosine, valley, paths, afterSpike, lengths };
}

const exact = (values: number | number[], requiresGrad = false): Tensor => tensor(values, { dtype: "float64", requiresGrad });

function trace(make: Make, gradients: readonly number[]): number[] {
  const theta = exact(1, true);
  const optimizer = make([theta]);
  return gradients.map((gradient) => {
    theta.grad = exact(gradient);
    optimizer.step();
    return theta.item();
  });
}

const bowl = (p: Tensor): Tensor => p.square().mul([1, 25]).sum().mul(0.5);

function direction(): number {
  const p = exact([10, 1], true);
  bowl(p).backward();
  const down = p.grad!.neg();
  const there = p.detach().neg();
  const cosine = down.dot(there).item() / (down.norm().item() * there.norm().item());
  say(`at (10, 1) the gradient is (10, 25); cosine between −g and the way to (0, 0): ${cosine.toFixed(3)}`);
  return cosine;
}

/** The steps until the loss is below 1e-6, or null if it grows beyond a million; and the path. */
function descend(make: Make): { steps: number | null; path: number[][] } {
  const p = exact([10, 1], true);
  const optimizer = make([p]);
  const path: number[][] = [];
  for (let step = 0; step < 5000; step++) {
    optimizer.zeroGrad();
    const loss = bowl(p);
    path.push(noGrad(() => p.toArray() as number[]));
    if (loss.item() < 1e-6) return { steps: step, path };
    if (loss.item() > 1e6) return { steps: null, path };
    loss.backward();
    optimizer.step();
  }
  return { steps: null, path };
}

function compareInValley(): Pick<OptimizersResult, "valley" | "paths"> {
  const rules: Record<string, Make> = {
    "SGD, lr 0.02": (p) => new SGD(p, { lr: 0.02 }),
    "SGD, lr 2/26 (the best)": (p) => new SGD(p, { lr: 2 / 26 }),
    "SGD, lr 0.081": (p) => new SGD(p, { lr: 0.081 }),
    "Momentum 4/9, lr 1/9 (the best)": (p) => new SGD(p, { lr: 1 / 9, momentum: 4 / 9 }),
    "Momentum 0.9, lr 0.02": (p) => new SGD(p, { lr: 0.02, momentum: 0.9 }),
  };
  const runs = Object.entries(rules).map(([name, make]) => [name, descend(make)] as const);
  table(["rule", "steps"], runs.map(([name, { steps }]) => [name, steps ?? "diverges"]));
  console.log();
  const across = (which: number): number[] => runs[which]![1].path.slice(0, 31).map((point) => point[1]!);
  plot({ "SGD, lr 2/26": across(1), "Momentum 4/9, lr 1/9": across(3) }, { height: 10, x: "y, across the valley, 30 steps" });
  return {
    valley: Object.fromEntries(runs.map(([name, { steps }]) => [name, steps])),
    paths: Object.fromEntries(runs.map(([name, { path }]) => [name, path])),
  };
}

/** One gradient of 1, then 0.1 forever: how long the steps are, and the 200th after it. */
function spike(): Pick<OptimizersResult, "afterSpike" | "lengths"> {
  const steps = (make: Make): number[] => {
    const path = trace(make, [1, ...Array<number>(200).fill(0.1)]);
    return path.map((value, i) => (path[i - 1] ?? 1) - value);
  };
  const lengths = {
    RMSProp: steps((p) => new RMSProp(p, { lr: 0.1, alpha: 0.9 })),
    AdaGrad: steps((p) => new AdaGrad(p, { lr: 0.1 })),
  };
  const afterSpike = { RMSProp: lengths.RMSProp.at(-1)!, AdaGrad: lengths.AdaGrad.at(-1)! };
  table(["lr 0.1", "the 200th step after"], Object.entries(afterSpike).map(([name, step]) => [name, step.toFixed(4)]));
  return { afterSpike, lengths };
}

/** The ways through the valley on its map, their losses, and the steps after the spike. */
export function pictures({ paths, lengths }: OptimizersResult): Pictures {
  const grid = lossLandscape((x, y) => (x ** 2 + 25 * y ** 2) / 2, { x: [-3, 11], y: [-2.2, 2.2], points: 41 });
  const ways = Object.entries(paths).map(([name, path]) => [name.replace(" (the best)", ""), path] as const);
  const shown = [ways[0]!, ways[1]!, ways[3]!];
  const start = (path: (typeof ways)[number][1]): number[][] => path.slice(0, 40).map((place) => [...place]);
  const trajectory = Object.fromEntries(shown.map(([name, path]) => [name, start(path)]));
  const losses = ways.map(([name, path]) => [name, path.map(([x, y]) => (x! ** 2 + 25 * y! ** 2) / 2)]);
  return {
    sections: [
      {
        heading: "Three ways through a narrow valley",
        text: "A small rate creeps along the floor, a large one swings across it. Momentum does both less.",
        chart: lossContours(grid, { trajectory, title: "Forty steps from (10, 1)", width: 520, xTitle: "x", yTitle: "y" }),
      },
      {
        heading: "The loss, step by step",
        text: "A straight line is a constant factor per step. Just above the largest stable rate, that factor exceeds 1.",
        chart: lineChart(Object.fromEntries(losses), { logY: true, width: 560, xTitle: "step", yTitle: "loss" }),
      },
      {
        heading: "One large gradient, then small ones",
        text: "RMSProp forgets the large one in some twenty steps. AdaGrad never does, and its steps go on shrinking.",
        chart: lineChart({ ...lengths }, { logY: true, xTitle: "step after the large gradient", yTitle: "length of the step" }),
      },
    ],
  };
}
