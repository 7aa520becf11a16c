/** The walk over a module's own fields: which parameters, buffers and modules it holds, and what they are called. */

import { OptionError } from "../errors";
import { Buffer, Parameter } from "../tensor/parameter";

/** What the walk needs to know of a module. */
interface Walked {
  stateName(field: string): string;
}

/** Everything below a module, itself included: own tensors first, then those of its children, as PyTorch counts. */
export interface Contents<M> {
  readonly parameters: [string, Parameter][];
  readonly buffers: [string, Buffer][];
  /** The root, called "", comes first; every module stands before its children. */
  readonly modules: [string, M][];
  /** The parameters that each module is the first to hold directly. */
  readonly held: Map<M, Parameter[]>;
}

/** What a module holds directly, in the order of its fields. */
interface Held<M> {
  readonly tensors: [string, Parameter | Buffer][];
  readonly children: [string, M][];
}

/** Whether a value is a plain record, whose fields are walked as a module's own would be. */
function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The tensors and modules in a module's own enumerable fields, and in the arrays and plain records among them. */
export function heldBy<M extends Walked>(module: M, isModule: (value: unknown) => value is M): Held<M> {
  const own: [string, Parameter | Buffer][] = [];
  const listed: [string, Parameter | Buffer][] = [];
  const children: [string, M][] = [];
  const open = new Set<unknown>();
  const visit = (name: string, value: unknown, into: [string, Parameter | Buffer][]): void => {
    if (value instanceof Parameter || value instanceof Buffer) into.push([name, value]);
    else if (isModule(value)) children.push([name, value]);
    else if ((Array.isArray(value) || isRecord(value)) && !open.has(value)) {
      open.add(value);
      for (const [key, entry] of Object.entries(value)) visit(name === "" ? key : `${name}.${key}`, entry, listed);
      open.delete(value);
    }
  };
  for (const [field, value] of Object.entries(module)) visit(module.stateName(field), value, own);
  return { tensors: [...own, ...listed], children };
}

/** Walks a module and everything below it; what is met twice keeps its first name, so circles end. */
export function contentsOf<M extends Walked>(root: M, isModule: (value: unknown) => value is M): Contents<M> {
  const contents: Contents<M> = { parameters: [], buffers: [], modules: [], held: new Map() };
  const seen = new Set<unknown>();
  const names = new Set<string>();
  const visit = (prefix: string, module: M): void => {
    if (seen.has(module)) return;
    seen.add(module);
    contents.modules.push([prefix, module]);
    const held: Parameter[] = [];
    contents.held.set(module, held);
    const { tensors, children } = heldBy(module, isModule);
    for (const [name, tensor] of tensors) {
      if (seen.has(tensor)) continue;
      seen.add(tensor);
      const path = joined(prefix, name);
      if (names.has(path)) throw clash(module, path);
      names.add(path);
      if (tensor instanceof Buffer) contents.buffers.push([path, tensor]);
      else {
        contents.parameters.push([path, tensor]);
        held.push(tensor);
      }
    }
    for (const [name, child] of children) visit(joined(prefix, name), child);
  };
  visit("", root);
  return contents;
}

function joined(prefix: string, name: string): string {
  return prefix === "" || name === "" ? prefix + name : `${prefix}.${name}`;
}

function clash(module: object, name: string): OptionError {
  return new OptionError(
    `${module.constructor.name}: two tensors have the same name: "${name}" (a state dict could hold only one); ` +
      "rename a field, or the key of a record",
    { name },
  );
}
