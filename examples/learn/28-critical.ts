/** Critical points and landscapes: where the gradient is 0, what the Hessian says, and paths over level sets. */
import {
  Adam,
  type Chart,
  Generator,
  type Optimizer,
  SGD,
  type Tensor,
  assign,
  chordTest,
  criticalPoint,
  crossEntropy,
  hessian,
  lineChart,
  lossContours,
  lossLandscape,
  noGrad,
  randn,
  sideBySide,
  symmetricEigen,
  tensor,
} from "gradkit";
import { say, section, table, vector } from "../support/text";
import type { Pictures } from "../support/pictures";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  matrices: { about: "random symmetric matrices of each size", default: 4000, rule: { integer: true, min: 1 } },
  chords: { about: "random chords of each loss", default: 200, rule: { integer: true, min: 1 } },
  seed: { about: "seed of matrices and chords", default: 0, rule: { integer: true, min: 0 } },
});

type Settings = OptionsOf<typeof options>;

/** What the chapter found. */
export interface CriticalResult {
  readonly points: readonly { readonly name: string; readonly kind: string; readonly eigenvalues: readonly number[] }[];
  /** Share of definite matrices, by size. */
  readonly definite: Readonly<Record<number, number>>;
  /** How many chords ran below the graph: of a linear classifier's loss, and of a network's. */
  readonly violations: { readonly linear: number; readonly network: number };
  /** Largest |cosine| between a level set and the gradient. */
  readonly cosines: Readonly<Record<string, number>>;
  /** Where each optimizer ended, and the loss there. */
  readonly runs: readonly { readonly name: string; readonly end: readonly number[]; readonly loss: number }[];
  /** The ways that they took, on the two surfaces. */
  readonly paths: { readonly valley: readonly Path[]; readonly rosenbrock: readonly Path[] };
}

type Surface = (p: Tensor) => Tensor;

const x = (p: Tensor): Tensor => p.slice([[0, 1]]).sum();
const y = (p: Tensor): Tensor => p.slice([[1, 2]]).sum();
const exact = (values: number[], requiresGrad = false): Tensor => tensor(values, { dtype: "float64", requiresGrad });

const valley: Surface = (p) => x(p).square().add(y(p).square().mul(25)).div(2);
const rosenbrock: Surface = (p) => x(p).sub(1).square().add(y(p).sub(x(p).square()).square().mul(100));

export async function main(given: Partial<Settings> = {}): Promise<CriticalResult> {
  const settings = withDefaults("critical", options, given);
  section("A gradient of 0 at the origin, six times");
  const points = classify();
  section("Random symmetric matrices: how many are definite");
  const definite = shareOfDefinite(settings);
  section("Random chords: do they ever run below the loss?");
  const violations = chords(settings);
  section("Along a level set, against the gradient");
  const cosines = levelSets();
  section("½(x² + 25y²): descent, and descent with momentum");
  const down = [
    path("descent, lr 0.075", valley, [-9, 1.8], 40, (p) => new SGD([p], { lr: 0.075 })),
    path("momentum 0.6, lr 0.05", valley, [-9, 1.8], 40, (p) => new SGD([p], { lr: 0.05, momentum: 0.6 })),
  ];
  map(valley, { x: [-10, 10], y: [-2.5, 2.5], levels: 2 }, down);
  section("Rosenbrock's valley, (1 − x)² + 100(y − x²)²: descent, and Adam");
  const bent = [
    path("descent, lr 0.001", rosenbrock, [-1.2, 1], 1500, (p) => new SGD([p], { lr: 0.001 })),
    path("Adam, lr 0.02", rosenbrock, [-1.2, 1], 1500, (p) => new Adam([p], { lr: 0.02 })),
  ];
  map(rosenbrock, { x: [-1.6, 1.6], y: [-0.5, 2], levels: 1.5 }, bent);
  const runs = [...down, ...bent].map(({ name, end, loss }) => ({ name, end, loss }));
  return { points, definite, violations, cosines, runs, paths: { valley: down, rosenbrock: bent } };
}

function classify(): CriticalResult["points"] {
  const surfaces: readonly [string, Surface, number[]][] = [
    ["x² + y²", (p) => p.square().sum(), [0, 0]],
    ["−x² − y²", (p) => p.square().sum().neg(), [0, 0]],
    ["x² − y²", (p) => x(p).square().sub(y(p).square()), [0, 0]],
    ["½x² + 2xy + ½y²", (p) => p.square().sum().div(2).add(x(p).mul(y(p)).mul(2)), [0, 0]],
    ["x³", (p) => p.pow(3).sum(), [0]],
    ["x⁴", (p) => p.pow(4).sum(), [0]],
  ];
  const points = surfaces.map(([name, f, at]) => {
    const diagonal = (hessian(f, exact(at)).toArray() as number[][]).map((row, i) => row[i]!);
    return { name, diagonal, ...criticalPoint(f, at) };
  });
  const digits = (values: readonly number[]): string => vector(values.map((value) => value + 0), 0);
  table(
    ["f", "diagonal of the Hessian", "its eigenvalues", "what the point is"],
    points.map(({ name, diagonal, eigenvalues, kind }) => [name, digits(diagonal), digits(eigenvalues), kind]),
  );
  return points.map(({ name, kind, eigenvalues }) => ({ name, kind, eigenvalues }));
}

