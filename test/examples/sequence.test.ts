/** The example of sequences reaches its result: the LSTM beats the last value and the linear model. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { main, pictures } from "../../examples/sequence";

let printed = "";
beforeEach(() => {
  printed = "";
  vi.spyOn(console, "log").mockImplementation((...words: unknown[]) => void (printed += `${words.join(" ")}\n`));
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test("sequence: an LSTM knows a chaotic series better than a linear model, and that better than the last value", async () => {
  const result = await main({ length: 1000 });
  const { lastValue, linear, lstm } = result.errors;
  expect(linear).toBeLessThan(0.6 * lastValue);
  expect(lstm).toBeLessThan(0.4 * linear);
  expect(printed).toContain("LSTM of 24 units");
  expect(printed).toContain("● truth   ○ predicted");
  expect(pictures(result).sections).toHaveLength(1);
  await expect(main({ length: 10 })).rejects.toThrow("sequence: length is out of range: 10; give a whole number ≥ 200");
});
