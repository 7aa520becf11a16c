/** Random numbers of a search, a stretch of its own for each trial: so a search resumed goes on as it would have. */

import { rand } from "../ops/random";
import { Generator } from "../tensor/generator";

/** Numbers drawn at a time. */
const DRAWN = 64;

/** Uniform numbers in [0, 1) for trial `i` of the search with this seed. */
export function streamOf(seed: number, i: number): () => number {
  const generator = new Generator(seed);
  const { state } = generator;
  state[3] = i; // the high word of the count of calls
  generator.load(state);
  let drawn = new Float64Array(0);
  let at = 0;
  return () => {
    if (at === drawn.length) {
      drawn = rand([DRAWN], { dtype: "float64", generator }).toTypedArray() as Float64Array<ArrayBuffer>;
      at = 0;
    }
    return drawn[at++]!;
  };
}