function shareOfDefinite({ matrices, seed }: Settings): Record<number, number> {
  const generator = new Generator(seed);
  const share = (n: number): number => {
    let definite = 0;
    for (let i = 0; i < matrices; i++) {
      const a = randn([n, n], { dtype: "float64", generator });
      const values = symmetricEigen(a.add(a.transpose())).values.toTypedArray();
      if (values[n - 1]! > 0 || values[0]! < 0) definite++;
    }
    return definite / matrices;
  };
  const shares = Object.fromEntries([1, 2, 3, 5, 10].map((n) => [n, share(n)]));
  table(["size", "definite"], Object.entries(shares).map(([n, part]) => [`${n} × ${n}`, `${(100 * part).toFixed(2)} %`]));
  return shares;
}

/** Cross-entropy as a function of all weights: of x·W, and of tanh(x·V)·W. */
function chords({ chords: count, seed }: Settings): CriticalResult["violations"] {
  const generator = new Generator(seed);
  const rows = randn([20, 2], { dtype: "float64", generator });
  const labels = rows.prod({ axes: 1 }).greater(0).to("int32");
  const part = (w: Tensor, from: number, to: number, shape: number[]): Tensor => w.slice([[from, to]]).reshape(shape);
  const linear: Surface = (w) => crossEntropy(rows.matmul(part(w, 0, 4, [2, 2])), labels);
  const hidden = (w: Tensor): Tensor => rows.matmul(part(w, 0, 6, [2, 3])).tanh();
  const network: Surface = (w) => crossEntropy(hidden(w).matmul(part(w, 6, 12, [3, 2])), labels);
  const test = (f: Surface, weights: number): number =>
    chordTest(f, (random) => randn([weights], { generator: random }).mul(2), { chords: count, seed }).violations;
  const violations = { linear: test(linear, 4), network: test(network, 12) };
  table(
    ["loss as a function of the weights", `of ${count} chords, below the graph somewhere`],
    [["softmax regression", violations.linear], ["network with 3 hidden units", violations.network]],
  );
  return violations;
}

/** Both level sets have a formula, p(t); its derivative is a tangent, to be compared with the gradient. */
function levelSets(): Record<string, number> {
  const c = 2;
  const sets: readonly [string, Surface, (t: Tensor) => readonly [Tensor, Tensor]][] = [
    ["½(x² + 25y²) = 2", valley, (t) => [t.cos().mul(Math.sqrt(2 * c)), t.sin().mul(Math.sqrt(2 * c) / 5)]],
    ["Rosenbrock = 2", rosenbrock, (t) => {
      const first = t.cos().mul(-Math.sqrt(c)).add(1);
      return [first, first.square().add(t.sin().mul(Math.sqrt(c) / 10))];
    }],
  ];
  const rows = sets.map(([name, f, at]) => {
    const cosines = Array.from({ length: 24 }, (_, k) => {
      const t = tensor(0.1 + (k * Math.PI) / 12, { dtype: "float64", requiresGrad: true });
      const [place, tangent] = [[] as number[], [] as number[]];
      for (const coordinate of at(t)) {
        t.grad = null;
        coordinate.backward(undefined, { retainGraph: true });
        place.push(coordinate.item());
        tangent.push(t.grad!.item());
      }
      const p = exact(place, true);
      f(p).backward();
      const [g, h] = p.grad!.toTypedArray() as Float64Array;
      return Math.abs(g! * tangent[0]! + h! * tangent[1]!) / (Math.hypot(g!, h!) * Math.hypot(...tangent));
    });
    return [name, Math.max(...cosines)] as const;
  });
  table(["level set, at 24 places", "largest |cosine| of the angle"], rows.map(([name, cosine]) => [name, cosine < 1e-12 ? "below 1e-12" : cosine]));
  return Object.fromEntries(rows);
}

interface Path {
  readonly name: string;
  readonly places: readonly (readonly number[])[];
  readonly end: readonly number[];
  readonly loss: number;
}

