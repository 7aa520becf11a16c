/** What each system under test implements: it prepares a workload and then runs it as often as asked. */

import type { Workload } from "../workloads";

/** A workload that is ready to be timed. */
export interface Prepared {
  /** Does the work `count` times; all of it has been computed when it returns (or resolves). */
  run(count: number): void | Promise<void>;
  /**
   * What shows that the work was done: the loss of the tenth step, a checksum of outputs, a sum. Null where the system
   * does something else on principle; then `note` says what.
   */
  readonly check: number | null;
  /** Seconds that an epoch is going to take, for systems that may be too slow to run one. */
  readonly estimate?: number;
  /** The check of an epoch: the test accuracy, measured when all timing is done. */
  finish?(): number | Promise<number>;
  /** Something to be known about the numbers, printed below the table. */
  note?(): string | null;
}

/** One system; `prepare` answers with a text where it cannot run the workload: the reason. */
export interface System {
  prepare(workload: Workload): Promise<Prepared | string> | Prepared | string;
}

/** What a module in this folder exports: the system, in one of its variants. */
export type MakeSystem = (variant: string) => System | Promise<System>;
