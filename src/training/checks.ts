/** What fit and evaluate ask of what they are given: models, data, losses, metrics, callbacks, signals. */

import { nearest, show } from "../check";
import { OptionError } from "../errors";
import { showShape } from "../shape";
import type { Module } from "../layers/module";
import type { Optimizer } from "../optimizers/optimizer";
import { Tensor } from "../tensor/tensor";
import type { Callback } from "./callbacks";
import type { Metric } from "./metrics";

export { checkDataset } from "../data/given";
export { checkModel } from "../layers/given";
export { checkLoss, checkLossFunction } from "../losses/given";

/** The key of a number measured on validation data: `accuracy` ↦ `validationAccuracy`. */
export function validationName(name: string): string {
  return `validation${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** Refuses metrics that are no record of functions, or whose names stand for something else in the history. */
export function checkMetrics(where: string, metrics: unknown): Readonly<Record<string, Metric>> {
  if (typeof metrics !== "object" || metrics === null || Array.isArray(metrics)) {
    throw new OptionError(
      `${where}: metrics are not a record of functions: ${show(metrics)}; write { accuracy } for accuracy(…) under its name`,
      { metrics },
    );
  }
  const taken = new Set(["epoch", "lr", "loss", validationName("loss"), ...Object.keys(metrics).map(validationName)]);
  for (const [name, metric] of Object.entries(metrics)) {
    if (typeof metric !== "function") {
      throw new OptionError(
        `${where}: metric "${name}" is not a function: ${show(metric)}; give one of (prediction, target), such as accuracy`,
        { name, metric },
      );
    }
    if (taken.has(name)) {
      throw new OptionError(`${where}: a metric is called "${name}" (the history has one already); rename it`, {
        name,
      });
    }
  }
  return metrics as Readonly<Record<string, Metric>>;
}

/** A metric's result as a number. */
export function metricValue(where: string, name: string, value: unknown): number {
  const number = value instanceof Tensor && value.size === 1 ? value.item() : value;
  if (typeof number === "number") return number;
  const found = value instanceof Tensor ? `a tensor ${showShape(value.shape)}` : show(value);
  throw new OptionError(
    `${where}: metric "${name}" gave no single number: ${found}; return a number or a tensor of one element`,
    { name, value },
  );
}

/** An optimizer made for another model is the commonest reason why nothing is learnt. */
export function checkTrained(where: string, model: Module, optimizer: Optimizer): void {
  const trained = new Set(optimizer.groups.flatMap((group) => group.params));
  const own = model.parameters();
  if (own.some((parameter) => trained.has(parameter))) return;
  throw new OptionError(
    `${where}: the optimizer trains none of the model's parameters: ${own.length} in the model, ` +
      `${trained.size} in the optimizer, none in common; make it with model.parameters() of this model`,
    { own: own.length, trained: trained.size },
  );
}

const EVENTS: readonly (keyof Callback)[] = ["onStart", "onBatch", "onEpoch", "onEnd"];

/** Refuses callbacks that nothing would ever call. */
export function checkCallbacks(where: string, callbacks: unknown): readonly Callback[] {
  if (!Array.isArray(callbacks)) {
    throw new OptionError(`${where}: callbacks are not a list: ${show(callbacks)}; write [{ onEpoch(record) { … } }]`, {
      callbacks,
    });
  }
  callbacks.forEach((callback: unknown, i) => checkCallback(`${where}: callback ${i}`, callback));
  return callbacks as readonly Callback[];
}

function checkCallback(where: string, callback: unknown): void {
  const events = `events are ${EVENTS.join(", ")}`;
  if (typeof callback !== "object" || callback === null) {
    throw new OptionError(`${where} is not an object: ${show(callback)}; write { onEpoch(record) { … } } (${events})`, {
      callback,
    });
  }
  const heard = EVENTS.filter((event) => (callback as Callback)[event] !== undefined);
  for (const event of heard) {
    const value: unknown = (callback as Callback)[event];
    if (typeof value === "function") continue;
    throw new OptionError(`${where}: ${event} is not a function: ${show(value)}; give one`, { event, value });
  }
  const others = Object.keys(callback).filter((key) => !(EVENTS as readonly string[]).includes(key));
  const strange = others.find((key) => /^on[A-Z]/.test(key)) ?? (heard.length === 0 ? (others[0] ?? "") : undefined);
  if (strange === undefined) return;
  throw new OptionError(
    `${where}: no such event: "${strange}" (it would never be called); did you mean "${nearest(strange, EVENTS)}"? (${events})`,
    { key: strange },
  );
}
