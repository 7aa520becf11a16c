/**
 * What only Node can do: reading data from files, writing charts to files.
 *
 * @module gradkit/node
 */

import { readFileSync } from "node:fs";
import { FormatError, type Tensor, parseIDX } from "gradkit";

/**
 * The tensor in an IDX file (MNIST's format), gzipped or not.
 *
 * Shapes: as the file says, such as [60000, 28, 28] for images and [60000] for labels. See {@link parseIDX}.
 *
 * @throws FormatError if the file cannot be read, is truncated, or is not IDX; the message names the path.
 *
 * @example
 * ```ts
 * import { readIDX } from "gradkit/node";
 * readIDX("no-such-file"); // → FormatError: readIDX: cannot read the file: no-such-file …
 * ```
 */
export function readIDX(path: string): Tensor {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new FormatError(`readIDX: cannot read the file: ${path} (${(cause as Error).message}); check the path`, {
      path,
    });
  }
  try {
    return parseIDX(bytes);
  } catch (cause) {
    if (cause instanceof FormatError)
      throw new FormatError(`readIDX: ${path}: ${cause.message}`, { path, ...cause.fields });
    throw cause;
  }
}

export { saveChart, saveReplay, saveReport } from "./node/charts";
export type { Report, ReportSection, SaveChartOptions, SaveReplayOptions } from "./node/charts";
export type { Theme } from "./node/look";
