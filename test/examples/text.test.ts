/** What chapters print with: sections, tables whose columns align, plots with their ends written beside them. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { plot, say, section, table, vector } from "../../examples/support/text";

let printed: string[] = [];
beforeEach(() => {
  printed = [];
  vi.spyOn(console, "log").mockImplementation((line = "") => void printed.push(...String(line).split("\n")));
});
afterEach(() => {
  vi.restoreAllMocks();
});

test("a section is a title with a line as long as it", () => {
  section("Two ReLUs – σ");
  expect(printed).toEqual(["", "Two ReLUs – σ", "─────────────", ""]);
});

test("what is said is indented, empty lines are not", () => {
  say("a\n\nb");
  expect(printed).toEqual(["  a", "", "  b"]);
});

test("the first column of a table stands to the left, the others to the right, under their headings", () => {
  table(["name", "x"], [["∂L/∂w", 1], ["b", "10.50"]]);
  expect(printed).toEqual(["  name        x", "  ∂L/∂w       1", "  b       10.50"]);
});

test("a vector has the digits asked for", () => {
  expect(vector(new Float32Array([1, -0.25]), 2)).toBe("(1.00, -0.25)");
});

test("a plot puts each series in its rows, the later on top, with the ends of the axis", () => {
  plot({ up: [0, 1, 2], flat: [0, 0, 0] }, { width: 3, height: 3, x: "x" });
  expect(printed).toEqual(["  2 │  ●", "    │ ●", "  0 │○○○", "    └───", "     ● up   ○ flat   x"]);
});

test("a logarithmic plot leaves out what has no logarithm, and a constant is one line", () => {
  plot({ y: [1, 0, 100] }, { width: 3, height: 3, log: true });
  expect(printed.slice(0, 3)).toEqual(["  100 │  ●", "      │", "    1 │●"]);
  printed = [];
  plot({ y: [5, 5] }, { width: 2, height: 2 });
  expect(printed.slice(0, 2)).toEqual(["  5 │●●", "  5 │"]);
});
