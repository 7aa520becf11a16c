/** The js device: plain loops, the meaning of each kernel, and the engine of eager code. */

import { allocate } from "../../dtype";
import type { Device } from "../../tensor/device";
import { storageOf } from "../../tensor/storage";

/** Runs every kernel in JavaScript. */
export const jsDevice: Device = {
  name: "js",
  has: () => true,
  execute: (call) => storageOf(call.output.dtype, allocate(call.output.dtype, 1)),
};
