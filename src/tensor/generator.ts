/** Random streams: a seed and a call count, held in a tensor so that a compiled program can move them on. */

import { checkNumber, show } from "../check";
import { DTypeError } from "../errors";
import type { RandomStream } from "./methods";
import { storageOf } from "./storage";
import { type Tensor, assign, fromStorage } from "./tensor";

/**
 * An independent stream of random numbers (Philox4x32-10, counter-based): the same seed gives the same numbers,
 * whatever the device or thread count.
 *
 * The seed is a whole number in [0, 2⁵³]. Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
 *
 * @throws OptionError if the seed is not a whole number in range.
 *
 * @example
 * ```ts
 * import { Generator, rand } from "gradkit";
 * const a = rand([3], { generator: new Generator(7) });
 * const b = rand([3], { generator: new Generator(7) });
 * a.equal(b).all().item(); // → 1
 * ```
 */
export class Generator implements RandomStream {
  /** Seed (low, high) and calls so far (low, high) as int32. @internal */
  readonly tensor: Tensor;

  constructor(seed: number) {
    this.tensor = int32(seedWords(seed));
  }

  /** A copy of the state: four whole numbers. */
  get state(): Int32Array {
    return this.tensor.toTypedArray() as Int32Array;
  }

  /** Goes back (or on) to a state read earlier from {@link Generator.state}. */
  load(state: ArrayLike<number>): this {
    const words = Array.from(state ?? []);
    if (words.length !== 4 || words.some((word) => (word | 0) !== word)) {
      throw new DTypeError(`generator: not a state: ${show(state)} (a state is four whole numbers); pass what .state gave`, {
        state,
      });
    }
    assign(this.tensor, int32(words));
    return this;
  }

  /** Starts again from a seed. */
  seed(seed: number): this {
    return this.load(seedWords(seed));
  }
}

function seedWords(seed: number): number[] {
  checkNumber("generator", "seed", seed, { integer: true, min: 0, max: 2 ** 53 });
  return [seed | 0, Math.floor(seed / 2 ** 32) | 0, 0, 0];
}

function int32(values: readonly number[]): Tensor {
  return fromStorage(storageOf("int32", Int32Array.from(values)), [values.length]);
}

/** The stream used where no other is named. @internal */
export const defaultGenerator = /* @__PURE__ */ new Generator(0);

/**
 * Seeds the default generator: initialisation, shuffles, dropout and every random function that is given no generator.
 *
 * The default seed is 0, so a program without a call is deterministic as well. Returns the generator.
 *
 * @example
 * ```ts
 * import { manualSeed, rand } from "gradkit";
 * manualSeed(1);
 * const a = rand([2]);
 * manualSeed(1);
 * rand([2]).equal(a).all().item(); // → 1
 * ```
 */
export function manualSeed(seed: number): Generator {
  return defaultGenerator.seed(seed);
}
