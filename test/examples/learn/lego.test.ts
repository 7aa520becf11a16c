/** The chapters on the LEGO article: its step to all printed digits, its theorem, and its explosion. */
import { expect, test } from "vitest";
import { main as lego, pictures } from "../../../examples/learn/02-lego";
import { main as explosion } from "../../../examples/learn/03-explosion";
import { chapter } from "../../support/chapter";

test("lego: every stage of the step has the article's digits, and no biases means no XOR", { timeout: 120_000 }, async () => {
  const { result } = await chapter("02-lego", lego);
  const { stages, identity, accuracies } = result;
  const known: Record<string, number[][]> = {
    x: [[1.76405235, 0.40015721]],
    W1: [[-0.67746455, 0.37769425, -0.07365253], [-0.53663519, 0.60920496, 0.21149622]],
    W2: [[-0.41491732, -0.30992816], [-0.31583913, -0.27706468], [-0.44701662, 0.15231059]],
    z1: [[-1.40982136, 0.91005018, -0.04529517]],
    h1: [[0.19626223, 0.71301043, 0.48867814]],
    z2: [[-0.52507645, -0.18394635]],
    h2: [[0.37166596, 0.45414264]],
    "dL/dh2": [[-0.62833404, 0.45414264]],
    "σ′(z2)": [[0.23353037, 0.2478971]],
    "dL/dz2": [[-0.14673508, 0.11258065]],
    "dL/dW2": [[-0.02879856, 0.02209533], [-0.10462365, 0.08027117], [-0.07170623, 0.0550157]],
    "dL/dh1": [[0.02599101, 0.01515256, 0.08274025]],
    "σ′(z1)": [[0.15774337, 0.20462656, 0.24987182]],
    "dL/dW1": [[0.00723246, 0.00546965, 0.03647082], [0.00164061, 0.00124073, 0.00827303]],
    "W2 after": [[-0.41488852, -0.30995026], [-0.31573451, -0.27714495], [-0.44694491, 0.15225557]],
    "W1 after": [[-0.67747178, 0.37768878, -0.073689], [-0.53663683, 0.60920372, 0.21148795]],
  };
  for (const [name, rows] of Object.entries(known)) {
    const found = stages[name]!.flat();
    expect(found, name).toHaveLength(rows.flat().length);
    rows.flat().forEach((value, i) => expect(Math.abs(found[i]! - value), name).toBeLessThanOrEqual(0.51e-8));
  }
  expect(stages.L![0]![0]).toBeCloseTo(0.3005246039, 10);
  expect(stages["L after"]![0]![0]).toBeCloseTo(0.300496244, 10);
  expect(identity).toBeLessThan(5e-15);
  expect(accuracies["tanh, no biases"]).toBe(0.5);
  expect(accuracies["sigmoid, no biases"]).toBeLessThan(0.6);
  expect(accuracies["sigmoid, biases"]).toBeGreaterThan(0.95);
  expect(accuracies["ReLU, no biases"]).toBeGreaterThan(0.97);
  const histories = Object.fromEntries(result.runs.map(({ name, history }) => [name, history]));
  expect(histories["sigmoid, biases"]!.map(({ step }) => step)).toEqual(Array.from({ length: 61 }, (_, i) => 25 * i));
  expect(histories["sigmoid, biases"]!.at(-1)!.loss).toBeLessThan(0.05);
  expect(histories["sigmoid, no biases"]!.at(-1)!.loss).toBeGreaterThan(0.69); // never better than saying the same everywhere
  expect(pictures(result).film!.frames).toHaveLength(61);
});

test("explosion: the slip's gradients, and the same lr × updates at every rate", { timeout: 120_000 }, async () => {
  const { result } = await chapter("03-explosion", explosion);
  const { slip, runs, decay } = result;
  [0.1383199, 0.0379768].forEach((value, i) => expect(slip.article[i]).toBeCloseTo(value, 7));
  [-0.060514, -0.0702903].forEach((value, i) => expect(slip.right[i]).toBeCloseTo(value, 7));
  const [fast, slow, right] = runs;
  expect(fast!.nonFinite! * fast!.lr).toBeCloseTo(30, 0);
  expect(slow!.nonFinite! * slow!.lr).toBeCloseTo(29.9, 0);
  expect(slow!.nonFinite! / fast!.nonFinite!).toBeCloseTo(2, 1);
  expect(right!.nonFinite).toBeNull();
  expect(right!.losses[1]).toBeLessThan(right!.losses[0]);
  expect(decay).toBeCloseTo(117.4, 1);
});
