/** Why WebAssembly cannot be used here, asked once. */

import { heapFor } from "./heap";
import { engineRefusal } from "./runtime";

let refusal: string | null | undefined;

/** Why programs cannot run on WebAssembly here, or null if they can. */
export function whyNoWasm(): string | null {
  if (refusal === undefined) refusal = engineRefusal() ?? heapRefusal();
  return refusal;
}

function heapRefusal(): string | null {
  try {
    heapFor(1);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
