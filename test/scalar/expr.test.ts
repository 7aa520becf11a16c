/** Scalar expressions: small constants fold, shared parts stay shared, and no depth is too deep. */
import { describe, expect, test } from "vitest";
import * as s from "../../src/scalar/expr";

const [x, y] = [s.input(0), s.input(1)];

describe("expressions", () => {
  test("leave out factors and divisors of 1", () => {
    expect([s.mul(s.one, x), s.mul(x, s.one), s.div(x, s.one)]).toEqual([x, x, x]);
  });

  test("write small constant powers as products and quotients", () => {
    const texts = [0, 1, 2, 3, -1, 0.5].map((power) => s.showExpr(s.pow(x, s.constant(power))));
    expect(texts).toEqual(["1", "x0", "(x0 · x0)", "((x0 · x0) · x0)", "(1 / x0)", "pow(x0, 0.5)"]);
  });

  test("name the inputs they read, in rising order", () => {
    expect(s.inputsOf(s.add(s.input(3), s.mul(s.input(1), s.input(3))))).toEqual([1, 3]);
    expect(s.inputsOf(s.constant(2))).toEqual([]);
    expect(s.input(20)).toEqual({ kind: "input", index: 20 });
  });

  test("list arguments before their users, each node once", () => {
    const shared = s.exp(x);
    const root = s.add(shared, s.mul(shared, y));
    const order = s.topological(root);
    expect(order).toHaveLength(5);
    order.forEach((node, i) => {
      if (node.kind === "apply") node.args.forEach((arg) => expect(order.indexOf(arg)).toBeLessThan(i));
    });
    expect(order.at(-1)).toBe(root);
  });

  test("list the nodes of several roots together", () => {
    const shared = s.exp(x);
    expect(s.topological(s.neg(shared), s.abs(shared))).toHaveLength(4);
  });

  test("replace inputs and keep shared parts shared", () => {
    const shared = s.exp(x);
    const replaced = s.substitute(s.add(shared, shared), () => y);
    expect(s.showExpr(replaced)).toBe("(exp(x1) + exp(x1))");
    expect(s.topological(replaced)).toHaveLength(3);
  });

  test("may be a hundred thousand functions deep", () => {
    let deep: s.Expr = x;
    for (let i = 0; i < 100_000; i++) deep = s.add(deep, y);
    expect(s.topological(deep)).toHaveLength(100_002);
    expect(s.inputsOf(s.substitute(deep, (i) => s.input(1 - i)))).toEqual([0, 1]);
  });

  test("are written in the usual notation with given names", () => {
    const text = s.showExpr(s.select(s.lessEqual(x, s.zero), s.zero, s.tanh(y)), (i) => ["a", "b"][i]!);
    expect(text).toBe("select((a ≤ 0), 0, tanh(b))");
  });
});
