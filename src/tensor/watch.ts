/** The slot of whoever watches what a function does to tensors: a trace, while one is being written. */

/** What a trace wants to know of; the objects are tensors and modules. */
export interface Watch {
  /** A tensor is about to be read by an op, or assigned to. */
  touch(tensor: object): void;
  /** The `.grad` of a tensor is being read; `grad` is what stands there. */
  readGrad(owner: object, grad: object | null): void;
  /** The `.grad` of a tensor is about to be replaced; `before` is what stands there. */
  writeGrad(owner: object, before: object | null): void;
  /** A gradient is about to flow through a node of the graph. */
  pass(node: number): void;
  /** Something that is no tensor decides what is computed: it must be the same whenever the program runs. */
  guard(read: () => unknown): void;
}

let current: Watch | null = null;

/** Whoever watches now. */
export function watching(): Watch | null {
  return current;
}

/** Runs a function under the eyes of a watch. */
export function watched<T>(watch: Watch, fn: () => T): T {
  const before = current;
  current = watch;
  try {
    return fn();
  } finally {
    current = before;
  }
}
