/** The examples reach the results they are about: xor in full, mnist and views in a small mode. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { main as mnist } from "../../examples/mnist";
import { main as views } from "../../examples/views";
import { main as xor } from "../../examples/xor";

let printed = "";
beforeEach(() => {
  printed = "";
  vi.spyOn(console, "log").mockImplementation((...words: unknown[]) => void (printed += `${words.join(" ")}\n`));
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("xor", () => {
  test("gets all four corners right, and works the LEGO step to ten digits", async () => {
    const { loss, predicted, lego } = await xor();
    expect(predicted).toEqual([0, 1, 1, 0]);
    expect(loss).toBeLessThan(0.01);
    expect(lego[0]).toBeCloseTo(0.3005246039, 10);
    expect(lego[1]).toBeCloseTo(0.300496244, 10);
    expect(printed).toContain("4 of 4 corners right");
    expect(printed).toMatch(/W1 after +-0\.67747178 +0\.37768878 +-0\.07368900/);
  });

  test("cannot learn the corners with one hidden neuron, and says so", async () => {
    const { predicted } = await xor({ hidden: 1 });
    expect(predicted).not.toEqual([0, 1, 1, 0]);
    expect(printed).not.toContain("4 of 4 corners right");
  });
});

describe("mnist", () => {
  test("reads four of five digits after a glance, and ends with the accuracy", async () => {
    const { accuracy } = await mnist({ train: 3000, test: 1000, epochs: 2 });
    expect(accuracy).toBeGreaterThan(0.8);
    expect(accuracy).toBeLessThan(0.95);
    expect(printed).toMatch(new RegExp(`test accuracy: ${(100 * accuracy).toFixed(2)} %\n$`));
    expect(printed).toContain("101,770 parameters");
    expect(printed).toContain("mostly mistaken for");
  });

  test.each(["softmax", "svm"] as const)("does so with the linear %s classifier too", async (model) => {
    expect((await mnist({ model, train: 3000, test: 1000, epochs: 2 })).accuracy).toBeGreaterThan(0.75);
  });

  test("gives the same numbers for the same seed, and others for another", async () => {
    const run = async (seed: number): Promise<string> => {
      printed = "";
      await mnist({ train: 500, test: 200, epochs: 1, seed });
      return printed;
    };
    const first = await run(3);
    expect(await run(3)).toBe(first);
    expect(await run(4)).not.toBe(first);
  });
});

describe("views", () => {
  test("has longer windows beat shorter ones and the baselines", async () => {
    const rows = await views({ days: [1, 7, 28], widths: [10], depths: [], epochs: 20 });
    const unseen = Object.fromEntries(rows.map((row) => [row.name, row.unseen]));
    const train = Object.fromEntries(rows.map((row) => [row.name, row.train]));
    expect(rows.map(({ name }) => name)).toEqual([
      "last value",
      "same weekday last week",
      "linear, 1 day",
      "linear, 7 days",
      "linear, 28 days",
      "10 ReLU",
    ]);
    expect(train["linear, 7 days"]).toBeLessThan(train["linear, 1 day"]!);
    expect(train["linear, 28 days"]).toBeLessThan(train["linear, 7 days"]!);
    expect(unseen["linear, 28 days"]).toBeLessThan(unseen["same weekday last week"]!);
    expect(unseen["linear, 28 days"]).toBeLessThan(unseen["last value"]!);
    expect(printed).toContain("a synthetic series (invented, seed 1)");
  });

  test("refuses a series that is too short for its windows", async () => {
    await expect(views({ days: [1500] })).rejects.toThrow(
      "views: the series is too short: 1506 days for 1500 days back and 45 unseen; give a longer one",
    );
  });
});
