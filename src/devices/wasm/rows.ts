/** Rows of neighbouring elements, their length known: copied, converted, added, filled with one element. */

import { type DType, bytesOf } from "../../dtype";
import type { FunctionBuilder, Local } from "./assembler";
import { addElements, convertElement, loadElement, storeElement, typeOf } from "./element";
import { advance, times } from "./loops";
import { convertOne, convertQuad } from "./quad";

/** From so many bytes on, the engine's own copy is faster than a loop. */
const LONG = 1024;

/** Bytes that one turn of a loop over vectors moves, when there are as many. */
const UNROLLED = 64;

const SUMS = { float32: "f32x4.add", float64: "f64x2.add", int32: "i32x4.add" } as const;

/** Runs `body` with copies of the locals, which it may change. */
function withCopies(f: FunctionBuilder, locals: readonly Local[], body: (copies: readonly Local[]) => void): void {
  const copies = locals.map((local) => {
    const copy = f.local(local.type);
    f.get(local).set(copy);
    return copy;
  });
  body(copies);
  f.release(...copies);
}

/** to[i] = from[i] */
export function copyRow(f: FunctionBuilder, from: Local, to: Local, bytes: number): void {
  if (bytes >= LONG) {
    f.get(to).get(from).i32(bytes).op("memory.copy");
    return;
  }
  const vector = (at: readonly Local[], offset: number): void => {
    f.get(at[1]!).get(at[0]!).memory("v128.load", offset).memory("v128.store", offset);
  };
  const rounds = Math.floor(bytes / UNROLLED);
  const finish = (at: readonly Local[]): void => {
    const rest = bytes % UNROLLED;
    let done = 0;
    for (; done + 16 <= rest; done += 16) vector(at, done);
    for (; done + 8 <= rest; done += 8) {
      f.get(at[1]!).get(at[0]!).memory("i64.load", done).memory("i64.store", done);
    }
    for (; done + 4 <= rest; done += 4) {
      f.get(at[1]!).get(at[0]!).memory("i32.load", done).memory("i32.store", done);
    }
    for (; done < rest; done++) f.get(at[1]!).get(at[0]!).memory("i32.load8_u", done).memory("i32.store8", done);
  };
  if (rounds === 0) {
    finish([from, to]);
    return;
  }
  withCopies(f, [from, to], (at) => {
    times(f, rounds, () => {
      for (let offset = 0; offset < UNROLLED; offset += 16) vector(at, offset);
      for (const local of at) advance(f, local, UNROLLED);
    });
    finish(at);
  });
}

/** to[i] = from[i], converted. */
export function convertRow(
  f: FunctionBuilder,
  fromType: DType,
  from: Local,
  toType: DType,
  to: Local,
  count: number,
): void {
  if (fromType === toType) {
    copyRow(f, from, to, count * bytesOf(toType));
    return;
  }
  const quads = Math.floor(count / 4);
  withCopies(f, [from, to], (at) => {
    if (quads > 0) {
      times(f, quads, () => {
        convertQuad(f, fromType, at[0]!, toType, at[1]!);
        advance(f, at[0]!, 4 * bytesOf(fromType));
        advance(f, at[1]!, 4 * bytesOf(toType));
      });
    }
    for (let i = 0; i < count % 4; i++) convertOne(f, fromType, at[0]!, toType, at[1]!, i);
  });
}

/** to[i] += from[i] */
export function addRow(f: FunctionBuilder, dtype: DType, from: Local, to: Local, count: number): void {
  const size = bytesOf(dtype);
  const lanes = dtype === "bool" ? 1 : 16 / size;
  const one = (at: readonly Local[], offset: number): void => {
    f.get(at[1]!).get(at[1]!);
    loadElement(f, dtype, offset);
    f.get(at[0]!);
    loadElement(f, dtype, offset);
    addElements(f, dtype);
    storeElement(f, dtype, offset);
  };
  const vectors = Math.floor(count / lanes);
  withCopies(f, [from, to], (at) => {
    if (vectors > 0) {
      times(f, vectors, () => {
        if (dtype === "bool") one(at, 0);
        else {
          f.get(at[1]!).get(at[1]!).memory("v128.load").get(at[0]!).memory("v128.load");
          f.op(SUMS[dtype]).memory("v128.store");
        }
        for (const local of at) advance(f, local, lanes * size);
      });
    }
    for (let i = 0; i < count % lanes; i++) one(at, i * size);
  });
}

/** to[i] = from[0], converted. */
export function fillRow(
  f: FunctionBuilder,
  fromType: DType,
  from: Local,
  toType: DType,
  to: Local,
  count: number,
): void {
  const size = bytesOf(toType);
  const value = f.local(typeOf(toType));
  f.get(from);
  loadElement(f, fromType);
  convertElement(f, fromType, toType);
  f.set(value);
  const lanes = 16 / size;
  const vectors = Math.floor(count / lanes);
  const splat = { float32: "f32x4.splat", float64: "f64x2.splat", int32: "i32x4.splat", bool: "i8x16.splat" } as const;
  withCopies(f, [to], ([at]) => {
    if (vectors > 0) {
      const vector = f.local("v128");
      f.get(value).op(splat[toType]).set(vector);
      times(f, vectors, () => {
        f.get(at!).get(vector).memory("v128.store");
        advance(f, at!, 16);
      });
      f.release(vector);
    }
    for (let i = 0; i < count % lanes; i++) {
      f.get(at!).get(value);
      storeElement(f, toType, i * size);
    }
  });
  f.release(value);
}
