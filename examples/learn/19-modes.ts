/** Deep linear networks: learning splits into modes, and the strong ones are learnt first. */
import { SGD, type Tensor, grad, lineChart, svd, tensor, weightImages } from "gradkit";
import { plot, say, section, table } from "../support/text";
import type { Pictures } from "../support/pictures";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  strengths: { about: "the singular values of the task", default: [3, 1.5], rule: { above: 0 } },
  start: { about: "strength of every mode before training", default: 0.001, rule: { above: 0 } },
  lr: { about: "learning rate, small as the theory wants it", default: 0.001, rule: { above: 0 } },
  time: { about: "training time, lr × steps", default: 4, rule: { above: 0 } },
});

type Settings = OptionsOf<typeof options>;

/** What the chapter found. */
export interface ModesResult {
  /** When each mode reaches half its strength: by the formula, and in training. */
  readonly halves: readonly { readonly strength: number; readonly formula: number; readonly trained: number }[];
  /** Strengths of the modes while training, and by the formula at the same times. */
  readonly trained: readonly (readonly number[])[];
  readonly formula: readonly (readonly number[])[];
  /** Training time of each entry of `trained`. */
  readonly times: readonly number[];
  /** W₂W₁ as a row of nine numbers at some of these times, and the task itself. */
  readonly maps: Readonly<Record<string, readonly number[]>>;
  /** Largest entry of the trained product beside the modes. */
  readonly crosstalk: number;
  /** Singular values that svd finds, and how far U·diag(s)·Vᵀ of it lies from Σ at most. */
  readonly found: readonly number[];
  readonly rebuilt: number;
}

const exact = (values: number[][], requiresGrad = false): Tensor => tensor(values, { dtype: "float64", requiresGrad });

export async function main(given: Partial<Settings> = {}): Promise<ModesResult> {
  const settings = withDefaults("modes", options, given);
  section("The task: inputs without correlations, and a map of known modes");
  const { u, v, map } = makeTask(settings);
  say("Σ = U·diag(s)·Vᵀ, the network ŷ = W₂W₁x, both layers starting small and balanced");
  table(["Σ", "", ""], (map.toArray() as number[][]).map((row) => row.map((value) => value.toFixed(4))));

  section("The modes, had we not known them: svd(Σ)");
  const { found, rebuilt } = findModes(map, settings.strengths.length);

  section("How strong each mode is while the network learns");
  const { trained, products, crosstalk } = train(map, u, v, settings);
  const { start, lr } = settings;
  const formula = settings.strengths.map((s) => trained.map((_, step) => strength(s, start, step * lr)));
  const curves = settings.strengths.map((s, k) => [[`s = ${s}`, trained.map((at) => at[k]!)], [`formula, s = ${s}`, formula[k]!]] as const);
  plot(Object.fromEntries(curves.flatMap(([a, b]) => [b, a])), { x: `lr × steps from 0 to ${settings.time}` });

  section("Time to half strength: (1/2s)·ln(s/a₀ − 1)");
  const halves = settings.strengths.map((s, k) => {
    const reached = trained.findIndex((at) => at[k]! >= s / 2);
    return { strength: s, formula: Math.log(s / settings.start - 1) / (2 * s), trained: reached * settings.lr };
  });
  table(
    ["mode", "formula", "trained"],
    halves.map((half) => [`s = ${half.strength}`, half.formula.toFixed(4), half.trained.toFixed(3)]),
  );
  say(`\nnothing leaks between the modes: the largest entry of Uᵀ(W₂W₁)V off its diagonal is ${crosstalk < 1e-9 ? "below 1e-9" : crosstalk}`);
  const [half, done] = [halves[0]!.trained, settings.time];
  const chosen = [0.8 * half, half, 1.2 * half, (half + done) / 2, done].map((time) => Math.round(time / lr));
  const named = chosen.map((step) => [`after ${(step * lr).toFixed(2)}`, products[step]!] as const);
  const maps = { ...Object.fromEntries(named), "the task Σ": Array.from(map.toTypedArray()) };
  return { halves, trained, formula, times: trained.map((_, step) => step * lr), maps, crosstalk, found, rebuilt };
}

