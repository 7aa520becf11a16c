/** Nearest neighbours: a classifier that remembers everything, learns nothing, and pays at every question. */
import {
  Adam,
  Dataset,
  Flatten,
  KNearestNeighbors,
  Linear,
  ReLU,
  Sequential,
  type Tensor,
  accuracy,
  crossEntropy,
  evaluate,
  fit,
  manualSeed,
  tensor,
} from "gradkit";
import { drawDigits } from "../support/digits";
import { loadMnist } from "../support/mnist";
import { say, section, table } from "../support/text";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  sizes: { about: "how many training images are remembered", default: [1000, 2000, 5000], rule: { integer: true, min: 10, max: 60_000 } },
  test: { about: "test images to read", default: 10_000, rule: { integer: true, min: 10, max: 10_000 } },
  long: { about: "all 60,000 images, and 12 epochs of the network: the numbers of the page", default: false },
});

/** What the chapter found. */
export interface NeighboursResult {
  /** Share of test images read rightly with k = 3, by images remembered. */
  readonly bySize: readonly { readonly rows: number; readonly right: number }[];
  /** The same by k. */
  readonly byK: readonly Vote[];
  /** Multiplications for one image: all neighbours of 60,000, and ten planes. */
  readonly cost: readonly [neighbours: number, planes: number];
  /** Share of test images read rightly at 28×28 and at 16×16, k = 3, and by a network at 16×16. */
  readonly small: { readonly full: number; readonly shrunk: number; readonly network: number };
}

interface Vote {
  readonly k: number;
  /** Shares of test images: read rightly, those whose vote is a tie, rightly if the smallest class won ties. */
  readonly right: number;
  readonly ties: number;
  readonly smallest: number;
}

interface Images {
  readonly x: Tensor;
  readonly y: Tensor;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
const commas = (count: number): string => count.toLocaleString("en");

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<NeighboursResult> {
  const { sizes, test, long } = withDefaults("neighbours", options, given);
  const counts = long ? [60_000] : sizes;
  const known = pixels("train", Math.max(...counts));
  const unseen = pixels("t10k", test);

  const byK = votes(known, unseen);
  const three = byK.find(({ k }) => k === 3)!.right;
  section("Three neighbours vote");
  const bySize = counts.map((rows) => ({
    rows,
    right: rows === known.y.size ? three : score(first(known, rows), unseen),
  }));
  table(
    ["images remembered", `of ${commas(test)} unseen, right`],
    bySize.map(({ rows, right }) => [commas(rows), percent(right)]),
  );

  section("How many neighbours, and what a tie does");
  table(
    [
      `${commas(known.y.size)} images remembered`,
      "votes that tie",
      "right, the nearest decides",
      "right, the smallest digit does",
    ],
    byK.map(({ k, right, ties, smallest }) => [`k = ${k}`, percent(ties), percent(right), percent(smallest)]),
  );

  section("What one answer costs");
  const cost = [60_000 * 784, 10 * 784] as const;
  table(
    ["for one image", "multiplications", "numbers kept"],
    [["neighbours, 60,000 images", commas(cost[0]), commas(cost[0])], ["ten planes", commas(cost[1]), commas(cost[1])]],
  );
  say(`\nneighbours cost ${commas(cost[0] / cost[1])} times as much; their training costs nothing`);

  section("Sixteen by sixteen");
  const small = await shrunken(known, unseen, long ? 12 : 5, three);
  return { bySize, byK, cost, small };
}

/** Images as fractions [N, 28, 28], and their digits. */
function pixels(part: "train" | "t10k", count: number): Images {
  const { x, y } = loadMnist(part, count);
  return { x, y };
}

const first = ({ x, y }: Images, rows: number): Images => ({ x: x.slice([[0, rows]]), y: y.slice([[0, rows]]) });
const score = (known: Images, unseen: Images): number =>
  new KNearestNeighbors({ k: 3 }).fit(known.x, known.y).score(unseen.x, unseen.y);

/** The ten nearest are looked up once; every smaller k votes with the first of them. */
function votes(known: Images, unseen: Images): NeighboursResult["byK"] {
  const { indices } = new KNearestNeighbors({ k: 10 }).fit(known.x, known.y).neighbors(unseen.x);
  const digits = known.y.toTypedArray();
  const nearest = (indices.toArray() as number[][]).map((rows) => rows.map((row) => digits[row]!));
  const truth = unseen.y.toTypedArray();
  return [1, 2, 3, 4, 5, 10].map((k) => {
    let [right, ties, smallest] = [0, 0, 0];
    nearest.forEach((voters, image) => {
      const counts = Array<number>(10).fill(0);
      for (const digit of voters.slice(0, k)) counts[digit]!++;
      const most = Math.max(...counts);
      const tied = counts.filter((count) => count === most).length > 1;
      const winner = voters.find((digit) => counts[digit] === most)!; // of tied classes, that of the nearest
      if (winner === truth[image]) right++;
      if (tied) ties++;
      if (counts.indexOf(most) === truth[image]) smallest++;
    });
    return { k, right: right / truth.length, ties: ties / truth.length, smallest: smallest / truth.length };
  });
}

/** A matrix [to, from] whose row i averages, with weights that fall off as a triangle, what lies around point i. */
export function shrinking(from: number, to: number): Tensor {
  const scale = from / to;
  const rows = Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const weights = Array.from({ length: from }, (_, j) => Math.max(0, 1 - Math.abs(j + 0.5 - centre) / scale));
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((weight) => weight / sum);
  });
  return tensor(rows);
}

async function shrunken(known: Images, unseen: Images, epochs: number, full: number): Promise<NeighboursResult["small"]> {
  const matrix = shrinking(28, 16);
  const shrink = ({ x, y }: Images): Images => ({ x: matrix.matmul(x).matmul(matrix.transpose()), y });
  const [near, far] = [shrink(known), shrink(unseen)];
  const picture = ({ x }: Images): number[][] => (x.slice([[0, 1]]).toArray() as number[][][])[0]!;
  const blank = Array.from({ length: 12 }, () => Array<number>(16).fill(0));
  say(
    drawDigits([
      { pixels: picture(unseen), caption: "28 × 28" },
      { pixels: [...picture(far), ...blank], caption: "16 × 16" },
    ]),
  );
  console.log();
  const shrunk = score(near, far);
  manualSeed(0);
  const hidden = [new Linear(256, 128), new ReLU(), new Linear(128, 64), new ReLU()];
  const model = new Sequential(new Flatten(), ...hidden, new Linear(64, 10));
  const optimizer = new Adam(model.parameters(), { lr: 0.001 });
  const rule = { loss: crossEntropy, optimizer, epochs, batchSize: 64, seed: 0, progress: false };
  await fit(model, Dataset.from({ ...near }), rule);
  const network = evaluate(model, Dataset.from({ ...far }), { metrics: { accuracy } }).accuracy!;
  table(
    [`${commas(known.y.size)} images`, "multiplications", "right"],
    [
      ["28 × 28, three neighbours", commas(known.y.size * 784), percent(full)],
      ["16 × 16, three neighbours", commas(known.y.size * 256), percent(shrunk)],
      [`16 × 16, network 256-128-64-10, ${epochs} epochs`, commas(256 * 128 + 128 * 64 + 640), percent(network)],
    ],
  );
  return { full, shrunk, network };
}
