/** Reading einsum formulas: which letter names which axis of which tensor. */

import { show } from "../check";
import { FormatError, ShapeError } from "../errors";
import { type Shape, showShape } from "../shape";

/** What a formula says about given shapes: a label for every axis, and the labels of the result in order. */
export interface Plan {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
  readonly sizes: ReadonlyMap<string, number>;
}

interface Term {
  /** Letters before the ellipsis, or all of them. */
  readonly before: readonly string[];
  /** Letters after the ellipsis, null without one. */
  readonly after: readonly string[] | null;
}

function complain(formula: string, what: string, why: string, mend: string): FormatError {
  return new FormatError(`einsum: ${what}: "${formula}" (${why}); ${mend}`, { formula });
}

function readTerm(formula: string, text: string): Term {
  const parts = text.split("...");
  const wrong = parts.join("").match(/[^A-Za-z]/);
  if (wrong !== null) {
    const mend = 'name axes by letters, as in "ij,jk->ik", and leave the rest to one "..."';
    throw complain(formula, "the formula cannot be read", `"${wrong[0]}" is not a letter`, mend);
  }
  if (parts.length > 2) {
    throw complain(formula, "an ellipsis stands twice", `in "${text}"`, 'write "..." once in each tensor');
  }
  return { before: [...parts[0]!], after: parts[1] === undefined ? null : [...parts[1]] };
}

/** Names for the axes of an ellipsis, counted from the last, so that they line up as broadcasting does. */
function ellipsisLabels(rank: number): string[] {
  return Array.from({ length: rank }, (_, i) => `…${rank - 1 - i}`);
}

function labelInput(formula: string, term: Term, shape: Shape, position: number): string[] {
  const letters = term.before.length + (term.after?.length ?? 0);
  const rest = shape.length - letters;
  if (rest < 0 || (rest > 0 && term.after === null)) {
    const why = `${letters} ${letters === 1 ? "letter" : "letters"} for ${shape.length} axes`;
    throw new ShapeError(
      `einsum: the letters do not fit tensor ${position}: ${showShape(shape)} in "${formula}" (${why}); ` +
        'give each axis a letter, or write "..." for the rest',
      { formula, shape, position },
    );
  }
  return [...term.before, ...ellipsisLabels(rest), ...(term.after ?? [])];
}

type Labels = readonly (readonly string[])[];

function measure(formula: string, inputs: Labels, shapes: readonly Shape[]): Map<string, number> {
  const sizes = new Map<string, number>();
  inputs.forEach((labels, position) => {
    labels.forEach((label, axis) => {
      const [size, known] = [shapes[position]![axis]!, sizes.get(label)];
      const repeats = label.startsWith("…");
      if (known === undefined || known === size || (repeats && known === 1)) sizes.set(label, size);
      else if (!repeats || size !== 1) {
        const name = repeats ? 'axes under "..."' : `axes named ${label}`;
        throw new ShapeError(
          `einsum: sizes differ: ${known} and ${size} for ${name} in "${formula}" ` +
            `(${shapes.map(showShape).join(", ")}); give axes of one name one size`,
          { formula, shapes, label },
        );
      }
    });
  });
  return sizes;
}

function labelOutput(formula: string, text: string | undefined, inputs: Labels): string[] {
  const all = inputs.flat();
  const extra = all.filter((label) => label.startsWith("…"));
  const ellipsis = ellipsisLabels(new Set(extra).size);
  if (text === undefined) {
    const once = all.filter((label) => !label.startsWith("…") && all.indexOf(label) === all.lastIndexOf(label));
    return [...ellipsis, ...once.sort()];
  }
  const { before, after } = readTerm(formula, text);
  const letters = [...before, ...(after ?? [])];
  letters.forEach((letter, i) => {
    if (!all.includes(letter)) {
      throw complain(formula, "the result has an unknown letter", `${letter} is in no tensor`, "use letters of the tensors");
    }
    if (letters.indexOf(letter) !== i) {
      throw complain(formula, "the result has a letter twice", letter, "name each axis of the result once");
    }
  });
  return [...before, ...(after === null ? [] : ellipsis), ...(after ?? [])];
}

/** Reads a formula for tensors of the given shapes. */
export function readFormula(formula: string, shapes: readonly Shape[]): Plan {
  if (typeof formula !== "string") {
    const mend = 'give it first, as in einsum("ij,jk->ik", a, b)';
    throw new FormatError(`einsum: the formula is not a text: ${show(formula)}; ${mend}`, { formula });
  }
  const sides = formula.replaceAll(" ", "").split("->");
  if (sides.length > 2) {
    const mend = 'write "->" and the result once, at the end';
    throw complain(formula, "more than one result", `${sides.length - 1} arrows`, mend);
  }
  const terms = sides[0]!.split(",").map((text) => readTerm(formula, text));
  if (terms.length !== shapes.length) {
    const why = `${terms.length} in the formula ≠ ${shapes.length} given`;
    throw complain(formula, "the number of tensors differs", why, "give one tensor for each part between commas");
  }
  const inputs = terms.map((term, i) => labelInput(formula, term, shapes[i]!, i));
  return { inputs, output: labelOutput(formula, sides[1], inputs), sizes: measure(formula, inputs, shapes) };
}