/** The same decomposition from the table alone. */
function findModes(map: Tensor, modes: number): { found: number[]; rebuilt: number } {
  const { u, s, v } = svd(map);
  const found = Array.from(s.toTypedArray());
  const rebuilt = u.mul(s).matmul(v.transpose()).sub(map).abs().max().item();
  say(`singular values ${found.slice(0, modes).map((value) => value.toFixed(4)).join(", ")}`);
  say(`the largest error of U·diag(s)·Vᵀ is ${rebuilt < 1e-10 ? "below 1e-10" : rebuilt}`);
  return { found, rebuilt };
}

/** a(t) = s·e^{2st} / (e^{2st} − 1 + s/a₀), the solution of da/dt = 2a(s − a). */
function strength(s: number, start: number, t: number): number {
  const growth = Math.exp(2 * s * t);
  return (s * growth) / (growth - 1 + s / start);
}

/** U [3, k] and V [3, k] with orthonormal columns: rotations of the axes. */
function makeTask({ strengths }: Settings): { u: Tensor; v: Tensor; map: Tensor } {
  const turn = (angle: number, tilt: number): number[][] => {
    const [c, s, d, t] = [Math.cos(angle), Math.sin(angle), Math.cos(tilt), Math.sin(tilt)];
    return [[c, -s * d, s * t], [s, c * d, -c * t], [0, t, d]];
  };
  const modes = strengths.length;
  const columns = (rows: number[][]): Tensor => exact(rows).slice([null, [0, modes]]);
  const [u, v] = [columns(turn(0.5, 0.9)), columns(turn(-0.8, 0.3))];
  return { u, v, map: u.mul([strengths]).matmul(v.transpose()) };
}

interface Trained {
  readonly trained: number[][];
  /** W₂W₁ after each step, row by row. */
  readonly products: number[][];
  readonly crosstalk: number;
}

/** Gradient descent on ½‖Σ − W₂W₁‖², the loss of whitened inputs; the modes' strengths uₖᵀW₂W₁vₖ after each step. */
function train(map: Tensor, u: Tensor, v: Tensor, settings: Settings): Trained {
  const { start, lr, time } = settings;
  const small = Math.sqrt(start);
  const w1 = exact(v.transpose().mul(small).toArray() as number[][], true);
  const w2 = exact(u.mul(small).toArray() as number[][], true);
  const optimizer = new SGD([w1, w2], { lr });
  const [left, right] = [u.transpose(), v];
  const look = (): number[][] => left.matmul(w2.detach()).matmul(w1.detach()).matmul(right).toArray() as number[][];
  const diagonal = (): number[] => look().map((row, k) => row[k]!);
  const product = (): number[] => Array.from(w2.detach().matmul(w1.detach()).toTypedArray());
  const trained = [diagonal()];
  const products = [product()];
  for (let step = 0; step < Math.round(time / lr); step++) {
    const loss = map.sub(w2.matmul(w1)).square().sum().mul(0.5);
    const [g1, g2] = grad(loss, [w1, w2]) as [Tensor, Tensor];
    w1.grad = g1;
    w2.grad = g2;
    optimizer.step();
    trained.push(diagonal());
    products.push(product());
  }
  const crosstalk = Math.max(0, ...look().flatMap((row, i) => row.filter((_, k) => k !== i).map(Math.abs)));
  return { trained, products, crosstalk };
}

/** The modes' strengths over time, with the formula's as dots, and the network as one matrix at some times. */
export function pictures({ trained, formula, halves, times, maps }: ModesResult): Pictures {
  const some = times.map((_, step) => step).filter((step) => step % Math.ceil(times.length / 200) === 0);
  const lines = Object.fromEntries(halves.map(({ strength: s }, k) => [`s = ${s}`, some.map((step) => trained[step]![k]!)]));
  const few = some.filter((_, i) => i % 10 === 0);
  const points = formula.flatMap((line) => few.map((step) => [times[step]!, line[step]!]));
  return {
    sections: [
      {
        heading: "The strong mode first, and each of them suddenly",
        text: "Lines: a network that learns. Dots: the formula. Half the strength is reached when the formula says so.",
        chart: lineChart(lines, {
          x: some.map((step) => times[step]!),
          points,
          width: 480,
          xTitle: "training time, learning rate × steps",
          yTitle: "strength of the mode",
        }),
      },
      {
        heading: "The network as one matrix",
        text: "First comes the pattern of the strong mode, whole; then the weak one corrects it, until W₂W₁ is the task.",
        chart: weightImages(Object.values(maps).map((row) => [...row]), {
          labels: Object.keys(maps),
          shape: [3, 3],
          columns: 6,
          colorTitle: "entry",
        }),
      },
    ],
  };
}
