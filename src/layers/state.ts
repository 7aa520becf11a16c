/** Loading a state dict: everything is checked, and every problem listed, before anything changes. */

import { nearest, show } from "../check";
import { isFloat } from "../dtype";
import { DTypeError, OptionError, ShapeError } from "../errors";
import { to } from "../ops/cast";
import { sameShape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { Tensor, type TensorLike, assign } from "../tensor/tensor";

/** What {@link Module.loadStateDict} left aside; both lists are empty unless `strict` is false. */
export interface LoadReport {
  /** Names of the module that the dict lacks; they keep their values. */
  readonly missing: readonly string[];
  /** Names of the dict that the module lacks. */
  readonly unexpected: readonly string[];
}

interface Problems {
  readonly names: string[];
  readonly shapes: string[];
  readonly dtypes: string[];
}

/** Copies the values of `dict` into the tensors of the same names. */
export function loadState(
  where: string,
  tensors: ReadonlyMap<string, Tensor>,
  dict: unknown,
  strict: boolean,
): LoadReport {
  const given = checkDict(where, dict);
  const missing = [...tensors.keys()].filter((name) => !given.has(name));
  const unexpected = [...given.keys()].filter((name) => !tensors.has(name));
  const problems: Problems = { names: strict ? namesThatDiffer(missing, unexpected) : [], shapes: [], dtypes: [] };
  const changes: [Tensor, Tensor][] = [];
  for (const [name, target] of tensors) {
    const value = given.get(name);
    if (value === undefined) continue;
    const made = asTensor(`${where}: ${name}`, value, ArrayBuffer.isView(value) ? undefined : target.dtype);
    const source = target.dtype === "int32" ? counted(made) : made;
    if (!sameShape(source.shape, target.shape)) {
      problems.shapes.push(`${name} is ${showShape(source.shape)} but should be ${showShape(target.shape)}`);
    } else if (source.dtype !== target.dtype) {
      problems.dtypes.push(`${name} is ${source.dtype} but should be ${target.dtype}`);
    }
    changes.push([target, source]);
  }
  refuse(where, problems, { missing, unexpected });
  for (const [target, source] of changes) assign(target, source);
  return { missing, unexpected };
}

/** Whole numbers as int32, whatever floats they come in: PyTorch counts in int64, which files give as float64. */
function counted(x: Tensor): Tensor {
  return isFloat(x.dtype) && x.toTypedArray().every((value) => (value | 0) === value) ? to(x, "int32") : x;
}

function checkDict(where: string, dict: unknown): Map<string, TensorLike> {
  if (typeof dict === "object" && dict !== null && !Array.isArray(dict) && !(dict instanceof Tensor)) {
    return new Map(Object.entries(dict).filter(([, value]) => value !== undefined));
  }
  throw new OptionError(`${where}: not a state dict: ${show(dict)}; give a record of tensors by name, as stateDict() makes`, {
    dict,
  });
}

function namesThatDiffer(missing: readonly string[], unexpected: readonly string[]): string[] {
  const like = (name: string): string => {
    const guess = nearest(name, missing);
    return guess === undefined ? `"${name}"` : `"${name}" (like "${guess}"?)`;
  };
  return [
    ...(missing.length > 0 ? [`missing ${missing.map((name) => `"${name}"`).join(", ")}`] : []),
    ...(unexpected.length > 0 ? [`unexpected ${unexpected.map(like).join(", ")}`] : []),
  ];
}

/** One error for all problems, of the kind of the gravest: names, then shapes, then dtypes. */
function refuse(where: string, { names, shapes, dtypes }: Problems, report: LoadReport): void {
  const all = [...names, ...shapes, ...dtypes];
  if (all.length === 0) return;
  const mends = [
    ...(names.length > 0 ? ["build the same model, or pass { strict: false } to leave other names aside"] : []),
    ...(shapes.length > 0 ? ["build the layers with the sizes of the dict"] : []),
    ...(dtypes.length > 0 ? ["convert the tensors with .to(dtype)"] : []),
  ];
  const message = `${where}: the dict does not fit: ${all.join("; ")} (nothing was loaded); ${mends.join("; ")}`;
  const fields = { ...report, shapes, dtypes };
  if (names.length > 0) throw new OptionError(message, fields);
  throw shapes.length > 0 ? new ShapeError(message, fields) : new DTypeError(message, fields);
}
