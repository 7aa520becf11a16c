/** Five balls: a likelihood, its maximum by calculus, and the same maximum by gradient descent on a logit. */
import {
  type Chart,
  SGD,
  type Tensor,
  binaryCrossEntropyWithLogits,
  grad,
  hessian,
  lineChart,
  sideBySide,
  slopeChart,
  tensor,
} from "gradkit";
import type { Pictures } from "../support/pictures";
import { plot, say, section, table } from "../support/text";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  blue: { about: "blue balls drawn", default: 3, rule: { integer: true, min: 1, max: 1000 } },
  yellow: { about: "yellow balls drawn", default: 2, rule: { integer: true, min: 1, max: 1000 } },
  steps: { about: "steps of gradient descent on the logit", default: 200, rule: { integer: true, min: 1 } },
});

/** What the chapter found. */
export interface BallsResult {
  /** The likelihood at p = 0.3, 0.5, 0.6 and 0.7. */
  readonly likelihood: readonly number[];
  /** Value, slope and curvature of the log-likelihood at its maximum. */
  readonly atMaximum: Readonly<Record<"p" | "value" | "slope" | "curvature", number>>;
  /** Curvature of the likelihood itself at 0.1 and 0.9. */
  readonly bends: readonly number[];
  /** Mean negative log-likelihood at the maximum. */
  readonly meanNll: number;
  /** The logit after gradient descent, the probability it stands for, and the logits on the way. */
  readonly learned: { readonly logit: number; readonly p: number; readonly path: readonly number[] };
  /** Likelihood and log-likelihood at 99 shares p from 0.01 to 0.99. */
  readonly curves: Readonly<Record<"p" | "likelihood" | "logLikelihood", readonly number[]>>;
}

/** As many digits as a reader wants of a share: 0.6667. */
const short = (share: number): number => Number(share.toPrecision(4));

const exactly = (value: number, requiresGrad = false): Tensor => tensor(value, { dtype: "float64", requiresGrad });

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<BallsResult> {
  const { blue, yellow, steps } = withDefaults("balls", options, given);
  const likelihood = (p: Tensor): Tensor => p.pow(blue).mul(p.neg().add(1).pow(yellow));
  const logLikelihood = (p: Tensor): Tensor => p.log().mul(blue).add(p.neg().add(1).log().mul(yellow));
  const best = blue / (blue + yellow);

  section("The likelihood of what was drawn");
  const at = [0.3, 0.5, 0.6, 0.7].map((p) => [p, likelihood(exactly(p)).item()] as const);
  table(["p(blue)", `L(p) = p^${blue}·(1−p)^${yellow}`], at.map(([p, value]) => [p, value.toPrecision(4)]));
  const grid = Array.from({ length: 101 }, (_, i) => i / 100);
  console.log();
  plot({ "L(p)": grid.map((p) => likelihood(exactly(p)).item()) }, { height: 8, x: "p from 0 to 1" });

  section("Its logarithm, and where the slope is zero");
  const p = exactly(best, true);
  const value = logLikelihood(p);
  const slope = grad(value, [p])[0]!.item();
  const curvature = hessian(logLikelihood, p).item();
  const meanNll = -value.item() / (blue + yellow);
  say(`ℓ(p) = ${blue} ln p + ${yellow} ln(1−p),   ℓ′(p) = ${blue}/p − ${yellow}/(1−p) = 0   at p = ${short(best)}`);
  say(`ℓ(${short(best)}) = ${value.item().toFixed(6)},  ℓ′ = ${Math.abs(slope).toFixed(6)},  ℓ″ = ${curvature.toFixed(4)}`);
  say(`mean negative log-likelihood ${meanNll.toFixed(6)} = the entropy of (${short(best)}, ${short(1 - best)}), in nats`);

  section("Which of the two is concave");
  const bends = [0.1, 0.9].map((point) => hessian(likelihood, exactly(point)).item());
  table(
    ["p", "L″(p)", "ℓ″(p)"],
    [0.1, 0.5, 0.9].map((point) => [
      point,
      hessian(likelihood, exactly(point)).item().toFixed(2),
      hessian(logLikelihood, exactly(point)).item().toFixed(2),
    ]),
  );

  section("The same answer without calculus");
  const learned = descend(blue, yellow, steps);
  const inner = grid.slice(1, -1);
  return {
    likelihood: at.map(([, each]) => each),
    atMaximum: { p: best, value: value.item(), slope, curvature },
    bends,
    meanNll,
    learned,
    curves: {
      p: inner,
      likelihood: inner.map((each) => likelihood(exactly(each)).item()),
      logLikelihood: inner.map((each) => logLikelihood(exactly(each)).item()),
    },
  };
}

/** One bias and no input: a logistic regression that learns nothing but the share of blue balls. */
function descend(blue: number, yellow: number, steps: number): BallsResult["learned"] {
  const logit = exactly(0, true);
  const colours = [...Array<number>(blue).fill(1), ...Array<number>(yellow).fill(0)];
  const drawn = tensor(colours, { dtype: "float64" });
  const optimizer = new SGD([logit], { lr: 1 });
  const rows: (readonly (string | number)[])[] = [];
  const path: number[] = [];
  for (let step = 0; step <= steps; step++) {
    path.push(logit.item());
    optimizer.zeroGrad();
    const loss = binaryCrossEntropyWithLogits(logit.broadcastTo(drawn.shape), drawn);
    if ([0, 1, 2, 5, 10, 20, steps].includes(step)) {
      rows.push([step, logit.item().toFixed(6), logit.sigmoid().item().toFixed(6), loss.item().toFixed(6)]);
    }
    if (step === steps) break;
    loss.backward();
    optimizer.step();
  }
  table(["step", "logit b", "p = σ(b)", "loss"], rows);
  say(`\nln(${blue}/${yellow}) = ${Math.log(blue / yellow).toFixed(6)}`);
  return { logit: logit.item(), p: logit.sigmoid().item(), path };
}

/** The likelihood and its logarithm over p; the way down the mean loss of the logit. */
export function pictures({ curves, atMaximum: { p, value }, learned }: BallsResult): Pictures {
  const size = { width: 300, height: 220, xTitle: "p, the share of blue balls" };
  const over = (y: readonly number[], top: number, yTitle: string, title: string): Chart =>
    lineChart({ [yTitle]: y }, { ...size, x: curves.p, yTitle, title, points: [[p, top]], labels: [`p = ${short(p)}`] });
  const meanLoss = (b: Tensor): Tensor => b.exp().add(1).log().sub(b.mul(p));
  return {
    sections: [
      {
        heading: "The likelihood and its logarithm",
        text: "Both are largest at the same p. The likelihood bends upwards near its ends; its logarithm nowhere.",
        chart: sideBySide([
          over(curves.likelihood, Math.exp(value), "likelihood L(p)", `The likelihood is largest at p = ${short(p)}`),
          over(curves.logLikelihood, value, "log-likelihood ℓ(p)", "So is its logarithm"),
        ]),
      },
      {
        heading: "The same without calculus",
        text: "Five steps of gradient descent on the logit b. The slope shrinks on the way, and the steps with it.",
        chart: slopeChart(meanLoss, learned.path.slice(0, 6), {
          from: -0.3,
          to: 0.9,
          xTitle: "logit b",
          yTitle: "mean loss of the five balls (nats)",
        }),
      },
    ],
  };
}
