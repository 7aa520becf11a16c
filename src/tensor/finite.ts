/** Refuses data with a NaN or an Infinity in it, and says where it is. */

import { isFloat } from "../dtype";
import { OptionError } from "../errors";
import { readView } from "./storage";
import type { Tensor } from "./tensor";

/** Throws at the first value that is not finite, naming its row and column (both counted from 0). */
export function checkFinite(where: string, name: string, x: Tensor, mend: string): void {
  if (!isFloat(x.dtype)) return;
  const data = readView(x, false);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value - value === 0) continue; // false for NaN and both infinities
    const width = x.size / Math.max(x.shape[0] ?? 1, 1);
    const row = Math.floor(i / width);
    const column = i % width;
    const place = x.rank <= 1 ? `row ${row}` : `row ${row}, ${x.rank === 2 ? "column" : "value"} ${column}`;
    throw new OptionError(`${where}: a value in ${name} is not finite: ${value} (${place}); ${mend}`, {
      name,
      value,
      row,
      column,
    });
  }
}
