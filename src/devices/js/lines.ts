/** The lines of a tensor along one axis, one after another, in doubles. */

import type { View } from "../../tensor/storage";
import { around, dense } from "./kernel";
import { load } from "./stretch";

/** Takes a line, which it may change, and where in row-major order its elements stand: at start, start + step, … */
type VisitLine = (line: Float64Array, start: number, step: number) => void;

/** Shows each line along the axis to `visit`. */
export function eachLine(input: View, axis: number, visit: VisitLine): void {
  const from = dense(input);
  const { outer, along, inner } = around(input.shape, axis);
  const line = new Float64Array(along);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const start = o * along * inner + i;
      load(from, start, inner, line, 0, along);
      visit(line, start, inner);
    }
  }
}
