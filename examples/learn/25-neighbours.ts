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
  lineChart,
  manualSeed,
  sideBySide,
  tensor,
  weightImages,
} from "gradkit";
import { drawDigits } from "../support/digits";
import { loadMnist } from "../support/mnist";
import { say, section, table } from "../support/text";
import type { Pictures } from "../support/pictures";
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
  /** Images that three neighbours read rightly, and some that they do not, each with its neighbours. */
  readonly examples: readonly Example[];
  /** The first test image at 28×28 and at 16×16. */
  readonly shrinking: { readonly full: readonly number[][]; readonly shrunk: readonly number[][] };
  /** Multiplications for one image: all neighbours of 60,000, and ten planes. */
  readonly cost: readonly [neighbours: number, planes: number];
  /** Share of test images read rightly at 28×28 and at 16×16, k = 3, and by a network at 16×16. */
  readonly small: { readonly full: number; readonly shrunk: number; readonly network: number };
}

/** An image and its three nearest, row by row, with the digits that they are. */
interface Example {
  readonly images: readonly (readonly number[])[];
  readonly digits: readonly number[];
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

  const { byK, examples } = votes(known, unseen);
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
  const { small, shrinking } = await shrunken(known, unseen, long ? 12 : 5, three);
  return { bySize, byK, examples, shrinking, cost, small };
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
function votes(known: Images, unseen: Images): Pick<NeighboursResult, "byK" | "examples"> {
  const { indices } = new KNearestNeighbors({ k: 10 }).fit(known.x, known.y).neighbors(unseen.x);
  const digits = known.y.toTypedArray();
  const nearest = (indices.toArray() as number[][]).map((rows) => rows.map((row) => digits[row]!));
  const truth = unseen.y.toTypedArray();
  const byK = [1, 2, 3, 4, 5, 10].map((k) => {
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
  const agree = (image: number): boolean => nearest[image]!.slice(0, 3).every((digit) => digit === truth[image]);
  const misled = (image: number): boolean => {
    const [a, b, c] = nearest[image]!;
    return (b === c ? b : a) !== truth[image]; // two of three decide; of three different ones, the nearest
  };
  const all = Array.from(truth, (_, image) => image);
  const chosen = [...all.filter(agree).slice(0, 2), ...all.filter(misled).slice(0, 2)];
  const pixelsOf = ({ x }: Images, row: number): number[] => Array.from(x.slice([[row, row + 1]]).toTypedArray());
  const rowsOf = (image: number): number[] => Array.from(indices.slice([[image, image + 1], [0, 3]]).toTypedArray());
  const examples = chosen.map((image) => ({
    images: [pixelsOf(unseen, image), ...rowsOf(image).map((row) => pixelsOf(known, row))],
    digits: [truth[image]!, ...nearest[image]!.slice(0, 3)],
  }));
  return { byK, examples };
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

async function shrunken(
  known: Images,
  unseen: Images,
  epochs: number,
  full: number,
): Promise<Pick<NeighboursResult, "small" | "shrinking">> {
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
  return { small: { full, shrunk, network }, shrinking: { full: picture(unseen), shrunk: picture(far) } };
}

/** Images with their neighbours, the votes by k, and what shrinking does to an image. */
export function pictures({ examples, byK, shrinking }: NeighboursResult): Pictures {
  const ink = { colorTitle: "ink" };
  const labels = examples.flatMap(({ digits }) => digits.map((digit, i) => (i === 0 ? `a ${digit}, unseen` : `a ${digit}`)));
  const ks = byK.map(({ k }) => k);
  const percents = (key: "right" | "smallest"): number[] => byK.map((vote) => 100 * vote[key]);
  const image = (rows: readonly number[][], side: number): ReturnType<typeof weightImages> =>
    weightImages([rows.flat()], { size: 192, labels: [`${side} × ${side}`], ...ink });
  return {
    sections: [
      {
        heading: "Four unseen images, each with its three nearest",
        text: "Two that are read rightly, two that are not: their neighbours look like them, and are other digits.",
        chart: weightImages(examples.flatMap(({ images }) => images.map((row) => [...row])), {
          columns: 4,
          size: 84,
          labels,
          ...ink,
        }),
      },
      {
        heading: "How many neighbours",
        text: "The best k lies in between, and from k = 2 on it matters who wins a tie.",
        chart: lineChart(
          { "nearest wins ties": percents("right"), "smallest wins ties": percents("smallest") },
          {
            x: ks,
            points: (["right", "smallest"] as const).flatMap((key) => percents(key).map((value, i) => [ks[i]!, value])),
            xTitle: "neighbours k",
            yTitle: "unseen images read rightly (%)",
          },
        ),
      },
      {
        heading: "Fewer pixels",
        text: "A third as many numbers, and the strokes are wide enough to meet those of other images.",
        chart: sideBySide([image(shrinking.full, 28), image(shrinking.shrunk, 16)]),
      },
    ],
  };
}
