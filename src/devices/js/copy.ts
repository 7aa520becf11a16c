/** The copy kernel: any view to contiguous elements of any dtype. */

import { denseCopy, type Kernel } from "./kernel";

/** The view's elements in row-major order, converted: fractions truncate towards 0, int32 wraps, bool is ≠ 0. */
export const copy: Kernel<"copy"> = ([input], _, output) => denseCopy(input!, output);
