/** What whatever is given a model does first: refuse anything else, and run it without changing its mode. */

import { show } from "../check";
import { OptionError } from "../errors";
import { withGradMode } from "../tensor/tape";
import { Module } from "./module";

/** Refuses anything but a model; returns it. */
export function checkModel(where: string, model: unknown): Module {
  if (model instanceof Module) return model;
  throw new OptionError(`${where}: not a model: ${show(model)}; give a Module, such as new Sequential(…)`, { model });
}

/** Runs a function with the model in eval mode and nothing recorded, then puts each module's mode back. */
export function inEvalMode<T>(model: Module, run: () => T): T {
  const modules = [...model.modules()];
  const modes = modules.map((module) => module.training);
  model.eval();
  try {
    return withGradMode(false, run);
  } finally {
    modules.forEach((module, i) => (module.training = modes[i]!));
  }
}
