/** Scalar functions as the wasm device has them, over whole arrays; and how far floats are from exact values. */
import { emitExpression } from "../../src/devices/wasm/expression";
import type { LaneType } from "../../src/devices/wasm/laneTypes";
import { type TypedArray, allocate } from "../../src/dtype";
import { ARITY, type Expr, type ScalarOp, input } from "../../src/scalar/expr";
import { storageOf, wholeView } from "../../src/tensor/storage";
import { buildKernel } from "./wasm";

/** A function of arrays of one fixed size, a multiple of 4, that gives an array of its own. */
export function onLanes(op: ScalarOp, lanes: LaneType, count: number): (...args: readonly TypedArray[]) => TypedArray {
  const expr: Expr = { kind: "apply", op, args: Array.from({ length: ARITY[op] }, (_, i) => input(i)) };
  const shape = [count];
  const views = expr.args.map(() => wholeView(storageOf(lanes, allocate(lanes, count)), shape));
  const kernel = buildKernel({ inputs: views, outputs: [{ shape, dtype: lanes }] }, (module, { inputs, outputs }) => {
    const f = module.function([]);
    f.repeat(count * (lanes === "float64" ? 8 : 4), 16, (i) => {
      f.get(i);
      const [result] = emitExpression(f, lanes, [expr], (k) => f.get(i).memory("v128.load", inputs[k]!.address));
      f.get(result!).memory("v128.store", outputs[0]!.address);
    });
    return f;
  });
  return (...args) => {
    args.forEach((data, i) => kernel.write(i, data));
    kernel.run();
    return kernel.read();
  };
}

/** A function of whole arrays, written once per lane type through the public way into expressions. */
export function compiled(op: ScalarOp, lanes: LaneType): (...args: readonly (readonly number[])[]) => TypedArray {
  return (...args) => {
    const count = Math.ceil(args[0]!.length / 4) * 4;
    const padded = args.map((values) => {
      const data = allocate(lanes, count);
      data.set(values);
      return data;
    });
    return onLanes(op, lanes, count)(...padded).slice(0, args[0]!.length);
  };
}

/** The distance of floats next to a number. */
export function spacing(value: number, bits: 24 | 53): number {
  const lowest = bits === 24 ? -149 : -1074;
  if (value === 0) return 2 ** lowest;
  const exponent = Math.floor(Math.log2(Math.abs(bits === 24 ? Math.fround(value) || 2 ** -149 : value)));
  return 2 ** Math.max(exponent - bits + 1, lowest);
}

/** The place where a result is furthest from the exact value, in units of the last place. */
export interface Worst {
  readonly ulp: number;
  readonly at: number;
}

/** How far results are from exact values at worst; a zero of the wrong sign, or NaN, is infinitely far. */
export function worst(actual: ArrayLike<number>, exact: ArrayLike<number>, bits: 24 | 53): Worst {
  let result = { ulp: 0, at: -1 };
  for (let i = 0; i < actual.length; i++) {
    const [a, b] = [actual[i]!, exact[i]!];
    const rounded = bits === 24 ? Math.fround(b) : b;
    if (Object.is(a, rounded)) continue;
    const ulp = a === rounded && a === 0 ? Infinity : Math.abs(a - b) / spacing(b, bits);
    if (!(ulp <= result.ulp)) result = { ulp: Number.isNaN(ulp) ? Infinity : ulp, at: i };
  }
  return result;
}
