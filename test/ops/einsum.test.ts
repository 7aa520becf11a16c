/** Einstein's summation: formulas against their definition, diagonals, ellipses, and formulas that cannot be read. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Tensor, checkGradients, einsum, manualSeed, randn, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

type Sizes = Record<string, number>;

/** The sum over all letters, one assignment of positions at a time. */
function byDefinition(terms: readonly string[], output: string, sizes: Sizes, xs: readonly Tensor[]): number[] {
  const letters = [...new Set([...terms.join(""), ...output])];
  const flat = (word: string, at: Sizes): number =>
    [...word].reduce((index, letter) => index * sizes[letter]! + at[letter]!, 0);
  const data = xs.map((x) => x.toTypedArray());
  const result = new Array<number>([...output].reduce((n, letter) => n * sizes[letter]!, 1)).fill(0);
  const visit = (i: number, at: Sizes): void => {
    if (i === letters.length) {
      result[flat(output, at)]! += terms.reduce((product, word, k) => product * data[k]![flat(word, at)]!, 1);
      return;
    }
    for (let n = 0; n < sizes[letters[i]!]!; n++) visit(i + 1, { ...at, [letters[i]!]: n });
  };
  visit(0, {});
  return result;
}

describe("einsum", () => {
  test("multiplies and sums as the formula says", () => {
    const a = tensor([[1, 2], [3, 4]]);
    expect(einsum("ij,jk->ik", a, a).toArray()).toEqual([[7, 10], [15, 22]]);
    expect(einsum("ij->ji", a).toArray()).toEqual([[1, 3], [2, 4]]);
    expect(einsum("ij->", a).item()).toBe(10);
    expect(einsum("i,j->ij", [1, 2], [3, 4]).toArray()).toEqual([[3, 4], [6, 8]]);
    expect(einsum(" i j , j -> i ", a, [1, 10]).toArray()).toEqual([21, 43]);
    expect(einsum(",->", 2, 3).item()).toBe(6);
    expect(einsum("->", 5).item()).toBe(5);
  });

  test("has the letters that stand once where no result is given, in alphabetical order", () => {
    const a = tensor([[1, 2, 3], [4, 5, 6]]);
    expect(einsum("ba", a).toArray()).toEqual([[1, 4], [2, 5], [3, 6]]);
    expect(einsum("ij,jk", a, a.transpose()).toArray()).toEqual([[14, 32], [32, 77]]);
    expect(einsum("ii", [[1, 2], [3, 4]]).item()).toBe(5);
    expect(einsum("aB", a).shape).toEqual([3, 2]);
  });

  test("takes diagonals of letters that stand twice or more often", () => {
    const cube = tensor(Float64Array.from({ length: 27 }, (_, i) => i), { shape: [3, 3, 3] });
    expect(einsum("iii->i", cube).toArray()).toEqual([0, 13, 26]);
    expect(einsum("iji->ji", cube).toArray()).toEqual([[0, 10, 20], [3, 13, 23], [6, 16, 26]]);
    expect(einsum("ii,i->", [[1, 2], [3, 4]], [10, 1]).item()).toBe(14);
    expect(einsum("iijj->ij", zeros([2, 2, 3, 3])).shape).toEqual([2, 3]);
    expect(einsum("ii->i", zeros([0, 0])).shape).toEqual([0]);
  });

  test("broadcasts the axes of an ellipsis, and sums them where the result has none", () => {
    expect(einsum("...ij,...jk->...ik", zeros([5, 1, 2, 3]), zeros([4, 3, 6])).shape).toEqual([5, 4, 2, 6]);
    expect(einsum("...i,...i->...", [[1, 2], [3, 4]], [10, 1]).toArray()).toEqual([12, 34]);
    expect(einsum("i...->...i", zeros([2, 3, 4])).shape).toEqual([3, 4, 2]);
    expect(einsum("...,...", [[1], [2]], [3, 4]).toArray()).toEqual([[3, 4], [6, 8]]);
    expect(einsum("...j->j", [[1, 2], [3, 4]]).toArray()).toEqual([4, 6]);
    expect(einsum("...ij->...ji", zeros([2, 3])).shape).toEqual([3, 2]);
    expect(einsum("...i,i->...i", zeros([0, 2]), [1, 2]).shape).toEqual([0, 2]);
  });

  test("agrees with the definition for random formulas of one to three tensors", () => {
    const word = fc.array(fc.constantFrom(..."abcd"), { maxLength: 3 }).map((letters) => letters.join(""));
    const formulas = fc.record({
      terms: fc.array(word, { minLength: 1, maxLength: 3 }),
      sizes: fc.record({ a: fc.nat(3), b: fc.integer({ min: 1, max: 3 }), c: fc.nat(2), d: fc.constant(1) }),
      picks: fc.array(fc.nat(10), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(formulas, ({ terms, sizes, picks }) => {
        const letters = [...new Set(terms.join(""))];
        const output = [...new Set(picks.map((i) => letters[i % Math.max(letters.length, 1)] ?? ""))].join("");
        const table: Sizes = sizes;
        manualSeed(1);
        const xs = terms.map((term) => randn([...term].map((letter) => table[letter]!), { dtype: "float64" }));
        const result = einsum(`${terms.join(",")}->${output}`, ...xs);
        expect(result.shape).toEqual([...output].map((letter) => table[letter]));
        expect(result.flatten()).toBeCloseToTensor(byDefinition(terms, output, sizes, xs));
      }),
      { numRuns: 300 },
    );
  });

  test("has right derivatives to second order", () => {
    for (const [formula, ...shapes] of [
      ["ij,jk->ik", [2, 3], [3, 2]],
      ["ii,ij->j", [2, 2], [2, 3]],
      ["bi,ij,bj->b", [2, 2], [2, 3], [2, 3]],
      ["...ij,...jk->...ik", [2, 1, 2, 2], [2, 2, 3]],
    ] as [string, ...number[][]][]) {
      const xs = shapes.map((shape) => randn(shape, { dtype: "float64" }));
      expect(checkGradients((...all) => einsum(formula, ...all).square().sum(), xs, { order: 2 }).ok).toBe(true);
    }
  });

  test("promotes dtypes, and lets plain arrays take after the tensors", () => {
    expect(einsum("i,i->", tensor([true, true]), tensor([true, false]))).toMatchObject({ dtype: "int32" });
    expect(einsum("i->i", tensor([true])).dtype).toBe("int32");
    expect(einsum("i,i", [0.1], tensor([1], { dtype: "float64" })).item()).toBe(0.1);
  });

  test("refuses letters that do not fit the tensors", () => {
    const a = zeros([2, 3]);
    expect(refusal(() => einsum("ij,jk", a, zeros([4, 5])))).toBe(
      'ShapeError: einsum: sizes differ: 3 and 4 for axes named j in "ij,jk" ([2, 3], [4, 5]); give axes of one name one size',
    );
    expect(refusal(() => einsum("ij,j", a, zeros([1])))).toBe(
      'ShapeError: einsum: sizes differ: 3 and 1 for axes named j in "ij,j" ([2, 3], [1]); give axes of one name one size',
    );
    expect(refusal(() => einsum("...,...", a, zeros([2])))).toBe(
      'ShapeError: einsum: sizes differ: 3 and 2 for axes under "..." in "...,..." ([2, 3], [2]); ' +
        "give axes of one name one size",
    );
    const mend = 'give each axis a letter, or write "..." for the rest';
    expect(refusal(() => einsum("ijk", a))).toBe(
      `ShapeError: einsum: the letters do not fit tensor 0: [2, 3] in "ijk" (3 letters for 2 axes); ${mend}`,
    );
    expect(refusal(() => einsum("i->i", a))).toBe(
      `ShapeError: einsum: the letters do not fit tensor 0: [2, 3] in "i->i" (1 letter for 2 axes); ${mend}`,
    );
  });

  test("refuses formulas that cannot be read", () => {
    const a = zeros([2, 3]);
    const mend = 'name axes by letters, as in "ij,jk->ik", and leave the rest to one "..."';
    expect(refusal(() => einsum("i1->i", a))).toBe(
      `FormatError: einsum: the formula cannot be read: "i1->i" ("1" is not a letter); ${mend}`,
    );
    expect(refusal(() => einsum("ij>i", a))).toBe(
      `FormatError: einsum: the formula cannot be read: "ij>i" (">" is not a letter); ${mend}`,
    );
    expect(refusal(() => einsum("i..j", a))).toBe(
      `FormatError: einsum: the formula cannot be read: "i..j" ("." is not a letter); ${mend}`,
    );
    expect(refusal(() => einsum("...i...->i", a))).toBe(
      'FormatError: einsum: an ellipsis stands twice: "...i...->i" (in "...i..."); write "..." once in each tensor',
    );
    expect(refusal(() => einsum("ij->i->j", a))).toBe(
      'FormatError: einsum: more than one result: "ij->i->j" (2 arrows); write "->" and the result once, at the end',
    );
    expect(refusal(() => einsum("ij->k", a))).toBe(
      'FormatError: einsum: the result has an unknown letter: "ij->k" (k is in no tensor); use letters of the tensors',
    );
    expect(refusal(() => einsum("ij->ii", a))).toBe(
      'FormatError: einsum: the result has a letter twice: "ij->ii" (i); name each axis of the result once',
    );
    expect(refusal(() => einsum("ij,jk", a))).toBe(
      'FormatError: einsum: the number of tensors differs: "ij,jk" (2 in the formula ≠ 1 given); ' +
        "give one tensor for each part between commas",
    );
    expect(refusal(() => einsum("ij"))).toBe(
      'FormatError: einsum: the number of tensors differs: "ij" (1 in the formula ≠ 0 given); ' +
        "give one tensor for each part between commas",
    );
    expect(refusal(() => einsum(a as unknown as string))).toBe(
      'FormatError: einsum: the formula is not a text: a Tensor; give it first, as in einsum("ij,jk->ik", a, b)',
    );
  });
});
