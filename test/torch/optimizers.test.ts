/** Optimizers walk where PyTorch's walk, step by step; clipping and schedules give its numbers. */
import { describe, expect, test } from "vitest";
import { ReduceOnPlateau, SGD, Tensor, tensor } from "../../src/index";
import { type Given, type Nearness, type Values, call, casesOf, construct, expectNear, numbersOf, tensorOf, titleOf } from "../support/torch";

interface Walk {
  readonly says: string;
  readonly optimizer: string;
  readonly options: object;
  /** The options of each parameter's own group. */
  readonly groups?: readonly object[];
  /** Learning rates set before a step. */
  readonly lrs?: Readonly<Record<string, number>>;
  readonly parameters: readonly Given[];
  /** Either the gradients of every step, or a bowl ½ Σ curvature·(p − minimum)² to walk down. */
  readonly gradients?: readonly (readonly Values[])[];
  readonly bowl?: { readonly curvature: readonly number[]; readonly minimum: readonly number[] };
  readonly expect: readonly (Nearness & { readonly after: readonly (readonly Values[])[] })[];
}

interface Optimizer {
  lr: number;
  step(): void;
  zeroGrad(): void;
}

function walk(told: Walk, expected: Walk["expect"][number]): void {
  const parameters = told.parameters.map((one) => tensorOf(one, expected.in, true));
  const groups = told.groups?.map((options, k) => ({ params: [parameters[k]!], ...options }));
  const optimizer = construct(told.optimizer, groups ?? parameters, told.options) as Optimizer;
  expected.after.forEach((after, step) => {
    const lr = told.lrs?.[String(step)];
    if (lr !== undefined) optimizer.lr = lr;
    if (told.bowl === undefined) {
      parameters.forEach((p, k) => {
        p.grad = tensorOf({ shape: p.shape, data: told.gradients![step]![k]! }, expected.in);
      });
    } else {
      const [curvature, minimum] = [told.bowl.curvature, told.bowl.minimum];
      const away = parameters[0]!.sub(tensor(minimum, { dtype: expected.in }));
      optimizer.zeroGrad();
      away.square().mul(tensor(curvature, { dtype: expected.in })).sum().mul(0.5).backward();
    }
    optimizer.step();
    parameters.forEach((p, k) => {
      expect(p.dtype, "the parameter's dtype").toBe(expected.in);
      expectNear(`parameter ${k} after step ${step + 1}`, p, numbersOf(after[k]!, p.size), expected);
    });
  });
}

describe("optimizers", () => {
  for (const told of casesOf<Walk>("optimizers")) {
    for (const expected of told.expect) test(titleOf(told, expected), () => walk(told, expected));
  }
});

interface Clip {
  readonly says: string;
  readonly call: readonly [string, number, object?];
  readonly gradients: readonly Given[];
  readonly expect: readonly (Nearness & { readonly norm?: number; readonly after: readonly Values[] })[];
}

function clip(told: Clip, expected: Clip["expect"][number]): void {
  const parameters = told.gradients.map((one) => {
    const parameter = tensorOf({ shape: one.shape, data: 0 }, expected.in, true);
    parameter.grad = tensorOf(one, expected.in);
    return parameter;
  });
  const [name, limit, options] = told.call;
  const more = options === undefined ? [] : [{ p: Number((options as { p: number | string }).p) }];
  const norm = call(name, parameters, limit, ...more);
  if (expected.norm !== undefined) {
    const before = norm instanceof Tensor ? norm.item() : (norm as number);
    expectNear("the norm before", [before], [expected.norm], expected);
  }
  parameters.forEach((p, k) => expectNear(`gradient ${k}`, p.grad!, numbersOf(expected.after[k]!, p.size), expected));
}

describe("clipping", () => {
  for (const told of casesOf<Clip>("clipping")) {
    for (const expected of told.expect) test(titleOf(told, expected), () => clip(told, expected));
  }
});

interface Schedule {
  readonly says: string;
  readonly because?: string;
  readonly call: readonly [string, ...unknown[]];
  readonly rates: readonly number[];
}

/** The rate after each metric that a ReduceOnPlateau is told. */
function plateau(lr: number, options: object, metrics: Values): number[] {
  const optimizer = new SGD([tensor([0], { requiresGrad: true })], { lr });
  const reduce = new ReduceOnPlateau(optimizer, options);
  return numbersOf(metrics, 0).map((metric) => {
    const before = optimizer.lr;
    expect(reduce.step(metric), "whether a rate changed").toBe(optimizer.lr !== before);
    return optimizer.lr;
  });
}

describe("schedules", () => {
  for (const told of casesOf<Schedule>("schedules")) {
    test(titleOf(told, { in: "float64" }), () => {
      const [name, ...args] = told.call;
      if (name === "ReduceOnPlateau") {
        const found = plateau(...(args as [number, object, Values]));
        return expectNear("the rate after step", found, told.rates, { in: "float64" });
      }
      const schedule = call(name, ...args) as (step: number) => number;
      const found = told.rates.map((_, step) => schedule(step));
      expectNear("the rate at step", found, told.rates, { in: "float64" });
    });
  }
});
