/**
 * XOR: a 2-3-2 network learns the four corners, then one training step of the LEGO network is worked number by number.
 */
import { Adam, Linear, Sequential, Sigmoid, type Tensor, assign, crossEntropy, manualSeed, noGrad, tensor } from "gradkit";
import { RandomState } from "./support/numpy";
import { type OptionsOf, defineOptions, withDefaults } from "./support/options";

export const options = defineOptions({
  steps: { about: "updates, each on all four corners", default: 1000, rule: { integer: true, min: 1 } },
  hidden: { about: "hidden neurons", default: 3, rule: { integer: true, min: 1 } },
  lr: { about: "learning rate of Adam", default: 0.05, rule: { above: 0 } },
  seed: { about: "seed of the random start", default: 1, rule: { integer: true, min: 0 } },
});

/** What the example found. */
export interface XorResult {
  /** Cross-entropy after training, in nats. */
  readonly loss: number;
  /** The class predicted for (0,0), (0,1), (1,0), (1,1). */
  readonly predicted: readonly number[];
  /** Loss of the worked step before and after. */
  readonly lego: readonly [number, number];
}

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<XorResult> {
  const settings = withDefaults("xor", options, given);
  const { loss, predicted } = learnCorners(settings);
  return { loss, predicted, lego: workedStep() };
}

function learnCorners({ steps, hidden, lr, seed }: OptionsOf<typeof options>): Pick<XorResult, "loss" | "predicted"> {
  manualSeed(seed);
  const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]);
  const y = tensor([0, 1, 1, 0]);
  const model = new Sequential(new Linear(2, hidden), new Sigmoid(), new Linear(hidden, 2));
  const optimizer = new Adam(model.parameters(), { lr });
  console.log(`The four corners, 2-${hidden}-2 with biases, ${steps} steps of Adam (lr ${lr}, seed ${seed})\n`);

  for (let step = 0; step <= steps; step++) {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(x), y);
    if (step % Math.ceil(steps / 5) === 0) console.log(`  step ${String(step).padStart(5)}   loss ${loss.item().toFixed(6)}`);
    if (step === steps) break;
    loss.backward();
    optimizer.step();
  }

  const logits = noGrad(() => model.forward(x));
  const probabilities = logits.softmax({ axis: 1 }).toArray() as number[][];
  const predicted = logits.argmax({ axes: 1 }).toArray() as number[];
  console.log("\n  x₁  x₂  x₁ xor x₂  predicted  p(1)");
  (x.toArray() as number[][]).forEach(([a, b], i) => {
    console.log(`   ${a}   ${b}      ${y.toArray()[i as never]}          ${predicted[i]}      ${probabilities[i]![1]!.toFixed(4)}`);
  });
  const right = predicted.filter((value, i) => value === [0, 1, 1, 0][i]).length;
  console.log(`\n  ${right} of 4 corners right, loss ${crossEntropy(logits, y).item().toFixed(6)}\n`);
  return { loss: crossEntropy(logits, y).item(), predicted };
}

/** One step of the bias-free 2-3-2 network from "One LEGO at a time", with every intermediate number. */
function workedStep(): [number, number] {
  const random = new RandomState(2017);
  const draw = (rows: number, columns: number): Tensor =>
    tensor(
      Float64Array.from(random.rand(rows * columns), (u) => (2 * u - 1) / Math.sqrt(rows)),
      { shape: [rows, columns] },
    );
  const w1 = draw(2, 3);
  const w2 = draw(3, 2);
  w1.requiresGrad = w2.requiresGrad = true;
  const x = tensor(Float64Array.from(new RandomState(0).randn(2)), { shape: [1, 2] });
  const y = tensor([[1, 0]], { dtype: "float64" }); // class 0
  const lr = 0.001;

  const forward = (): Record<"z1" | "h1" | "z2" | "h2" | "loss", Tensor> => {
    const z1 = x.matmul(w1);
    const h1 = z1.sigmoid();
    const z2 = h1.matmul(w2);
    const h2 = z2.sigmoid();
    return { z1, h1, z2, h2, loss: y.sub(h2).square().sum().mul(0.5) };
  };

  console.log("One step of the LEGO network, 2-3-2 without biases, by hand (float64, lr 0.001)\n");
  const { z1, h1, z2, h2, loss } = forward();
  loss.backward();
  const g1 = w1.grad!;
  const g2 = w2.grad!;
  const dh2 = h2.sub(y).detach();
  const slope2 = h2.mul(h2.mul(-1).add(1)).detach();
  const dz2 = dh2.mul(slope2);
  const dh1 = dz2.matmul(w2.transpose()).detach();
  const slope1 = h1.mul(h1.mul(-1).add(1)).detach();
  const rows: readonly (readonly [string, Tensor])[] = [
    ["x", x],
    ["W1", w1],
    ["W2", w2],
    ["z1 = x·W1", z1],
    ["h1 = σ(z1)", h1],
    ["z2 = h1·W2", z2],
    ["h2 = σ(z2)", h2],
    ["L = ½Σ(y−h2)²", loss],
    ["dL/dh2", dh2],
    ["σ′(z2)", slope2],
    ["dL/dz2", dz2],
    ["dL/dW2", g2],
    ["dL/dh1", dh1],
    ["σ′(z1)", slope1],
    ["dL/dW1", g1],
  ];
  for (const [name, value] of rows) show(name, value);
  noGrad(() => [w1, w2].forEach((w) => assign(w, w.sub(w.grad!.mul(lr)))));
  show("W2 after", w2);
  show("W1 after", w1);
  const after = noGrad(forward).loss;
  show("L after", after);
  return [loss.item(), after.item()];
}

function show(name: string, value: Tensor): void {
  const digits = value.rank === 0 ? 10 : 8;
  const rows = value.rank === 2 ? (value.toArray() as number[][]) : [[value.item()]];
  rows.forEach((row, i) => {
    const label = (i === 0 ? name : "").padEnd(14);
    console.log(`  ${label} ${row.map((v) => v.toFixed(digits).padStart(digits + 4)).join("")}`);
  });
}