function path(name: string, f: Surface, start: number[], steps: number, make: (p: Tensor) => Optimizer): Path {
  const p = exact([0, 0], true);
  noGrad(() => assign(p, exact(start)));
  const optimizer = make(p);
  const places = [start];
  for (let step = 0; step < steps; step++) {
    optimizer.zeroGrad();
    f(p).backward();
    optimizer.step();
    places.push(p.toArray() as number[]);
  }
  return { name, places, end: places.at(-1)!, loss: noGrad(() => f(p).item()) };
}

interface Frame {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  /** Bands per factor e of the loss. */
  readonly levels: number;
}

/** Bands of equal loss as stripes, dotted and blank in turn, with each path drawn by a mark of its own. */
function map(f: Surface, { levels, ...frame }: Frame, paths: readonly Path[]): void {
  const [columns, rows] = [72, 21];
  const { losses } = lossLandscape((a, b) => f(exact([a, b])), { ...frame, points: [columns, rows] });
  const band = (loss: number): string => (Math.floor(levels * Math.log(loss + 1e-9)) % 2 === 0 ? "·" : " ");
  const picture = losses.map((row) => row.map(band));
  const cell = (value: number, [from, to]: readonly [number, number], count: number): number =>
    Math.round(((value - from) / (to - from)) * (count - 1));
  const marks = ["●", "○"];
  paths.forEach(({ places }, i) => {
    for (const [a, b] of places) {
      const row = picture[cell(b!, frame.y, rows)];
      const column = cell(a!, frame.x, columns);
      if (row?.[column] !== undefined) row[column] = marks[i]!;
    }
  });
  say(picture.reverse().map((row) => row.join("").trimEnd()).join("\n"));
  console.log();
  table(
    ["", "ends at", "loss there"],
    paths.map(({ name, places, end, loss }, i) => [`${marks[i]} ${name}, ${places.length - 1} steps`, vector(end.map((value) => Math.round(1000 * value) / 1000 + 0), 3), loss.toExponential(1)]),
  );
}

/** Three critical points, both valleys with their paths, and the share of definite matrices. */
export function pictures({ paths, definite }: CriticalResult): Pictures {
  const near = (title: string, levels: number[], f: (x: number, y: number) => number): Chart => {
    const grid = lossLandscape(f, { x: [-1, 1], y: [-1, 1], points: 21 });
    return lossContours(grid, { title, levels, width: 170, height: 170, xTitle: "x", yTitle: "y" });
  };
  const ways = (all: readonly Path[], every: number): Record<string, number[][]> =>
    Object.fromEntries(
      all.map(({ name, places }) => [name, places.filter((_, i) => i % every === 0).map(([a, b]) => [a!, b!])]),
    );
  const wide = lossLandscape((a, b) => (a ** 2 + 25 * b ** 2) / 2, { x: [-10, 10], y: [-2.5, 2.5], points: 41 });
  const banana = (a: number, b: number): number => (1 - a) ** 2 + 100 * (b - a ** 2) ** 2;
  const bent = lossLandscape(banana, { x: [-1.6, 1.6], y: [-0.5, 2], points: 80 });
  const map = { width: 480, xTitle: "x", yTitle: "y" };
  return {
    sections: [
      {
        heading: "Three places where the gradient is 0",
        text: "A minimum, a pass along the axes, and a pass across them: its diagonal is (1, 1), and y = −x leads down.",
        chart: sideBySide([
          near("x² + y²: minimum", [0.05, 0.2, 0.45, 0.8, 1.25], (a, b) => a ** 2 + b ** 2),
          near("x² − y²: saddle", [-0.7, -0.4, -0.15, 0, 0.15, 0.4, 0.7], (a, b) => a ** 2 - b ** 2),
          near("½x² + 2xy + ½y²: saddle", [-0.7, -0.4, -0.15, 0, 0.4, 0.9, 1.6], (a, b) => (a ** 2 + b ** 2) / 2 + 2 * a * b),
        ]),
      },
      {
        heading: "A narrow valley",
        text: "Descent jumps from wall to wall; momentum adds up what the steps have in common, and arrives.",
        chart: lossContours(wide, { ...map, trajectory: ways(paths.valley, 1), title: "½(x² + 25y²), 40 steps" }),
      },
      {
        heading: "Rosenbrock's bent valley",
        text: "Its floor is found soon. Following the floor to (1, 1) takes patience: both are still on their way.",
        chart: lossContours(bent, { ...map, log: true, trajectory: ways(paths.rosenbrock, 10), title: "1500 steps" }),
      },
      {
        heading: "Definite matrices are rare",
        text: "The more directions there are, the less often all of them bend the same way.",
        chart: lineChart(
          { definite: Object.values(definite).map((share) => 100 * share) },
          {
            x: Object.keys(definite).map(Number),
            points: Object.entries(definite).map(([n, share]) => [Number(n), 100 * share]),
            xTitle: "size of the matrix",
            yTitle: "definite (%)",
          },
        ),
      },
    ],
  };
}
