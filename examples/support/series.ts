/** A synthetic series of daily views: growth, seasons, weekdays, noise, and a rule that only a curve can learn. */
import { RandomState } from "./numpy";

/** One value per day. */
export interface DailySeries {
  /** Days as `YYYY-MM-DD`, without gaps. */
  readonly dates: readonly string[];
  /** Views of each day, in thousands where synthetic. */
  readonly values: readonly number[];
}

const DAYS = 1506; // 2017-01-01 … 2021-02-14
const WEEKDAY = [1.02, 1.06, 1.08, 1.07, 1.02, 0.84, 0.8]; // Sunday … Saturday

/**
 * Daily views in thousands, 2017-01-01 to 2021-02-14; invented, the same for the same seed.
 *
 * `y = level · weekday · e^ε · (1 + 0.16·(2u − 1))`: the level grows by a quarter in two years and swings twice a year;
 * ε is autoregressive (ρ = ½); u is a tent map ("too high yesterday, lower today"), which no linear model can follow.
 */
export function syntheticViews(seed: number): DailySeries {
  const random = new RandomState(seed);
  const jitter = random.randn(DAYS).map(rounded);
  const shocks = random.randn(DAYS).map(rounded);
  const values: number[] = [];
  let u = 0.4;
  let noise = 0;
  for (let t = 0; t < DAYS; t++) {
    if (t > 0) u = Math.min(0.99, Math.max(0.01, 1.9 * Math.min(u, 1 - u) + 0.01 * jitter[t]!));
    if (t > 0) noise = 0.5 * noise + 0.05 * shocks[t]!;
    const growth = Math.exp((2 * Math.log(1.25) * t) / DAYS);
    const level = 3.5 * growth * (1 + 0.16 * Math.sin((2 * Math.PI * (t - 40)) / 182.6));
    values.push(level * WEEKDAY[t % 7]! * Math.exp(noise) * (1 + 0.16 * (2 * u - 1))); // day 0 is a Sunday
  }
  return { dates: values.map((_, t) => dateAt("2017-01-01", t)), values };
}

/** Six decimals: the tent map is chaotic, and would tell apart engines whose logarithms differ in the last bit. */
function rounded(x: number): number {
  return Math.round(x * 1e6) / 1e6;
}

/** The date `days` after a date. */
export function dateAt(start: string, days: number): string {
  return new Date(Date.parse(`${start}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
