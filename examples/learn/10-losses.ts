/** Losses: what each one charges for the same mistake, and what it hands back as a gradient. */
import {
  type Loss,
  accuracy,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  gaussianNll,
  hinge,
  huber,
  lineChart,
  mae,
  mse,
  sideBySide,
  tensor,
  zeroOne,
} from "gradkit";
import type { Pictures } from "../support/pictures";
import { say, section, table, vector } from "../support/text";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  outlier: { about: "the last target of the line of quantities", default: 12, type: "number" },
});

/** What the chapter found. */
export interface LossesResult {
  /** Mean absolute errors of two days of views, in thousands. */
  readonly views: readonly number[];
  /** Half and whole squared error of ŷ = 2.9 for 0.8. */
  readonly squares: readonly number[];
  /** The constant that minimises MSE and MAE for targets with an outlier: their mean and their median. */
  readonly centres: { readonly mse: number; readonly mae: number };
  readonly targets: readonly number[];
  /** Sum and mean of cross-entropy over four rows, accuracy and mean 0–1 loss. */
  readonly sum: number;
  readonly mean: number;
  readonly accuracy: number;
  readonly errors: number;
  /** Cross-entropy of a row whose right logit falls short by 1000. */
  readonly far: number;
}

const exact = (values: number | number[] | number[][], requiresGrad = false): ReturnType<typeof tensor> =>
  tensor(values, { dtype: "float64", requiresGrad });

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<LossesResult> {
  const { outlier } = withDefaults("losses", options, given);
  section("Quantities: one mistake, four charges");
  quantities();
  const views = [[5.3, 4.9], [5.4, 7.5]].map(([predicted, truth]) => mae(exact([predicted!]), exact([truth!])).item());
  say(`\nviews in thousands, ŷ = 0.5 + y(yesterday): 5.3 for 4.9 is ${views[0]!.toFixed(1)} off, 5.4 for 7.5 is ${views[1]!.toFixed(1)} off`);
  const squares = [true, false].map((half) => mse(exact([2.9]), exact([0.8]), { half }).item());
  say(`½(2.9 − 0.8)² = ${squares[0]!.toFixed(3)}, (2.9 − 0.8)² = ${squares[1]!.toFixed(2)}: say which one you mean`);

  section("An outlier pulls the mean, hardly the median");
  const targets = [1, 2, 2.5, 3, outlier];
  const centres = outliers(targets);
  section("Classes: scores in, one number out");
  const classes = classification();
  section("Cross-entropy falls as the right class gains");
  const far = gains();
  return { views, squares, centres, targets, ...classes, far };
}

const QUANTITIES: Record<string, Loss> = {
  "½e²": (p, t) => mse(p, t, { half: true }),
  "|e|": mae,
  "huber, δ = 1": huber,
  "Gaussian, σ = 1": (p, t) => gaussianNll(p, t, { full: true }),
};

function quantities(): void {
  const errors = [0, 0.5, 1, 3];
  const rows = Object.entries(QUANTITIES).map(([name, loss]) => {
    const cells = errors.map((error) => {
      const prediction = exact([error], true);
      const value = loss(prediction, exact([0]));
      value.backward();
      return `${value.item().toFixed(3)} (${prediction.grad!.item().toFixed(1)})`;
    });
    return [name, ...cells];
  });
  table(["loss (gradient)", ...errors.map((error) => `e = ${error}`)], rows);
}

/** The best constant prediction for each loss, found by trying many. */
function outliers(targets: readonly number[]): LossesResult["centres"] {
  const best = (loss: Loss): number => {
    const grid = Array.from({ length: 1201 }, (_, i) => i / 100);
    const values = grid.map((c) => loss(exact(targets.map(() => c)), exact([...targets])).item());
    return grid[values.indexOf(Math.min(...values))]!;
  };
  const centres = { mse: best(mse), mae: best(mae) };
  table(
    [`best constant for targets ${targets.join(", ")}`, "value", "which is"],
    [["mean squared error", centres.mse.toFixed(2), "the mean"], ["mean absolute error", centres.mae.toFixed(2), "the median"]],
  );
  return centres;
}

