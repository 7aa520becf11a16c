/** The argSort kernel: the stable order of elements along an axis, by merging ever longer stretches. */

import { bytesOf } from "../../dtype";
import type { Kernels } from "../../tensor/device";
import type { Spec } from "../../tensor/storage";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler";
import { convertElement, loadElement } from "./element";
import { withoutAxis } from "./gather";
import { advance, nest, times } from "./loops";
import { type Placed, byteStrides } from "./placed";

/** Bytes of working memory: the keys of a line in double precision, and two lists of positions. */
export function argSortScratch({ axis }: Kernels["argSort"], { shape }: Spec): number {
  return shape[axis]! * (bytesOf("float64") + 2 * bytesOf("int32"));
}

/** Positions that sort along the axis; NaN last ascending, first descending. `scratch` is a multiple of 8. */
export function emitArgSort(
  module: ModuleBuilder,
  { axis, descending }: Kernels["argSort"],
  input: Placed,
  output: Placed,
  scratch: number,
): FunctionBuilder {
  const f = module.function([]);
  const along = input.shape[axis]!;
  if (along === 0) return f;
  const sort = module.shared("argSort", writeSort);
  const [keys, order, spare] = [scratch, scratch + 8 * along, scratch + 12 * along];
  const [count, result] = [f.local("i32"), f.local("i32")];
  const [from, to] = [f.local("i32"), f.local("i32")];
  const [fromStep, toStep] = [byteStrides(input)[axis]!, byteStrides(output)[axis]!];
  const others = input.shape.map((size, d) => (d === axis ? 1 : size));
  nest(f, others, [withoutAxis(input, axis), withoutAxis(output, axis)], ([source, target]) => {
    f.get(source!).set(from);
    loadKeys(f, input, { keys, order, along, fromStep, descending }, from, count);
    // The numbers, sorted in one of the two lists; NaN are in the other part of `order`.
    f.i32(keys).i32(order).i32(spare).get(count).call(sort).set(result);
    const copied = (n: () => void, list: () => void): void => {
      n();
      f.if(() => copyOut(f, n, list, to, toStep));
    };
    const numbers = (): void => {
      copied(() => f.get(count), () => f.get(result));
    };
    const rest = (): void => {
      copied(() => f.i32(along).get(count).op("i32.sub"), () => f.i32(order).get(count).i32(4).op("i32.mul").op("i32.add"));
    };
    f.get(target!).set(to);
    if (descending) {
      rest();
      numbers();
    } else {
      numbers();
      rest();
    }
  });
  return f;
}

interface Line {
  readonly keys: number;
  readonly order: number;
  readonly along: number;
  readonly fromStep: number;
  readonly descending: boolean;
}

/**
 * Keys of a line, signs turned for a descending order, and the positions of its numbers followed by those of NaN;
 * `count` is how many numbers there are.
 */
function loadKeys(f: FunctionBuilder, { dtype }: Placed, line: Line, from: Local, count: Local): void {
  const { keys, order, along, fromStep, descending } = line;
  const [key, nans, i, address] = [f.local("f64"), f.local("i32"), f.local("i32"), f.local("i32")];
  const eachKey = (body: () => void): void => {
    f.i32(0).set(i).i32(keys).set(address);
    times(f, along, () => {
      body();
      advance(f, address, 8);
      advance(f, i, 1);
    });
  };
  const list = (counter: Local): void => {
    f.get(counter).i32(4).op("i32.mul").get(i).memory("i32.store", order);
    advance(f, counter, 1);
  };
  f.i32(0).set(count);
  eachKey(() => {
    f.get(from);
    loadElement(f, dtype);
    convertElement(f, dtype, "float64");
    if (descending) f.op("f64.neg");
    f.set(key);
    f.get(address).get(key).memory("f64.store");
    f.get(key).get(key).op("f64.eq");
    f.if(() => list(count));
    advance(f, from, fromStep);
  });
  f.get(count).i32(along).op("i32.ne");
  f.if(() => {
    f.get(count).set(nans);
    eachKey(() => {
      f.get(address).memory("f64.load").tee(key).get(key).op("f64.ne");
      f.if(() => list(nans));
    });
  });
  f.release(key, nans, i, address);
}

