/** Builds layers from the constructor calls that PyTorch's cases tell. */
import type { Module } from "../../src/index";
import { construct } from "./torch";

/** A constructor call; layers inside layers are among the arguments. */
export interface Spec {
  readonly new: string;
  readonly args: readonly unknown[];
}

/** The layer of a constructor call. */
export function build(spec: Spec): Module {
  const isSpec = (arg: unknown): arg is Spec => typeof arg === "object" && arg !== null && "new" in arg;
  return construct(spec.new, ...spec.args.map((arg) => (isSpec(arg) ? build(arg) : arg))) as Module;
}