function classification(): Pick<LossesResult, "sum" | "mean" | "accuracy" | "errors"> {
  const scores = exact([[2, 1, 0.1], [0.5, 2.5, 0], [0.3, 0.2, 0.1], [-1, 3, 2]]);
  const labels = [0, 1, 2, 1];
  const each = crossEntropy(scores, labels, { reduction: "none" });
  const margins = hinge(scores, labels, { reduction: "none" });
  const wrong = zeroOne(scores, labels, { reduction: "none" });
  table(
    ["scores", "class", "cross-entropy", "hinge", "0–1"],
    (scores.toArray() as number[][]).map((row, i) => [
      vector(row, 1),
      labels[i]!,
      (each.toArray() as number[])[i]!.toFixed(4),
      (margins.toArray() as number[])[i]!.toFixed(1),
      (wrong.toArray() as number[])[i]!,
    ]),
  );
  const [sum, mean] = [crossEntropy(scores, labels, { reduction: "sum" }).item(), crossEntropy(scores, labels).item()];
  const [right, errors] = [accuracy(scores, labels), zeroOne(scores, labels).item()];
  say(`\ncross-entropy summed ${sum.toFixed(4)} = 4 × mean ${mean.toFixed(4)};  accuracy ${right} = 1 − mean 0–1 loss ${errors}`);
  return { sum, mean, accuracy: right, errors };
}

function gains(): number {
  const rows = [-1, 0, 1, 2, 4].map((z) => {
    const scores = exact([[z, 0, 0]], true);
    const loss = crossEntropy(scores, [0]);
    loss.backward();
    const p = scores.softmax({ axis: 1 }).toTypedArray()[0]!;
    return [z, p.toFixed(4), loss.item().toFixed(4), vector(scores.grad!.toTypedArray(), 3)];
  });
  table(["right logit (others 0)", "p of it", "loss", "gradient p − t"], rows);
  const far = crossEntropy(exact([[1000, 0, -1000]]), [1]).item();
  const twoWays = binaryCrossEntropyWithLogits(exact([0.3]), exact([1])).item();
  say(`\nlogits (1000, 0, −1000), class 1: loss ${far}, finite, since it is computed from the logits`);
  say(`two classes need one logit: ln(1 + e^z) − tz at z = 0.3, t = 1 is ${twoWays.toFixed(7)}`);
  return far;
}

/** Losses and slopes over the error; losses of a class over its logit; what each constant costs with an outlier. */
export function pictures({ targets, centres }: LossesResult): Pictures {
  const from = (low: number, high: number): number[] =>
    [...Array.from({ length: 10 * (high - low) + 1 }, (_, i) => low + i / 10), -1e-9, 1e-9].sort((a, b) => a - b);
  const errors = from(-3, 3); // and a little before and behind 0, where some losses have a corner or a step
  const logits = from(-3, 4);
  const constants = Array.from({ length: 121 }, (_, i) => i / 10);
  const some = Object.entries(QUANTITIES).slice(0, 3); // the Gaussian is ½e² and a constant
  const size = { width: 300, height: 230 };
  const curves = (of: (loss: Loss, error: number) => number): Record<string, number[]> =>
    Object.fromEntries(some.map(([name, loss]) => [name, errors.map((error) => of(loss, error))]));
  const classLoss = (loss: Loss): number[] => logits.map((z) => loss(exact([[z, 0, 0]]), [0] as never).item());
  const cost = (loss: Loss): number[] =>
    constants.map((c) => loss(exact(targets.map(() => c)), exact([...targets])).item());
  return {
    sections: [
      {
        heading: "What a mistake costs, and how hard it pulls",
        text: "Left the loss over the error, right its slope. Squares pull the harder, the farther; |e| always alike.",
        chart: sideBySide([
          lineChart(curves((loss, error) => loss(exact([error]), exact([0])).item()), {
            ...size, x: errors, xTitle: "error e = prediction − target", yTitle: "loss", title: "The loss",
          }),
          lineChart(curves(slopeAt), {
            ...size, x: errors, xTitle: "error e = prediction − target", yTitle: "slope", title: "Its slope",
          }),
        ]),
      },
      {
        heading: "Classes: three losses over the right logit",
        text: "The 0–1 loss has no slope to follow. Hinge is content at a lead of 1, cross-entropy never quite.",
        chart: lineChart(
          { "cross-entropy": classLoss(crossEntropy), hinge: classLoss(hinge), "0–1": classLoss(zeroOne) },
          { x: logits, xTitle: "logit of the right class (two others 0)", yTitle: "loss of the row" },
        ),
      },
      {
        heading: "An outlier pulls the mean, hardly the median",
        text: `The mean loss of one constant for the targets ${targets.join(", ")}; the dots mark the lowest places.`,
        chart: sideBySide(
          ([["squared", mse, centres.mse, "mean"], ["absolute", mae, centres.mae, "median"]] as const).map(
            ([kind, loss, best, name]) =>
              lineChart({ [kind]: cost(loss) }, {
                ...size,
                x: constants,
                points: [[best, loss(exact(targets.map(() => best)), exact([...targets])).item()]],
                labels: [`the ${name}, ${best}`],
                xTitle: "constant prediction",
                yTitle: `mean ${kind} error`,
              }),
          ),
        ),
      },
    ],
  };
}

function slopeAt(loss: Loss, error: number): number {
  const prediction = exact([error], true);
  loss(prediction, exact([0])).backward();
  return prediction.grad!.item();
}
