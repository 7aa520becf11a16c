/** Measuring one system: seconds per run in a stretch of time. */

import type { Prepared } from "./systems/system";

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Seconds per run: the median over stretches of `chunk` runs, at least one, that fill the time. */
export async function measure(prepared: Prepared, seconds: number, chunk: number): Promise<number> {
  const times: number[] = [];
  const end = performance.now() + 1000 * seconds;
  for (;;) {
    const start = performance.now();
    const running = prepared.run(chunk);
    if (running !== undefined) await running;
    const now = performance.now();
    times.push((now - start) / 1000 / chunk);
    if (now >= end) return median(times);
  }
}
