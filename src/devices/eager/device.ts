/** The device of eager code: large calls run as one-call programs in WebAssembly, all others in JavaScript. */

import { isContiguous, sizeOf } from "../../shape";
import type { Call, Device } from "../../tensor/device";
import { type Storage, type View, storageOf } from "../../tensor/storage";
import { jsDevice } from "../js/device";
import { Deferred, computed, joined, mayWait } from "./deferred";
import { trimKept } from "./kept";
import { runOnHeap } from "./oneCall";
import { whyNoWasm } from "../wasm/refusal";
import { isCompact } from "./window";

/** From how many elements on WebAssembly pays, and from how many multiplications of a product. */
interface Least {
  readonly elements: number;
  readonly products: number;
}

/** Sizes alone decide, so that a call gives the same bits whenever it is made. */
function isLarge(call: Call, inputs: readonly View[], { elements, products }: Least): boolean {
  switch (call.kernel) {
    case "map":
    case "random":
    case "softmax":
      return sizeOf(call.output.shape) >= elements;
    case "reduce":
      return sizeOf(call.attrs.shape) >= elements;
    case "matmul":
      return sizeOf(call.output.shape) * inputs[0]!.shape.at(-1)! >= products;
    case "convolve":
      return sizeOf(call.output.shape) * sizeOf(inputs[1]!.shape.slice(1)) >= products;
    case "copy":
      return sizeOf(call.output.shape) >= elements && isOutOfOrder(inputs[0]!);
    default:
      return false;
  }
}

/** Whether a copy has more to do than to go through a stretch of memory from its beginning to its end. */
function isOutOfOrder(view: View): boolean {
  return !isContiguous(view.shape, view.strides) && isCompact(view);
}

/** A tensor as a view: `assign` may give the tensor another storage before the map is computed. */
function asItIs({ storage, shape, dtype, strides, offset }: View): View {
  return { storage, shape, dtype, strides, offset };
}

/** What waits is computed first: a kernel in the middle of its work must not start another. */
function inJs(call: Call, inputs: readonly View[]): Storage {
  for (const { storage } of inputs) if (storage instanceof Deferred) void storage.data;
  return jsDevice.execute(call, inputs);
}

function runLarge(call: Call, inputs: readonly View[]): Storage {
  const { kernel, output } = call;
  if (kernel === "map") {
    const map = joined({ expr: call.attrs.expr, inputs: inputs.map(asItIs), ...output });
    return mayWait(map) ? new Deferred(map) : storageOf(output.dtype, computed(map));
  }
  const data = runOnHeap(call, inputs);
  return data === null ? inJs(call, inputs) : storageOf(output.dtype, data);
}

/** Runs every kernel in JavaScript, and where WebAssembly is to be had the large calls there. */
export function eagerFrom(least: Least): Device {
  return {
    name: "eager",
    has: (kernel) => jsDevice.has(kernel),
    execute(call, inputs) {
      if (!isLarge(call, inputs, least) || whyNoWasm() !== null) return inJs(call, inputs);
      try {
        return runLarge(call, inputs);
      } finally {
        trimKept();
      }
    },
  };
}

/** The device of eager code, with sizes as they were measured. */
export const eagerDevice: Device = /* @__PURE__ */ eagerFrom({ elements: 16_384, products: 65_536 });
