/** The example of texts reaches its result: both models beat counting, write on, and refuse what they must. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { main, pictures } from "../../examples/characters";
import { countingBits, encode, readText, windowsOf } from "../../examples/support/characters";
import { FormatError, OptionError } from "../../src/errors";

const folder = mkdtempSync(join(tmpdir(), "gradkit-characters-"));
afterAll(() => rmSync(folder, { recursive: true }));
const fileOf = (text: string): string => {
  const path = join(folder, "text.txt");
  writeFileSync(path, text);
  return path;
};

let printed = "";
beforeEach(() => {
  printed = "";
  vi.spyOn(console, "log").mockImplementation((...words: unknown[]) => void (printed += `${words.join(" ")}\n`));
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("characters", () => {
  test("a GRU knows a text better than counting does after six passes, and draws it", { timeout: 60_000 }, async () => {
    const result = await main({ epochs: 6, lr: 0.006, length: 80 });
    const { counted, heldOut, train, written } = result;
    expect(counted.pairs).toBeLessThan(0.7 * counted.single);
    expect(counted.fours).toBeLessThan(0.7 * counted.pairs);
    expect(heldOut.at(-1)).toBeLessThan(0.97 * counted.fours);
    expect(train).toHaveLength(6);
    expect(written).toMatch(/^In the [a-z,. \n]/i);
    expect(written).toHaveLength("In the ".length + 80);
    expect(printed).toContain(`GRU, windows of 32               ${(heldOut.at(-1)! * Math.LN2).toFixed(3)}   ${heldOut.at(-1)!.toFixed(3)}`);
    expect(printed).toMatch(/^ {2}after 1: "In the .{60}/m);
    expect(pictures(result).sections).toHaveLength(1);
  });

  test("a transformer knows more than pairs tell after four", { timeout: 60_000 }, async () => {
    const { counted, heldOut } = await main({ model: "transformer", epochs: 4, layers: 1, length: 40 });
    expect(heldOut.at(-1)).toBeLessThan(0.9 * counted.pairs);
    expect(printed).toContain("transformer, windows of 32");
  });

  test.each(["gru", "transformer"] as const)("a small %s writes the same for the same seed", async (model) => {
    const text = fileOf("to be or not to be, that is the question; ".repeat(12));
    const small = { model, text, context: 8, width: 8, layers: 2, epochs: 1, length: 30 };
    const first = await main({ ...small, temperature: 2 });
    expect(first.written).toMatch(/^to be o/);
    expect((await main({ ...small, temperature: 2 })).written).toBe(first.written);
    expect((await main({ ...small, prompt: "the question" })).written).toMatch(/^the question/);
    expect((await main({ ...small, temperature: 2, seed: 2 })).written).not.toBe(first.written);
  });

  test("refuses a text too short, a file that is not there, and a prompt in other letters", async () => {
    await expect(main({ text: fileOf("short") })).rejects.toThrow(
      "characters: the text is too short: 5 characters (the last tenth holds no window of 32); " +
        "give 320 or more, or a smaller context",
    );
    await expect(main({ text: fileOf("") })).rejects.toThrow(OptionError);
    const path = join(folder, "none.txt");
    await expect(main({ text: path })).rejects.toThrow(FormatError);
    await expect(main({ text: path })).rejects.toThrow(
      /^characters: cannot read the text: .*none\.txt \(ENOENT.*\); check the path$/,
    );
    await expect(main({ prompt: "Żółw, 2" })).rejects.toThrow(
      'characters: the prompt has characters that the text lacks: "Ż", "ó", "ł", "2" (the model has never seen them); leave them out',
    );
    await expect(main({ context: 1 })).rejects.toThrow("characters: context is out of range: 1");
  });
});

describe("texts as numbers", () => {
  test("characters are those of Unicode, and line ends those of Unix", () => {
    expect(encode("b😀ab")).toEqual({ alphabet: ["a", "b", "😀"], codes: [1, 2, 0, 1] });
    expect(readText("characters", fileOf("a\r\nb\rc\n"))).toBe("a\nb\nc\n");
  });

  test("windows stand a stride apart, their targets one character further on", () => {
    const { x, y } = windowsOf([1, 2, 3, 4, 5, 6, 7, 8], 3, 2);
    expect(x.toArray()).toEqual([[1, 2, 3], [3, 4, 5], [5, 6, 7]]);
    expect(y.toArray()).toEqual([[2, 3, 4], [4, 5, 6], [6, 7, 8]]);
  });

  test("counting gives the bits of probabilities worked by hand", () => {
    const text = encode("aab");
    expect(countingBits(text, 2, 0)).toBeCloseTo(Math.log2(6)); // (0 + 1/2) / (2 + 1)
    expect(countingBits(text, 2, 1)).toBeCloseTo(3); // (0 + (0 + 1/2) / (1 + 1)) / (1 + 1)
    const known = encode("ab".repeat(500));
    expect(countingBits(known, 900, 0)).toBeCloseTo(1, 3);
    expect(countingBits(known, 900, 1)).toBeLessThan(0.01);
  });
});
