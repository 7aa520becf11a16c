/** Autograd: what is recorded, what backward fills, what it adds up, and what it refuses. */
import {
  GradkitError,
  Parameter,
  SGD,
  type Tensor,
  graph,
  graphChart,
  noGrad,
  sideBySide,
  slopeChart,
  tensor,
} from "gradkit";
import { say, section } from "../support/text";
import type { Pictures } from "../support/pictures";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  value: { about: "the number that x holds", default: 3, type: "number" },
});

/** What the chapter found, line by line. */
export interface AutogradResult {
  readonly lines: readonly string[];
  /** The number that x held. */
  readonly value: number;
}

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<AutogradResult> {
  const { value } = withDefaults("autograd", options, given);
  const lines: string[] = [];
  const tell = (what: string, shown: unknown): void => {
    lines.push(`${what.padEnd(58)} ${String(shown)}`.trimEnd());
    say(lines.at(-1)!);
  };
  section("What is recorded");
  recorded(value, tell);
  section("What backward fills");
  filled(value, tell);
  section("The graph is made anew by each forward pass");
  dynamic(tell);
  section("Outside the graph");
  outside(value, tell);
  section("What is refused, and in which words");
  refused(tell);
  return { lines, value };
}

type Tell = (what: string, shown: unknown) => void;

const leaf = (value: number): Tensor => tensor(value, { requiresGrad: true });

function recorded(value: number, tell: Tell): void {
  const [w, x] = [leaf(2), tensor(value)];
  const y = w.mul(x);
  tell("w = tensor(2, { requiresGrad: true }); w.gradFn", w.gradFn);
  tell("y = w.mul(x); y.gradFn !== null", y.gradFn !== null);
  tell("x.requiresGrad, y.requiresGrad: contagious", `${x.requiresGrad}, ${y.requiresGrad}`);
  tell("w.isLeaf, y.isLeaf", `${w.isLeaf}, ${y.isLeaf}`);
  tell("new Parameter([1]).requiresGrad: a weight is such a tensor", new Parameter([1]).requiresGrad);
}

function filled(value: number, tell: Tell): void {
  const x = leaf(value);
  const square = x.mul(x); // two paths from x
  const y = square.add(1);
  y.backward();
  tell("y = x·x + 1; y.backward(); x.grad = 2x, two paths added", x.grad!.item());
  tell("the middle tensor's .grad: leaves only", square.grad);
  x.mul(x).backward();
  tell("another backward: it accumulates", x.grad!.item());
  const optimizer = new SGD([x], { lr: 0.1 });
  optimizer.zeroGrad();
  tell("optimizer.zeroGrad(); x.grad", x.grad);
  x.mul(x).backward();
  optimizer.step();
  tell("backward, optimizer.step(): x − 0.1·2x", Number(x.item().toFixed(4)));
}

/** x·x·…·x by a loop, so that each count of factors makes a graph of its own. */
function power(x: Tensor, times: number): Tensor {
  let product = x;
  for (let i = 1; i < times; i++) product = product.mul(x);
  return product;
}

function dynamic(tell: Tell): void {
  for (const times of [1, 2, 5]) {
    const x = leaf(2);
    power(x, times).backward();
    tell(`a loop of ${times} factors at x = 2: slope ${times}·2^${times - 1}`, x.grad!.item());
  }
}

function outside(value: number, tell: Tell): void {
  const x = leaf(value);
  const cut = x.detach();
  tell("x.detach(): the same value, no history", `${cut.item()}, ${cut.requiresGrad}`);
  x.mul(x.detach()).backward();
  tell("x · x.detach(): the second factor counts as a constant", x.grad!.item());
  tell("noGrad(() => x.mul(2)).requiresGrad", noGrad(() => x.mul(2)).requiresGrad);
}

function refused(tell: Tell): void {
  const attempt = (what: string, run: () => void): void => {
    try {
      run();
      tell(what, "works");
    } catch (error) {
      if (!(error instanceof GradkitError)) throw error;
      tell(what, "");
      tell(`  ${error.name}: ${error.message}`, "");
    }
  };
  const x = tensor([1, 2], { requiresGrad: true });
  // @ts-expect-error the compiler sees it too
  attempt("backward from two elements", () => x.mul(2).backward());
  attempt("backward from two elements with a gradient", () => x.mul(2).backward([1, 1]));
  const y = x.square().sum();
  y.backward();
  attempt("backward twice through one graph", () => y.backward());
  const z = x.square().sum();
  z.backward(undefined, { retainGraph: true });
  attempt("the same with { retainGraph: true } before", () => z.backward());
}

/** Graphs in which one leaf is read more than once, and the slopes of three loops. */
export function pictures({ value }: AutogradResult): Pictures {
  const [x, base] = [leaf(value), leaf(2)];
  const y = x.mul(x).add(1);
  const both = graphChart(graph(y, { names: { [`x = ${value}`]: x, y } }), { title: "y = x·x + 1" });
  const product = power(base, 5);
  const loop = graphChart(graph(product, { names: { "x = 2": base, "x⁵": product } }), { title: "x·x·x·x·x" });
  const size = { from: 0, to: 3, width: 190, height: 190 };
  const slopes = [1, 2, 5].map((times) => slopeChart((at) => power(at, times), [2], { ...size, title: `Slope ${times * 2 ** (times - 1)}` }));
  return {
    sections: [
      {
        heading: "What the forward pass recorded",
        text:
          "Two paths lead from x to the product. Each brings its factor, and the leaf gets the sum of both: 2x. " +
          "Below, what a loop of five factors recorded: every product reads the result of the one before, and x again.",
        chart: sideBySide([both, loop], { columns: 1 }),
      },
      {
        heading: "Loops of one, two and five factors at x = 2",
        text: "Each forward pass makes its own graph, so a loop may have any length, and the slope is that of what has run.",
        chart: sideBySide(slopes),
      },
    ],
  };
}
