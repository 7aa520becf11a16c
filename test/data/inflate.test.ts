/** Inflate gives back what zlib packed, at every level and strategy, and refuses what is damaged. */
import { constants, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Inflater } from "../../src/data/inflate";
import { FormatError } from "../../src/index";

const inflate = (bytes: Uint8Array): Uint8Array => new Inflater(bytes, 0).take(0);
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Bytes with repetitions near and far, as real files have. */
const contents = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  fc
    .array(fc.constantFrom("the ", "cat ", "sat ", "on ", "a ", "mat. "), { maxLength: 4000 })
    .map((words) => Buffer.from(words.join(""))),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 2000 }))
    .map(([part, times]) => Buffer.concat(Array<Uint8Array>(times).fill(part))),
);

describe("inflate", () => {
  test("unpacks stored, fixed and dynamic blocks of any content", () => {
    const strategies = [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY, constants.Z_RLE];
    const anyOf = fc.constantFrom(...strategies);
    fc.assert(
      fc.property(contents, fc.integer({ min: 0, max: 9 }), anyOf, (content, level, strategy) => {
        expect(same(inflate(deflateRawSync(content, { level, strategy })), content)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test("unpacks repetitions across the whole window, and many blocks", () => {
    const content = new Uint8Array(400_000);
    for (let i = 0, state = 1; i < content.length; i++) {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      content[i] = i > 32_768 && i % 3 !== 0 ? content[i - 32_768]! : state >> 16;
    }
    for (const level of [1, 6, 9]) expect(same(inflate(deflateRawSync(content, { level })), content)).toBe(true);
  });

  test("stops behind the stream, and tells where", () => {
    const packed = deflateRawSync(Buffer.from("abc"));
    const inflater = new Inflater(Buffer.concat([packed, Buffer.from([1, 2, 3])]), 0);
    expect(Buffer.from(inflater.take(3)).toString()).toBe("abc");
    expect(inflater.position).toBe(packed.length);
  });

  test("refuses a stream cut short anywhere", () => {
    const packed = deflateRawSync(Buffer.from("a stream with some text, some text, and more text".repeat(20)));
    for (let length = 0; length < packed.length; length++) {
      expect(() => inflate(packed.subarray(0, length)), `${length} bytes`).toThrow(FormatError);
    }
    expect(() => inflate(packed.subarray(0, 5))).toThrow(
      "inflate: the compressed data is cut short: it ends after 5 bytes (a block is unfinished); fetch the file again",
    );
  });

  test("never hangs or fails otherwise, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          expect(inflate(bytes)).toBeInstanceOf(Uint8Array);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  /** Bits as DEFLATE writes them: each number in so many bits, lowest first. */
  function bits(...pairs: readonly (readonly [value: number, count: number])[]): Uint8Array {
    const all = pairs.flatMap(([value, count]) => Array.from({ length: count }, (_, i) => (value >> i) & 1));
    const bytes = new Uint8Array(Math.ceil(all.length / 8) + 4);
    all.forEach((bit, i) => (bytes[i >> 3]! |= bit << (i & 7)));
    return bytes;
  }

  test.each<[string, Uint8Array]>([
    ["a block of unknown type", bits([1, 1], [3, 2])],
    ["a stored block whose length is given twice, differently", new Uint8Array([1, 5, 0, 5, 0, 0, 0, 0, 0, 0])],
    ["a code with symbols that do not exist", bits([1, 1], [2, 2], [31, 5], [0, 5], [0, 4])],
    ["a code with too many symbols", bits([1, 1], [2, 2], [0, 5], [0, 5], [0, 4], [1, 3], [1, 3], [1, 3], [0, 3])],
    ["a code with too few symbols", bits([1, 1], [2, 2], [0, 5], [0, 5], [0, 4], [2, 3], [0, 3], [0, 3], [0, 3])],
    ["a repetition of nothing", bits([1, 1], [2, 2], [0, 5], [0, 5], [0, 4], [1, 3], [1, 3], [0, 3], [0, 3], [0, 1], [0, 2])],
    ["a repetition of bytes before the first", bits([1, 1], [1, 2], [0b1000000, 7], [0, 5])],
    ["a distance that does not exist", bits([1, 1], [1, 2], [0b00001100, 8], [0b1000000, 7], [0b01111, 5])],
  ])("names %s", (why, bytes) => {
    expect(() => inflate(bytes)).toThrow(FormatError);
    expect(() => inflate(bytes)).toThrow(`inflate: the compressed data is damaged: ${why}`);
  });
});
