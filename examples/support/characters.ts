/** Texts as numbers, one for each character: reading them, cutting them into windows, and what counting alone knows. */
import { readFileSync } from "node:fs";
import { Dataset, tensor } from "gradkit";
import { show } from "../../src/check";
import { FormatError, OptionError } from "../../src/errors";

/** A text, and the characters that it is made of; a character's code is its place among them. */
export interface Codes {
  readonly alphabet: readonly string[];
  readonly codes: readonly number[];
}

/** Reads a text file; line ends become those of Unix. */
export function readText(where: string, path: string | URL): string {
  try {
    return readFileSync(path, "utf8").replace(/\r\n?/g, "\n");
  } catch (cause) {
    const name = String(path);
    throw new FormatError(`${where}: cannot read the text: ${name} (${(cause as Error).message}); check the path`, { path: name });
  }
}

/** The codes of a text, its alphabet in the order of Unicode. */
export function encode(text: string): Codes {
  const characters = Array.from(text);
  const alphabet = [...new Set(characters)].sort();
  const places = new Map(alphabet.map((character, code) => [character, code]));
  return { alphabet, codes: characters.map((character) => places.get(character)!) };
}

/** The codes of a prompt, every character of which the alphabet must have. */
export function encodePrompt(where: string, alphabet: readonly string[], prompt: string): number[] {
  const characters = Array.from(prompt);
  const foreign = [...new Set(characters.filter((character) => !alphabet.includes(character)))];
  if (foreign.length > 0) {
    const listed = foreign.map(show).join(", ");
    throw new OptionError(
      `${where}: the prompt has characters that the text lacks: ${listed} (the model has never seen them); leave them out`,
      { prompt, foreign },
    );
  }
  return characters.map((character) => alphabet.indexOf(character));
}

/** Windows of `length` characters as x, and as y the same one character further on; one window every `stride`. */
export function windowsOf(codes: readonly number[], length: number, stride: number): Dataset {
  const count = Math.floor((codes.length - 1 - length) / stride) + 1;
  const cut = (from: number): number[][] =>
    Array.from({ length: count }, (_, i) => codes.slice(i * stride + from, i * stride + from + length));
  return Dataset.from({ x: tensor(cut(0), { dtype: "int32" }), y: tensor(cut(1), { dtype: "int32" }) });
}

/**
 * Bits per character that counting needs for codes after `from`, when it counts what followed the last `before`
 * characters in the codes up to there: −mean log₂ p, p = (times this followed + p of one character less) / (times + 1).
 */
export function countingBits({ alphabet, codes }: Codes, from: number, before: number): number {
  const times = new Map<string, number>();
  const count = (key: string): number => times.get(key) ?? 0;
  const keyOf = (end: number, length: number): string => codes.slice(end - length, end).join(" ");
  for (let i = before; i < from; i++) {
    for (let length = 0; length <= before; length++) {
      const key = keyOf(i, length);
      times.set(key, count(key) + 1);
      times.set(`${key}→${codes[i]}`, count(`${key}→${codes[i]}`) + 1);
    }
  }
  const probability = (i: number, length: number): number => {
    if (length < 0) return 1 / alphabet.length;
    const key = keyOf(i, length);
    return (count(`${key}→${codes[i]}`) + probability(i, length - 1)) / (count(key) + 1);
  };
  const judged = codes.slice(from).map((_, i) => Math.log2(probability(from + i, before)));
  return -judged.reduce((sum, each) => sum + each, 0) / judged.length;
}
