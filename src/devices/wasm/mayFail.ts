/** Which steps may report a failure while they run. */

import type { KernelName } from "../../tensor/device";
import type { Step } from "../../tensor/program";

const READS_INDICES: ReadonlySet<KernelName> = new Set<KernelName>(["gather", "scatterAdd", "indexSelect", "indexAdd"]);

/** Whether a step may report a failure, after which no other may run. */
export function mayFail(step: Step): boolean {
  return step.kind === "kernel" && READS_INDICES.has(step.call.kernel);
}
