/** Seeing what passes through the layers of a model: their `forward`s are wrapped for the length of one run. */

/** What is watched: anything with a `forward`. */
interface Watched {
  forward(...inputs: never[]): unknown;
}

/** Runs a function and reports the inputs and output of every `forward` of the modules, inner layers first. */
export function watchForward<M extends Watched, T>(
  modules: readonly M[],
  seen: (module: M, output: unknown, inputs: readonly unknown[]) => void,
  run: () => T,
): T {
  const before = modules.map((module) => Object.getOwnPropertyDescriptor(module, "forward"));
  try {
    for (const module of modules) {
      const forward = module.forward;
      const value = (...inputs: never[]): unknown => {
        const output = Reflect.apply(forward, module, inputs);
        seen(module, output, inputs);
        return output;
      };
      Object.defineProperty(module, "forward", { value, configurable: true, writable: true, enumerable: false });
    }
    return run();
  } finally {
    modules.forEach((module, i) => {
      const own = before[i];
      if (own === undefined) Reflect.deleteProperty(module, "forward");
      else Object.defineProperty(module, "forward", own);
    });
  }
}
