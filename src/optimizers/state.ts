/** The state of an optimizer as a flat record of tensors, and what is refused when one is loaded. */

import { nearest, show } from "../check";
import { DTypeError, OptionError, ShapeError } from "../errors";
import { sameShape, showShape } from "../shape";
import { storageOf } from "../tensor/storage";
import { Tensor, fromStorage } from "../tensor/tensor";

/** Settings as tensors by key: numbers and lists in float64, booleans as bool; tensors as they are. */
export function settingTensors(prefix: string, settings: object): [string, Tensor][] {
  return Object.entries(settings).map(([key, value]: [string, unknown]) => [prefix + key, settingTensor(value)]);
}

function settingTensor(value: unknown): Tensor {
  if (value instanceof Tensor) return value;
  if (typeof value === "boolean") return fromStorage(storageOf("bool", Uint8Array.of(Number(value))), []);
  const numbers = Float64Array.from([value as number | readonly number[]].flat());
  return fromStorage(storageOf("float64", numbers), Array.isArray(value) ? [numbers.length] : []);
}

/** Whether a key names a setting that is fixed when the optimizer is made. */
const isFixed = (key: string): boolean => key.startsWith("groups.") && !key.endsWith(".lr");

/** Refuses a record that is not the state of an optimizer with the same parameters and settings. */
export function checkState(where: string, own: readonly (readonly [string, Tensor])[], dict: unknown): void {
  if (typeof dict !== "object" || dict === null || dict instanceof Tensor) {
    throw new OptionError(`${where}: not a state: ${show(dict)}; pass what stateDict() gave`, { state: dict });
  }
  const given = dict as Readonly<Record<string, unknown>>;
  const keys = own.map(([key]) => key);
  const missing = keys.find((key) => !(key in given));
  if (missing !== undefined) {
    throw new OptionError(
      `${where}: a key is missing: "${missing}" (the state has ${Object.keys(given).length} keys, ${keys.length} are needed); ` +
        "load the state of an optimizer of the same kind with the same parameters",
      { key: missing },
    );
  }
  const surplus = Object.keys(given).find((key) => !keys.includes(key));
  if (surplus !== undefined) {
    throw new OptionError(
      `${where}: unknown key: "${surplus}" (the nearest is "${nearest(surplus, keys)}"); ` +
        "load the state of an optimizer of the same kind with the same parameters",
      { key: surplus },
    );
  }
  for (const [key, target] of own) checkEntry(where, key, target, given[key]);
}

function checkEntry(where: string, key: string, target: Tensor, value: unknown): void {
  if (!(value instanceof Tensor)) {
    throw new OptionError(`${where}: "${key}" is not a tensor: ${show(value)}; pass what stateDict() gave`, { key, value });
  }
  if (!sameShape(target.shape, value.shape)) {
    throw new ShapeError(
      `${where}: the shape of "${key}" differs: ${showShape(value.shape)} for ${showShape(target.shape)}; ` +
        "make the optimizer with the parameters that the state was saved for",
      { key, expected: target.shape, found: value.shape },
    );
  }
  if (target.dtype !== value.dtype) {
    throw new DTypeError(
      `${where}: the dtype of "${key}" differs: ${value.dtype} for ${target.dtype}; convert it with .to("${target.dtype}")`,
      { key, expected: target.dtype, found: value.dtype },
    );
  }
  if (!isFixed(key)) return;
  const [expected, found] = [target.toArray(), value.toArray()];
  if (String(expected) !== String(found)) {
    throw new OptionError(
      `${where}: the setting "${key}" differs: ${show(found)} in the state, ${show(expected)} here; ` +
        "make the optimizer with the settings of the state, or change the value in the state",
      { key, expected, found },
    );
  }
}
