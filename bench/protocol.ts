/** What is said between `run.ts` and the systems' processes: a JSON object a line, one reply to each request. */

import type { Workload } from "./workloads";

/** What a process is asked. */
export type Request =
  /** Get ready. `data`: a file with the arrays of `shapes`, float32 after float32, for those who cannot draw them. */
  | {
      readonly do: "prepare";
      readonly workload: Workload;
      readonly data: string;
      readonly shapes: readonly (readonly [name: string, shape: readonly number[]])[];
      readonly mnist: string;
    }
  /** Run for some seconds, at least once, looking at the clock every `chunk` runs. */
  | { readonly do: "slice"; readonly seconds: number; readonly chunk: number }
  /** All timing is done: give the check of an epoch. */
  | { readonly do: "finish" };

/** What it answers. */
export interface Reply {
  /** The system cannot run the workload: why. */
  readonly skip?: string;
  readonly error?: string;
  readonly check?: number | null;
  readonly estimate?: number | null;
  readonly note?: string | null;
  /** Seconds per run. */
  readonly seconds?: number;
}
