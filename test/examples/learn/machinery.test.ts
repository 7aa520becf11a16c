/** The survey's chapters on machinery: optimizers, batches, graphs, autograd, modes, dropout. */
import { expect, test } from "vitest";
import { main as optimizers } from "../../../examples/learn/15-optimizers";
import { main as batches } from "../../../examples/learn/16-batches";
import { main as graphs } from "../../../examples/learn/17-graphs";
import { main as autograd } from "../../../examples/learn/18-autograd";
import { main as modes } from "../../../examples/learn/19-modes";
import { main as dropout } from "../../../examples/learn/20-dropout";
import { chapter } from "../../support/chapter";

test("optimizers: PyTorch's traces, and the steps through the valley", async () => {
  const { result } = await chapter("15-optimizers", optimizers);
  const known: Record<string, number[]> = {
    SGD: [0.9, 0.89, 0.94, 0.94],
    Momentum: [0.9, 0.8, 0.76, 0.724],
    "Momentum, averaged": [0.99, 0.98, 0.976, 0.9724],
    Nesterov: [0.81, 0.71, 0.724, 0.6916],
    "RMSProp, α = 0.9": [0.683772244, 0.650622568, 0.803548501, 0.803548501],
    "RMSProp, α = 0.99": [1e-7, -0.0999999, 0.3490133, 0.3490133],
    AdaGrad: [0.9, 0.8900496281, 0.9345931684, 0.9345931684],
    Adam: [0.900000001, 0.8259189378, 0.8031367529, 0.7844749734],
  };
  expect(Object.keys(result.traces)).toEqual(Object.keys(known));
  for (const [name, path] of Object.entries(known)) {
    path.forEach((value, i) => expect(result.traces[name]![i], name).toBeCloseTo(value, name.endsWith("0.99") ? 7 : 9));
  }
  expect(result.cosine).toBeCloseTo(0.462, 3);
  expect(Object.values(result.valley)).toEqual([439, 113, null, 31, 129]);
  expect(result.afterSpike.RMSProp).toBeCloseTo(0.1, 4);
  expect(result.afterSpike.AdaGrad).toBeLessThan(0.01);
});

test("batches: right on average to 1e-12, ⌈N/B⌉ updates, and a falling rate that settles", { timeout: 120_000 }, async () => {
  const { result } = await chapter("16-batches", batches);
  for (const { bias } of result.gradients) expect(bias).toBeLessThan(1e-12);
  expect(result.updates).toEqual([1000, 10, 4]);
  for (const [name, [first, second]] of Object.entries(result.orders)) {
    const same = JSON.stringify(first) === JSON.stringify(second);
    expect(same, name).toBe(name !== "epoch");
    for (const order of [first!, second!]) expect(order.toSorted().join("")).toBe("0123456789");
  }
  const last = Object.values(result.losses);
  expect(last[3]).toBeLessThan(last[2]!);
  expect(last[2]).toBeLessThan(last[0]!);
  result.rates.forEach((rate, i) => expect(rate).toBeCloseTo([0.01, 0.001, 0.0001][i]!, 12));
});

test("graphs: the nodes of linear and logistic regression, and three ways to one gradient", async () => {
  const { result } = await chapter("17-graphs", graphs);
  expect(result.linear).toEqual(["mul", "mul", "add", "sub", "square"]);
  expect(result.logistic).toEqual(["matmul", "softmax", "log", "mul", "sum", "neg"]);
  expect(result.mermaid).toMatch(/^flowchart/);
  expect(result.distance).toBeLessThan(1e-12);
});

test("autograd: leaves, accumulation, dynamic graphs, detach, and two refusals", async () => {
  const { result } = await chapter("18-autograd", autograd);
  const said = (text: string): string => result.lines.find((line) => line.includes(text))!;
  expect(said("two paths added")).toMatch(/ 6$/);
  expect(said("it accumulates")).toMatch(/ 12$/);
  expect(said("leaves only")).toMatch(/ null$/);
  expect(said("counts as a constant")).toMatch(/ 3$/);
  expect(result.lines.filter((line) => line.includes("GradError:"))).toHaveLength(2);
});

test("modes: half strength at 1.334 and 2.4375 by the formula, 1.336 and 2.439 in training", { timeout: 120_000 }, async () => {
  const { result } = await chapter("19-modes", modes);
  expect(result.halves.map(({ formula }) => formula.toFixed(4))).toEqual(["1.3343", "2.4375"]);
  expect(result.halves.map(({ trained }) => trained.toFixed(3))).toEqual(["1.336", "2.439"]);
  result.trained.forEach((at, step) => expect(Math.abs(at[0]! - result.formula[0]![step]!)).toBeLessThan(0.02));
  expect(result.crosstalk).toBeLessThan(1e-9);
  expect(result.rebuilt).toBeLessThan(1e-10);
  expect(result.found.map((value) => Math.abs(Number(value.toFixed(8))))).toEqual([3, 1.5, 0]);
});

test("dropout: the mean stays, the gradient has the same mask, and unseen digits gain", { timeout: 120_000 }, async () => {
  const { result } = await chapter("20-dropout", dropout);
  expect(Math.abs(result.mean - 1)).toBeLessThan(0.01);
  expect(result.evaluated).toBe(1);
  expect(result.sameMask).toBe(true);
  const [plain, , wide] = result.runs;
  expect(wide!.loss).toBeLessThan(plain!.loss);
});
