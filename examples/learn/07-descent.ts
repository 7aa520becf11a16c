/** Gradient descent in one dimension: which way, how far, and what the learning rate does. */
import { SGD, type Tensor, grad, lineChart, linspace, lossContours, noGrad, sideBySide, slopeChart, tensor } from "gradkit";
import type { Pictures } from "../support/pictures";
import { plot, say, section, table, vector } from "../support/text";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  rates: { about: "learning rates to compare on x²", default: [0.1, 0.5, 0.9, 1, 1.05], rule: { above: 0 } },
  steps: { about: "steps of each", default: 20, rule: { integer: true, min: 1 } },
});

/** What the chapter found. */
export interface DescentResult {
  /** Where x stands after each of 1,000 steps of rate 0.005 on x² from 5. */
  readonly slow: readonly number[];
  /** The same on (x − 3)² from 0, 100 steps. */
  readonly shifted: readonly number[];
  /** The path from 5 on x² for each rate compared. */
  readonly paths: Readonly<Record<string, readonly number[]>>;
  /** The gradient of y² − x² at (1, 2). */
  readonly saddle: readonly number[];
}

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<DescentResult> {
  const { rates, steps } = withDefaults("descent", options, given);
  const square = (x: Tensor): Tensor => x.square();

  section("The slope says which way");
  const slopes = [-2, -0.5, 0, 1, 3].map((at) => {
    const x = tensor(at, { dtype: "float64", requiresGrad: true });
    const slope = grad(square(x), [x])[0]!.item();
    return [at, slope, slope < 0 ? "right" : slope > 0 ? "left" : "stay"];
  });
  table(["x", "slope of x²", "go"], slopes);

  section("Rate 0.005: sure and slow");
  const slow = descend(square, 5, 0.005, 1000);
  const shifted = descend((x) => x.sub(3).square(), 0, 0.005, 100);
  table(
    ["f", "start", "after 1", "2", "3", "100", "1,000"],
    [
      ["x²", 5, slow[1]!, slow[2]!, slow[3]!.toFixed(6), slow[100]!.toFixed(6), slow[1000]!.toExponential(3)],
      ["(x − 3)²", 0, shifted[1]!, shifted[2]!, shifted[3]!.toFixed(6), shifted[100]!.toFixed(6), ""],
    ],
  );

  section("Five rates on x² from 5: each step multiplies x by 1 − 2·lr");
  const paths = Object.fromEntries(rates.map((rate) => [String(rate), descend(square, 5, rate, steps)]));
  const verdict = (factor: number): string => {
    if (Math.abs(factor) < 1e-12) return "there in one step";
    if (Math.abs(Math.abs(factor) - 1) < 1e-12) return "swings forever";
    if (Math.abs(factor) > 1) return "diverges";
    return factor < 0 ? "swings, and comes to rest" : "walks straight down";
  };
  table(
    ["lr", "factor", "the first steps", "what it does"],
    rates.map((rate) => {
      const path = paths[String(rate)]!.slice(0, 5).map((x) => Number(x.toFixed(3)));
      return [rate, (1 - 2 * rate).toFixed(2), path.join(", "), verdict(1 - 2 * rate)];
    }),
  );
  console.log();
  const losses = rates.map((rate) => [`lr ${rate}`, paths[String(rate)]!.map((x) => Math.max(x * x, 1e-4))] as const);
  plot(Object.fromEntries(losses), { log: true, height: 10, x: `x² (at least 0.0001) over ${steps} steps` });

  section("Several variables: the gradient is the vector of slopes");
  const point = tensor([1, 2], { requiresGrad: true });
  const [x, y] = point.split(1);
  const saddle = Array.from(grad(y!.square().sub(x!.square()).sum(), [point])[0]!.toTypedArray());
  say(`z = y² − x² has the gradient (−2x, 2y), at (1, 2): ${vector(saddle, 0)}`);
  return { slow, shifted, paths, saddle };
}

/** Where x stands before the first step and after each, in float64. */
function descend(f: (x: Tensor) => Tensor, start: number, lr: number, steps: number): number[] {
  const x = tensor(start, { dtype: "float64", requiresGrad: true });
  const optimizer = new SGD([x], { lr });
  const path = [start];
  for (let step = 0; step < steps; step++) {
    optimizer.zeroGrad();
    f(x).backward();
    optimizer.step();
    path.push(noGrad(() => x.item()));
  }
  return path;
}

/** The way down the parabola at each rate; x step by step; a flat place that is no minimum. */
export function pictures({ paths, slow }: DescentResult): Pictures {
  const rates = Object.keys(paths).map(Number).sort((a, b) => a - b);
  const parabolas = rates
    .filter((_, i) => i % 2 === 0)
    .map((rate) =>
      slopeChart((x) => x.square(), paths[rate]!.slice(0, 6), {
        from: -9.5,
        to: 9.5,
        yTitle: "x²",
        title: `lr ${rate}: ×${minus(1 - 2 * rate)} each step`,
        width: 230,
        height: 230,
      }),
    );
  const calm = [0.005, ...rates.filter((rate) => rate <= 1)];
  const lines = Object.fromEntries(calm.map((rate) => [`lr ${rate}`, paths[rate] ?? slow.slice(0, paths[rates[0]!]!.length)]));
  const [xs, ys] = [linspace(-2, 2, 41), linspace(-2, 2, 41)];
  return {
    sections: [
      {
        heading: "Five steps on x² from 5",
        text: "Orange: the slope that is felt. A small rate walks down, a larger one swings across, and one that is too large climbs.",
        chart: sideBySide(parabolas),
      },
      {
        heading: "Where x stands",
        text: "With 0.005, the rate of the notes, x is hardly on its way. A rate of 1 swings forever.",
        chart: lineChart(lines, { xTitle: "step", yTitle: "x", width: 560 }),
      },
      {
        heading: "A saddle: no slope, and no minimum",
        text: "y² − x² has the slope 0 at (0, 0). Descent from just beside the middle line comes near it, and goes on.",
        chart: lossContours(
          { xs, ys, losses: ys.square().unsqueeze(1).sub(xs.square()) },
          { trajectory: overTheSaddle([0.02, 1.8]), xTitle: "x", yTitle: "y", title: "y² − x², rate 0.1" },
        ),
      },
    ],
  };
}

/** A number with two digits after the point and a typographic minus. */
const minus = (value: number): string => String(Number(value.toFixed(2))).replace("-", "−");

/** Gradient descent of rate 0.1 on y² − x². */
function overTheSaddle(start: readonly [number, number]): number[][] {
  const path: number[][] = [[...start]];
  for (let [x, y] = start; Math.abs(x) < 2; [x, y] = [x + 0.2 * x, y - 0.2 * y]) path.push([x, y]);
  return path;
}