/** Writes a list of n > 0 positions to every `step`-th byte from `to` on, and leaves `to` behind them. */
function copyOut(f: FunctionBuilder, n: () => void, list: () => void, to: Local, step: number): void {
  const [left, at] = [f.local("i32"), f.local("i32")];
  n();
  f.set(left);
  list();
  f.set(at);
  f.loop(() => {
    f.get(to).get(at).memory("i32.load").memory("i32.store");
    advance(f, to, step);
    advance(f, at, 4);
    f.get(left).i32(-1).op("i32.add").tee(left).brIf(0);
  });
  f.release(left, at);
}

/** (keys, order, spare, n) → the one of the two lists in which the first n positions stand sorted. */
function writeSort(module: ModuleBuilder): FunctionBuilder {
  const merge = writeMerge(module);
  const f = module.function(["i32", "i32", "i32", "i32"], ["i32"]);
  const [keys, source, target, count] = f.params as [Local, Local, Local, Local];
  const [width, left, middle, right, swap] = ["i32", "i32", "i32", "i32", "i32"].map(() => f.local("i32")) as Five;
  const end = (from: Local, to: Local): void => {
    f.get(from).get(width).op("i32.add").tee(to).get(count).get(to).get(count).op("i32.lt_u").op("select").set(to);
  };
  f.i32(1).set(width);
  f.block(() => {
    f.loop(() => {
      f.get(width).get(count).op("i32.ge_u").brIf(1);
      f.i32(0).set(left);
      f.loop(() => {
        end(left, middle);
        end(middle, right);
        f.get(keys).get(source).get(target).get(left).get(middle).get(right).call(merge);
        f.get(right).tee(left).get(count).op("i32.lt_u").brIf(0);
      });
      f.get(source).set(swap).get(target).set(source).get(swap).set(target);
      f.get(width).i32(1).op("i32.shl").set(width).br(0);
    });
  });
  f.get(source);
  return f;
}

type Five = [Local, Local, Local, Local, Local];

/** (keys, source, target, left, middle, right): merges two sorted stretches of positions; the left one wins ties. */
function writeMerge(module: ModuleBuilder): FunctionBuilder {
  const f = module.function(["i32", "i32", "i32", "i32", "i32", "i32"]);
  const [keys, source, target, left, middle, right] = f.params as [Local, Local, Local, Local, Local, Local];
  const [a, b, endA, endB, to] = ["i32", "i32", "i32", "i32", "i32"].map(() => f.local("i32")) as Five;
  const [x, y] = [f.local("f64"), f.local("f64")];
  const address = (list: Local, position: Local, into: Local): void => {
    f.get(list).get(position).i32(2).op("i32.shl").op("i32.add").set(into);
  };
  const key = (at: Local, into: Local): void => {
    f.get(keys).get(at).memory("i32.load").i32(3).op("i32.shl").op("i32.add").memory("f64.load").set(into);
  };
  address(source, left, a);
  address(source, middle, b);
  address(source, middle, endA);
  address(source, right, endB);
  address(target, left, to);
  const take = (from: Local): void => {
    f.get(to).get(from).memory("i32.load").memory("i32.store");
    advance(f, to, 4);
    advance(f, from, 4);
  };
  f.block(() => {
    f.get(a).get(endA).op("i32.ge_u").brIf(0).get(b).get(endB).op("i32.ge_u").brIf(0);
    key(a, x);
    key(b, y);
    f.loop(() => {
      f.get(x).get(y).op("f64.le");
      f.if(
        () => {
          take(a);
          f.get(a).get(endA).op("i32.ge_u").brIf(2);
          key(a, x);
        },
        () => {
          take(b);
          f.get(b).get(endB).op("i32.ge_u").brIf(2);
          key(b, y);
        },
      );
      f.br(0);
    });
  });
  f.get(to).get(a).get(endA).get(a).op("i32.sub").op("memory.copy");
  f.get(to).get(endA).get(a).op("i32.sub").op("i32.add").get(b).get(endB).get(b).op("i32.sub").op("memory.copy");
  return f;
}
