/** The generator gives the words that its authors published. */
import { expect, test } from "vitest";
import { philox } from "../../../src/devices/js/philox";

function words(counter: readonly number[], key: readonly number[]): string {
  const out = new Int32Array(4);
  philox(counter[0]! | 0, counter[1]! | 0, counter[2]! | 0, counter[3]! | 0, key[0]! | 0, key[1]! | 0, out);
  return Array.from(out, (word) => (word >>> 0).toString(16).padStart(8, "0")).join(" ");
}

const ones = 0xffffffff;

// Source: Random123's kat_vectors, the lines of philox4x32 with 10 rounds.
test("philox4x32-10 gives Random123's known answers", () => {
  expect(words([0, 0, 0, 0], [0, 0])).toBe("6627e8d5 e169c58d bc57ac4c 9b00dbd8");
  expect(words([ones, ones, ones, ones], [ones, ones])).toBe("408f276d 41c83b0e a20bc7c6 6d5451fd");
  expect(words([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toBe(
    "d16cfe09 94fdcceb 5001e420 24126ea1",
  );
});
