/** Gzip files are unpacked and their checksums believed. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc32, gunzip, isGzip } from "../../src/data/gzip";
import { FormatError } from "../../src/index";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe("gunzip", () => {
  test("gives back what gzip packed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.integer({ min: 0, max: 9 }), (content, level) => {
        expect(Buffer.compare(gunzip(gzipSync(content, { level })), content)).toBe(0);
      }),
    );
  });

  test("reads all optional fields of the header", () => {
    const plain = gzipSync("content");
    const header = Buffer.from(plain.subarray(0, 10));
    header[3] = 2 + 4 + 8 + 16;
    const fields = Buffer.concat([Buffer.from([3, 0, 7, 7, 7]), Buffer.from("name\0"), Buffer.from("comment\0"), Buffer.from([1, 2])]);
    expect(text(gunzip(Buffer.concat([header, fields, plain.subarray(10)])))).toBe("content");
    header[3] = 8;
    expect(() => gunzip(Buffer.concat([header, Buffer.from("a name without end, filling")]))).toThrow("gunzip: the file is cut short");
  });

  test("joins members, and allows zeros behind the last", () => {
    const two = Buffer.concat([gzipSync("one "), gzipSync("two")]);
    expect(text(gunzip(two))).toBe("one two");
    expect(text(gunzip(Buffer.concat([two, Buffer.alloc(5)])))).toBe("one two");
  });

  test("reads a part of a larger buffer", () => {
    const packed = gzipSync("inside");
    const larger = Buffer.concat([Buffer.from([9, 9, 9]), packed]);
    expect(text(gunzip(larger.subarray(3)))).toBe("inside");
  });

  test("refuses a file cut short anywhere", () => {
    const packed = gzipSync("some text, some text, some more text");
    for (let length = 2; length < packed.length; length++) {
      expect(() => gunzip(packed.subarray(0, length)), `${length} bytes`).toThrow(FormatError);
    }
    expect(() => gunzip(packed.subarray(0, packed.length - 1))).toThrow(`gunzip: the file is cut short: it ends after ${packed.length - 1} bytes; fetch the file again`);
  });

  test("notices every single changed bit of content, length and checksum, but for the padding of the last byte", () => {
    const packed = gzipSync("some text, some text, some more text");
    const unnoticed: number[] = [];
    for (let bit = 80; bit < 8 * packed.length; bit++) {
      const changed = Uint8Array.from(packed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      try {
        gunzip(changed);
        unnoticed.push(bit);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }
    expect(unnoticed.filter((bit) => bit >> 3 !== packed.length - 9)).toEqual([]);
    expect(unnoticed.length).toBeLessThan(8);
  });

  test.each<[string, (bytes: Uint8Array) => void, string]>([
    ["another checksum", (bytes) => (bytes[bytes.length - 8]! ^= 1), "gunzip: the checksum differs: "],
    ["another length", (bytes) => (bytes[bytes.length - 4]! ^= 1), "gunzip: the length differs: 7 bytes unpacked, 6 announced; fetch the file again"],
    ["another method", (bytes) => (bytes[2] = 7), "gunzip: not a gzip member: bytes 31 139 7 0 at 0 (31 139 8 are due); fetch the file again"],
    ["reserved flags", (bytes) => (bytes[3] = 0x20), "gunzip: not a gzip member"],
  ])("refuses %s", (_, change, message) => {
    const packed = Uint8Array.from(gzipSync("content"));
    change(packed);
    expect(() => gunzip(packed)).toThrow(FormatError);
    expect(() => gunzip(packed)).toThrow(message);
  });

  test("refuses what follows the last member", () => {
    expect(() => gunzip(Buffer.concat([gzipSync("one"), Buffer.from("something that is not gzip")]))).toThrow("gunzip: not a gzip member");
  });

  test("does not believe a length that no file could unpack to", () => {
    const packed = Uint8Array.from(gzipSync("content"));
    packed.fill(255, packed.length - 4);
    expect(() => gunzip(packed)).toThrow("gunzip: the length differs: 7 bytes unpacked, 4294967295 announced");
  });
});

test("crc32 gives the check value of its standard", () => {
  expect(crc32(Buffer.from("123456789"))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
});

test("isGzip looks at the first two bytes", () => {
  expect([isGzip(gzipSync("")), isGzip(new Uint8Array([31])), isGzip(new Uint8Array([0, 0, 8, 1]))]).toEqual([true, false, false]);
});
