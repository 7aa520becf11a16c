/** The calculus of scalars, held against central differences: every function, and random expressions of them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scalars } from "../support/scalars";
import { type Derivative, derive } from "../../src/scalar/derive";
import * as s from "../../src/scalar/expr";

/** The value of an expression at a point. */
function valueOf(expr: s.Expr, inputs: readonly number[]): number {
  const values = new Map<s.Expr, number>();
  for (const node of s.topological(expr)) {
    if (node.kind === "input") values.set(node, inputs[node.index]!);
    else if (node.kind === "const") values.set(node, node.value);
    else {
      const [a = 0, b = 0, c = 0] = node.args.map((arg) => values.get(arg)!);
      values.set(node, scalars[node.op](a, b, c));
    }
  }
  return values.get(expr)!;
}

/** A derivative at a point, for the gradient 1 of the result. */
function slopeOf({ expr, reads }: Derivative, root: s.Expr, inputs: readonly number[]): number {
  const all = [...inputs, 1, valueOf(root, inputs)];
  return valueOf(expr, reads.map((at) => all[at]!));
}

function measured(expr: s.Expr, inputs: readonly number[], which: number): number {
  const h = 1e-5;
  return (
    (valueOf(expr, inputs.with(which, inputs[which]! + h)) - valueOf(expr, inputs.with(which, inputs[which]! - h))) /
    (2 * h)
  );
}

function expectSlopes(expr: s.Expr, inputs: readonly number[]): void {
  derive(expr, inputs.length).forEach((derivative, i) => {
    const [claimed, found] = [slopeOf(derivative, expr, inputs), measured(expr, inputs, i)];
    expect(Math.abs(claimed - found), `∂${i} of ${s.showExpr(expr)} at ${inputs}: ${claimed}, measured ${found}`)
      .toBeLessThanOrEqual(2e-5 * Math.max(1, Math.abs(found)));
  });
}

/** Where each function is defined and smooth, beyond the usual [−2, 2] away from 0. */
const domain: Partial<Record<s.ScalarOp, readonly [number, number]>> = {
  log: [0.2, 3],
  log1p: [-0.8, 3],
  sqrt: [0.2, 3],
  tan: [-1.2, 1.2],
  pow: [0.2, 2],
  floor: [0.1, 0.9],
  ceil: [0.1, 0.9],
  round: [0.6, 1.4],
};

const ops = Object.keys(s.ARITY) as s.ScalarOp[];

