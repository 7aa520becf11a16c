/** Optimizers: five rules on the same four gradients, and a narrow valley that tells them apart. */
import { AdaGrad, Adam, Momentum, type Optimizer, RMSProp, SGD, type Tensor, noGrad, tensor } from "gradkit";
import { plot, say, section, table } from "../support/text";
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
  /** Length of the 200th step after one spike, by rule. */
  readonly afterSpike: { readonly RMSProp: number; readonly AdaGrad: number };
}

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
  const valley = compareInValley();
  section("After one large gradient, then small ones: who forgets?");
  const afterSpike = spike();
  return { traces, cosine, valley, afterSpike };
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

function compareInValley(): Record<string, number | null> {
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
  return Object.fromEntries(runs.map(([name, { steps }]) => [name, steps]));
}

/** One gradient of 1, then 0.1 forever: the length of the 200th step after it. */
function spike(): OptimizersResult["afterSpike"] {
  const last = (make: Make): number => {
    const path = trace(make, [1, ...Array<number>(200).fill(0.1)]);
    return path.at(-2)! - path.at(-1)!;
  };
  const afterSpike = {
    RMSProp: last((p) => new RMSProp(p, { lr: 0.1, alpha: 0.9 })),
    AdaGrad: last((p) => new AdaGrad(p, { lr: 0.1 })),
  };
  table(["lr 0.1", "the 200th step after"], Object.entries(afterSpike).map(([name, step]) => [name, step.toFixed(4)]));
  return afterSpike;
}
