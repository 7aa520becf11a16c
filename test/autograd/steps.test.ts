/** Stepping through a graph shows the forward and the backward pass with their numbers, and changes nothing. */
import { describe, expect, test } from "vitest";
import { type Tensor, assign, graph, noGrad, tensor } from "../../src/index";
import { refusal } from "../support/refusal";

const leaf = (values: number | number[]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });

describe("steps", () => {
  test("go forward op by op, then backward edge by edge, with the sum of several paths", () => {
    const x = leaf(3);
    const y = x.square().mul(x);
    expect(graph(y, { names: { x, y } }).steps().map(({ text }) => text)).toEqual([
      "#1 = square(x) = 9",
      "y = #1 · x = 27",
      "∂y/∂y = 1",
      "∂y/∂#1 = 3, through y",
      "∂y/∂x = 9, through y",
      "∂y/∂x += 18, through #1, in all 27",
    ]);
    expect([x.grad, y.item()]).toEqual([null, 27]);
  });

  test("give their tensors and where they belong", () => {
    const [w, x] = [leaf([1, 2]), tensor([3, 4], { dtype: "float64" })];
    const loss = w.mul(x).sum();
    const steps = graph(loss, { names: { w, x, loss } }).steps();
    const [product, total, start, down, last] = steps;
    expect(steps).toHaveLength(5);
    expect(product).toMatchObject({ pass: "forward", vertex: { name: "mul", shape: [2] } });
    if (product?.pass !== "forward" || total?.pass !== "forward") throw new Error("expected the forward pass first");
    expect([product.value.toArray(), total.value.item()]).toEqual([[3, 8], 11]);
    if (start?.pass !== "backward" || down?.pass !== "backward" || last?.pass !== "backward") throw new Error("then backward");
    expect([start.from, start.to.label, start.gradient.item()]).toEqual([null, "loss", 1]);
    expect([down.from?.label, down.to.label, down.position, down.gradient.toArray()]).toEqual(["loss", "#1", 0, [1, 1]]);
    expect([last.to.label, last.gradient.toArray(), last.total.toArray()]).toEqual(["w", [3, 4], [3, 4]]);
  });

  test("show the gradient summed back to the shape that was broadcast", () => {
    const one = leaf(2);
    const loss = one.mul([1, 2, 3]).sum();
    expect(graph(loss, { names: { one, loss } }).steps().at(-1)?.text).toBe("∂loss/∂one = 6, through #1");
  });

  test("start from a gradient where the tensor has several elements", () => {
    const x = leaf([1, 2]);
    const y = x.square();
    const names = { x, y };
    expect(graph(y, { names }).steps([1, 10]).at(-1)?.text).toBe("∂y/∂x = [2, 40], through y");
    expect(refusal(() => graph(y).steps())).toMatch(/^GradError: graph.steps: not a single element: \[2\]/);
  });

  test("can be taken again, inside noGrad too, and leave the graph to backward", () => {
    const x = leaf(3);
    const y = x.square();
    const drawn = graph(y);
    const first = drawn.steps().map(({ text }) => text);
    expect(noGrad(() => drawn.steps()).map(({ text }) => text)).toEqual(first);
    y.backward();
    expect(x.grad?.item()).toBe(6);
  });

  test("of a leaf are its own gradient, of a constant likewise", () => {
    expect(graph(leaf(3)).steps().map(({ text }) => text)).toEqual(["∂3/∂3 = 1"]);
  });

  test("show large tensors by their shape", () => {
    const x = tensor(new Float32Array(20), { requiresGrad: true });
    const loss = x.add(1).sum();
    expect(graph(loss, { names: { x } }).steps()[0]?.text).toBe("#1 = x + 1 = float32 [20]");
  });

  test("are refused once the graph is freed, or an input changed", () => {
    const x = leaf(3);
    const y = x.square();
    const drawn = graph(y);
    y.backward();
    expect(refusal(() => drawn.steps())).toMatch(/^GradError: graph.steps: the graph was freed: at square/);
    const z = x.square();
    assign(x, tensor(4, { dtype: "float64" }));
    expect(refusal(() => graph(z).steps())).toMatch(/^GradError: graph.steps: an input was changed in place/);
  });

  test("walk a chain of 5,000 ops", () => {
    let y = leaf(1);
    for (let i = 0; i < 5_000; i++) y = y.mul(1);
    expect(graph(y).steps()).toHaveLength(10_001);
  });
});
