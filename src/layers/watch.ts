/** Seeing what passes through the layers of a model: the methods that compute are wrapped for the length of one run. */

/** What is watched: anything with a method that computes, called `forward` unless it says otherwise. */
interface Watched {
  readonly computes?: "forward" | "run";
  forward(...inputs: never[]): unknown;
}

/** Runs a function and reports the inputs and output of every layer of the modules, inner layers first. */
export function watchForward<M extends Watched, T>(
  modules: readonly M[],
  seen: (module: M, output: unknown, inputs: readonly unknown[]) => void,
  run: () => T,
): T {
  const names = modules.map(({ computes }) => computes ?? "forward");
  const before = modules.map((module, i) => Object.getOwnPropertyDescriptor(module, names[i]!));
  try {
    modules.forEach((module, i) => {
      const compute = Reflect.get(module, names[i]!) as (...inputs: never[]) => unknown;
      const value = (...inputs: never[]): unknown => {
        const result = Reflect.apply(compute, module, inputs);
        seen(module, names[i] === "run" ? (result as { output: unknown }).output : result, inputs);
        return result;
      };
      Object.defineProperty(module, names[i]!, { value, configurable: true, writable: true, enumerable: false });
    });
    return run();
  } finally {
    modules.forEach((module, i) => {
      const own = before[i];
      if (own === undefined) Reflect.deleteProperty(module, names[i]!);
      else Object.defineProperty(module, names[i]!, own);
    });
  }
}
