/** What the mnist example draws at its end: the table of classes, and digits in shades. */
import { expect, test } from "vitest";
import { drawDigits, perClass } from "../../examples/support/digits";

test("counts right and wrong per class, and names the most frequent mistake", () => {
  const rows = perClass([0, 0, 0, 1, 2], [0, 3, 3, 1, 7]).split("\n");
  expect(rows).toHaveLength(11);
  expect(rows[1]).toBe("    0       1       2      33.3   3 (2 times)");
  expect(rows[2]).toBe("    1       1       0     100.0   -");
  expect(rows[3]).toBe("    2       0       1       0.0   7 (once)");
  expect(rows[4]).toBe("    3       0       0         -   -");
});

test("shades two rows of pixels to a line, side by side under the captions", () => {
  const image = { pixels: [[0, 1, 0.5], [0, 1, 0.5]], caption: "a" };
  expect(drawDigits([image, image])).toBe("a    a\n █▒   █▒");
});
