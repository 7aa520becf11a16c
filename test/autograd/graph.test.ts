/** What a graph consists of, and how it is named. */
import { describe, expect, test } from "vitest";
import { type Tensor, graph, noGrad, tensor } from "../../src/index";
import { refusal } from "../support/refusal";

const leaf = (values: number | number[] | number[][]): Tensor => tensor(values, { requiresGrad: true });

/** (ŷ − y)² of a line through one point. */
function regression(): { loss: Tensor; names: Record<string, Tensor> } {
  const [w, b] = [leaf([2]), leaf(1)];
  const [x, y] = [tensor([[3]]), tensor([8])];
  const loss = x.squeeze().mul(w).add(b).sub(y).square().sum();
  return { loss, names: { w, b, x, y, loss } };
}

describe("graph", () => {
  test("of linear regression has the nodes mul, add, sub, square, each after its inputs", () => {
    const { loss, names } = regression();
    const { nodes, edges } = graph(loss, { names });
    expect(nodes.filter(({ kind }) => kind === "op").map(({ name }) => name)).toEqual(["mul", "add", "sub", "square", "sum"]);
    const place = new Map(nodes.map(({ id }, i) => [id, i]));
    expect(place.size).toBe(nodes.length);
    for (const { from, to } of edges) expect(place.get(from)!).toBeLessThan(place.get(to)!);
    expect(nodes.at(-1)?.label).toBe("loss");
  });

  test("of logistic regression has the nodes matmul, softmax and log, with their shapes", () => {
    const w = leaf([[1, 2, 3], [4, 5, 6]]);
    const loss = tensor([[1, 2]]).matmul(w).softmax().log().mean().neg();
    const ops = graph(loss).nodes.filter(({ kind }) => kind === "op");
    expect(ops.map(({ name }) => name)).toEqual(["matmul", "softmax", "log", "mean", "neg"]);
    expect(ops.map(({ shape }) => shape)).toEqual([[1, 3], [1, 3], [1, 3], [], []]);
  });

  test("writes formulas with the names it was given, numbers for scalars, shapes for the rest", () => {
    const { loss, names } = regression();
    const ops = graph(loss, { names }).nodes.filter(({ kind }) => kind === "op");
    expect(ops.map(({ label, formula }) => `${label} = ${formula}`)).toEqual([
      "#1 = 3 · w",
      "#2 = #1 + b",
      "#3 = #2 − y",
      "#4 = square(#3)",
      "loss = sum(#4)",
    ]);
    const [first, second] = graph(loss).nodes.filter(({ kind }) => kind === "op");
    expect([first?.formula, second?.formula]).toEqual(["3 · [1]", "#1 + 1"]);
  });

  test("tells leaves from constants, and a tensor that is used twice is one node with two edges", () => {
    const [x, c] = [leaf([1, 2]), tensor([3, 4])];
    const g = graph(x.mul(x).mul(c).add(c).sum());
    expect(g.nodes.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      "leaf1 leaf",
      "op1 op",
      "constant1 constant",
      "op2 op",
      "op3 op",
      "op4 op",
    ]);
    expect(g.edges.slice(0, 2)).toEqual([
      { from: "leaf1", to: "op1", position: 0 },
      { from: "leaf1", to: "op1", position: 1 },
    ]);
    expect(g.edges.filter(({ from }) => from === "constant1")).toHaveLength(2);
  });

  test("of a tensor that no op made, or that was not recorded, is that one node", () => {
    expect(graph(leaf([1, 2])).nodes.map(({ kind }) => kind)).toEqual(["leaf"]);
    const x = leaf(3);
    const { nodes, edges } = graph(noGrad(() => x.square()));
    expect([nodes.map(({ kind, label }) => [kind, label]), edges]).toEqual([[["constant", "9"]], []]);
  });

  test("can still be drawn after backward, with constants reduced to their shapes", () => {
    const { loss, names } = regression();
    loss.backward();
    const formulas = graph(loss, { names }).nodes.filter(({ kind }) => kind === "op").map(({ formula }) => formula);
    expect(formulas).toEqual(["[] · w", "#1 + b", "#2 − [1]", "square(#3)", "sum(#4)"]);
  });

  test("reads derivatives as well: the second derivative of tanh is drawn with its formula", () => {
    const x = leaf(0.5);
    x.tanh().backward(undefined, { createGraph: true });
    expect(String(graph(x.grad!, { names: { x } }))).toContain("tanh(x)");
    expect(graph(x.grad!).nodes.at(-1)?.name).toBe("tanh′");
  });

  test("becomes plain data", () => {
    const { loss, names } = regression();
    const data = JSON.parse(JSON.stringify(graph(loss, { names }))) as { nodes: object[]; edges: object[] };
    expect(data.nodes[0]).toEqual({
      id: "constant1",
      kind: "constant",
      name: "3",
      label: "3",
      formula: "3",
      shape: [],
      dtype: "float32",
    });
    expect(data.edges).toHaveLength(8);
  });

  test("passes over names that are not in it, and refuses what is no tensor", () => {
    const { loss, names } = regression();
    expect(graph(loss, { names: { ...names, other: tensor(1) } }).nodes).toHaveLength(9);
    // @ts-expect-error a number instead of a tensor
    expect(refusal(() => graph(3))).toBe(
      "GradError: graph: not a tensor: 3 (only tensors have a graph); give the result itself",
    );
    // @ts-expect-error a number instead of a tensor
    expect(refusal(() => graph(loss, { names: { x: 3 } }))).toBe(
      "OptionError: graph: a name does not stand for a tensor: x is 3; write { x: tensor }",
    );
    // @ts-expect-error a misspelt option
    expect(refusal(() => graph(loss, { name: {} }))).toMatch(/^OptionError: graph: unknown option: "name"; did you mean "names"/);
  });
});
