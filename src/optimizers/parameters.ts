/** What optimizers and clipping accept as parameters: a list of tensors, or anything with named parameters. */

import { show } from "../check";
import { GradError, OptionError } from "../errors";
import { showShape } from "../shape";
import type { HasParameters } from "../tensor/hasParameters";
import { Tensor } from "../tensor/tensor";

/** Tensors to be learnt: a list of leaf tensors, such as `model.parameters()`, or the model itself. */
export type ParameterList = readonly Tensor[] | HasParameters;

function isModel(source: object): source is HasParameters {
  return "namedParameters" in source && typeof source.namedParameters === "function";
}

/** The tensors of a parameter list, with anything else refused. @internal */
export function parameterList(where: string, source: ParameterList): readonly Tensor[] {
  const list: unknown =
    typeof source === "object" && source !== null && isModel(source)
      ? source.namedParameters().map(([, parameter]) => parameter)
      : source;
  if (!Array.isArray(list)) {
    throw new OptionError(`${where}: not a list of parameters: ${show(source)}; pass model.parameters()`, {
      params: source,
    });
  }
  list.forEach((entry: unknown, i) => {
    if (entry instanceof Tensor) return;
    throw new OptionError(
      `${where}: a parameter is not a tensor: ${show(entry)} (entry ${i}); pass model.parameters() or leaf tensors`,
      { index: i, parameter: entry },
    );
  });
  return list as readonly Tensor[];
}

/** Refuses parameters that no gradient will reach, and any that stands twice; `seen` holds those before. @internal */
export function checkTrainable(where: string, params: readonly Tensor[], seen: Set<Tensor>): void {
  params.forEach((parameter, i) => {
    const at = `parameter ${i} ${showShape(parameter.shape)}`;
    if (!parameter.isLeaf) {
      throw new GradError(
        `${where}: a parameter is the result of ${parameter.gradFn!.name}: ${at} (only leaves are learnt); ` +
          "pass the tensor that it was computed from",
        { index: i, shape: parameter.shape, op: parameter.gradFn!.name },
      );
    }
    if (!parameter.requiresGrad) {
      throw new GradError(
        `${where}: a parameter requires no gradient: ${at}; set requiresGrad = true, ` +
          "or leave frozen ones out with .filter((p) => p.requiresGrad)",
        { index: i, shape: parameter.shape },
      );
    }
    if (seen.has(parameter)) {
      throw new OptionError(`${where}: a parameter stands twice: ${at} (it would be updated twice); name each once`, {
        index: i,
        shape: parameter.shape,
      });
    }
    seen.add(parameter);
  });
}
