/** Likelihood: products that vanish, sums of logarithms that do not, and risks that samples only estimate. */
import { Linear, assign, mse, noGrad, tensor } from "gradkit";
import { RandomState } from "../support/numpy";
import { say, section, table } from "../support/text";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  sets: { about: "fresh test sets drawn for each size", default: 400, rule: { integer: true, min: 10 } },
  seed: { about: "seed of the draws", default: 0, rule: { integer: true, min: 0 } },
});

/** What the chapter found. */
export interface LikelihoodResult {
  /** The product of 1,075 halves, and the sum of a million of their logarithms. */
  readonly product: number;
  readonly logSum: number;
  /** Where multiplying by 0.9 forever ends. */
  readonly stuck: number;
  /** Mean and spread of the empirical risk by the size of the test set; the true risk is σ² + (error of the slope)². */
  readonly risks: readonly { readonly rows: number; readonly mean: number; readonly spread: number }[];
  readonly trueRisk: number;
  /** Mean risk on the very rows a line was fitted to, and on fresh ones. */
  readonly optimism: { readonly seen: number; readonly fresh: number };
}

const SIGMA = 0.5;

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<LikelihoodResult> {
  const { sets, seed } = withDefaults("likelihood", options, given);
  section("Why logarithms");
  let product = 1;
  for (let i = 0; i < 1075; i++) product *= 0.5;
  let stuck = 1;
  for (let i = 0; i < 100_000; i++) stuck *= 0.9;
  const logSum = 1e6 * Math.log(0.5);
  say(`½ multiplied 1,075 times is ${product} in double precision, though no factor is zero`);
  say(`ln ½ added a million times is ${logSum.toFixed(5)}`);
  say(`0.9 multiplied forever sticks at ${stuck.toExponential(1)}: never zero, and as useless`);

  section("The empirical risk is a guess at the true one");
  const random = new RandomState(seed);
  const { risks, trueRisk } = measureRisks(random, sets);

  section("On the rows that were fitted it is too low");
  const optimism = fitAndMeasure(random, sets);
  return { product, logSum, stuck, risks, trueRisk, optimism };
}

/** Points on y = 2x + noise of spread σ, x ~ N(0, 1). */
function draw(random: RandomState, rows: number): { x: number[][]; y: number[][] } {
  const x = Array.from({ length: rows }, () => [random.normal()]);
  return { x, y: x.map(([value]) => [2 * value! + SIGMA * random.normal()]) };
}

/** Risk of the fixed model ŷ = 1.8x on many fresh test sets. */
function measureRisks(random: RandomState, sets: number): Pick<LikelihoodResult, "risks" | "trueRisk"> {
  const model = new Linear(1, 1, { bias: false });
  assign(model.weight, tensor([[1.8]]));
  const trueRisk = SIGMA ** 2 + 0.2 ** 2;
  const risks = [10, 40, 160].map((rows) => {
    const found = Array.from({ length: sets }, () => {
      const { x, y } = draw(random, rows);
      return noGrad(() => mse(model.forward(tensor(x)), tensor(y))).item();
    });
    return { rows, ...moments(found) };
  });
  say(`y = 2x + noise of variance ${SIGMA ** 2}; the model ŷ = 1.8x has the true risk ${SIGMA ** 2} + 0.2² = ${trueRisk.toFixed(2)}\n`);
  table(
    ["rows in a test set", `mean of ${sets} risks`, "their spread", "spread · √rows"],
    risks.map(({ rows, mean, spread }) => {
      return [rows, mean.toFixed(3), spread.toFixed(3), (spread * Math.sqrt(rows)).toFixed(2)];
    }),
  );
  return { risks, trueRisk };
}

/** Fits a line through the origin to ten rows each time. */
function fitAndMeasure(random: RandomState, sets: number): LikelihoodResult["optimism"] {
  const rows = 10;
  const found = Array.from({ length: sets }, () => {
    const [old, fresh] = [draw(random, rows), draw(random, rows)];
    const slope = sum(old.x.map(([x], i) => x! * old.y[i]![0]!)) / sum(old.x.map(([x]) => x! * x!));
    const risk = ({ x, y }: typeof old): number => sum(x.map(([value], i) => (y[i]![0]! - slope * value!) ** 2)) / rows;
    return [risk(old), risk(fresh)] as const;
  });
  const [seen, fresh] = [0, 1].map((which) => moments(found.map((pair) => pair[which]!)).mean) as [number, number];
  table(["least squares on ten rows", "mean risk"], [
    ["the ten rows it was fitted to", seen.toFixed(3)],
    ["ten fresh rows", fresh.toFixed(3)],
    ["the noise alone", (SIGMA ** 2).toFixed(3)],
  ]);
  return { seen, fresh };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function moments(values: readonly number[]): { mean: number; spread: number } {
  const mean = sum(values) / values.length;
  return { mean, spread: Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length) };
}