describe("the derivative", () => {
  test.each(ops)("of %s agrees with central differences", (op) => {
    const [min, max] = domain[op] ?? [-2, 2];
    const number = fc.double({ min, max, noNaN: true }).filter((x) => Math.abs(x) > 0.05);
    const args = Array.from({ length: s.ARITY[op] }, (_, i) => s.input(i));
    const point = fc.tuple(...args.map(() => number));
    const expr: s.Expr = { kind: "apply", op, args };
    fc.assert(
      fc.property(point, (inputs) => {
        const [a = 0, b = 1] = inputs;
        fc.pre(op === "select" || s.ARITY[op] < 2 || Math.abs(a - b) > 0.01);
        expectSlopes(expr, inputs);
      }),
      { numRuns: 50 },
    );
  });

  test("of random expressions agrees with central differences", () => {
    const smooth = ["neg", "exp", "expm1", "sin", "cos", "tanh", "sigmoid", "softplus", "erf", "add", "sub", "mul"] as const;
    const { expr } = fc.letrec<{ expr: s.Expr; leaf: s.Expr; node: s.Expr }>((tie) => ({
      expr: fc.oneof({ maxDepth: 4, depthIdentifier: "expr" }, tie("leaf"), tie("node")),
      leaf: fc.oneof(
        fc.constantFrom<s.Expr>(s.input(0), s.input(1), s.input(2)),
        fc.double({ min: -2, max: 2, noNaN: true }).map(s.constant),
      ),
      node: fc.constantFrom(...smooth).chain((op) => fc
        .tuple(...Array.from({ length: s.ARITY[op] }, () => tie("expr")))
        .map((args): s.Expr => ({ kind: "apply", op, args }))),
    }));
    const unit = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(expr, fc.tuple(unit, unit, unit), (root, inputs) => {
        fc.pre(Math.abs(valueOf(root, inputs)) < 1e3);
        expectSlopes(root, inputs);
        for (const { expr: first, reads } of derive(root, 3)) {
          const all = [...inputs, 1, valueOf(root, inputs)];
          const at = reads.map((read) => all[read]!);
          fc.pre(Math.abs(valueOf(first, at)) < 1e3);
          expectSlopes(first, at);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("adds up what comes back along several ways", () => {
    const x = s.input(0);
    const shared = s.exp(x);
    expectSlopes(s.add(s.mul(shared, x), shared), [0.7]);
    expectSlopes(s.mul(x, x), [3]);
  });

  test("reads the result where that is cheaper than computing again, and nothing that it does not need", () => {
    const x = s.input(0);
    expect(derive(s.tanh(x), 1)[0]!.reads).toEqual([1, 2]);
    expect(derive(s.sin(x), 1)[0]!.reads).toEqual([0, 1]);
    expect(derive(s.add(x, s.input(1)), 2).map(({ expr, reads }) => [expr, reads])).toEqual([
      [s.input(0), [2]],
      [s.input(0), [2]],
    ]);
  });

  test("is zero, in the shape of the gradient, where nothing depends on the input", () => {
    const [first, second] = derive(s.floor(s.input(0)), 2);
    expect([first, second]).toEqual([
      { expr: s.zero, reads: [2] },
      { expr: s.zero, reads: [2] },
    ]);
  });

  test("is derived once for each expression", () => {
    const expr = s.exp(s.input(0));
    expect(derive(expr, 1)).toBe(derive(expr, 1));
  });

  test("counts inputs anew where an expression is read with more of them", () => {
    expect(derive(s.input(0), 1).map(({ reads }) => reads)).toEqual([[1]]);
    expect(derive(s.input(0), 3).map(({ reads }) => reads)).toEqual([[3], [3], [3]]);
  });
});

describe("the corners", () => {
  test("pow to the power 0 has a flat base, whose slope grows as the power does: ∂²aᵇ/∂a∂b = 1/a", () => {
    const root = s.pow(s.input(0), s.input(1));
    const base = derive(root, 2)[0]!;
    expect([0, 2, NaN].map((a) => slopeOf(base, root, [a, 0]))).toEqual([0, 0, 0]);
    expect(base.reads).toEqual([0, 1, 2]);
    const mixed = derive(base.expr, 3)[1]!;
    expect(slopeOf(mixed, base.expr, [2, 0, 1])).toBe(0.5);
  });

  const slope = (build: (x: s.Expr) => s.Expr, x: number): number => {
    const root = build(s.input(0));
    return slopeOf(derive(root, 1)[0]!, root, [x]);
  };

  test("are those that the ops promise", () => {
    expect(slope(s.abs, 0)).toBe(0);
    expect(slope(s.sqrt, 0)).toBe(Infinity);
    expect(slope((x) => s.maximum(x, s.constant(1)), 1)).toBe(0.5);
    expect(slope((x) => s.minimum(x, s.constant(1)), 1)).toBe(0.5);
    expect(slope((x) => s.pow(x, s.constant(0)), 0)).toBe(0);
    expect(slope((x) => s.pow(x, s.constant(1)), 0)).toBe(1);
    expect(slope((x) => s.pow(x, s.constant(0.5)), 0)).toBe(Infinity);
    expect(slope((x) => s.pow(s.constant(0), x), 2)).toBe(0);
    expect(slope((x) => s.pow(s.constant(0), x), 0)).toBe(0);
    expect(slope((x) => s.select(x, x, s.exp(x)), 0)).toBe(1);
  });

  test.each([800, -800, Infinity, -Infinity])("keep saturating functions flat at %d", (x) => {
    const flat = [
      slope(s.tanh, x),
      slope(s.sigmoid, x),
      slope(s.erf, x),
      slope(s.softplus, x),
      slope(s.expm1, -Math.abs(x)),
    ];
    expect(flat.map(Math.abs)).toEqual([0, 0, 0, x > 0 ? 1 : 0, 0]);
  });
});
