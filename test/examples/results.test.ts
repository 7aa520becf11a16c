/** The examples reach the results they are about: xor in full, mnist and views in a small mode. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { main as digits16 } from "../../examples/digits16";
import { main as mnist } from "../../examples/mnist";
import { main as views } from "../../examples/views";
import { main as xor } from "../../examples/xor";
import { syntheticViews } from "../../examples/support/series";

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

describe("digits16", () => {
  test.each([["mlp", 0.8], ["cnn", 0.78], ["softmax", 0.75], ["knn", 0.85]] as const)(
    "%s reads most of 500 small digits",
    async (model, least) => {
      const { accuracy, before, after } = await digits16({ model, train: 3000, test: 500, epochs: 3 });
      expect(accuracy).toBeGreaterThan(least);
      expect(accuracy).toBeLessThan(0.97);
      expect([before.length, after.length, after[0]!.length]).toEqual([28, 16, 16]);
      const mean = (image: readonly (readonly number[])[]): number => {
        return image.flat().reduce((sum, pixel) => sum + pixel) / image.length ** 2;
      };
      expect(mean(after)).toBeCloseTo(mean(before), 2); // ink is neither lost nor made
      expect(printed).toMatch(new RegExp(`test accuracy: ${(100 * accuracy).toFixed(2)} %\n$`));
    },
  );
});

describe("mnist", () => {
  test("reads four of five digits after a glance, and ends with the accuracy", async () => {
    const { accuracy } = await mnist({ train: 3000, test: 1000, epochs: 2 });
    expect(accuracy).toBeGreaterThan(0.8);
    expect(accuracy).toBeLessThan(0.95);
    expect(printed).toMatch(new RegExp(`test accuracy: ${(100 * accuracy).toFixed(2)} %\n$`));
    expect(printed).toContain("101,770 parameters");
    expect(printed).toContain("mostly mistaken for");
    const rows = printed.matchAll(/^ {4}\d +(\d+) +(\d+) /gm);
    const classes = [...rows].map(([, right, wrong]) => [Number(right), Number(wrong)]);
    expect(classes).toHaveLength(10);
    expect(classes.flat().reduce((sum, count) => sum + count)).toBe(1000);
    expect(classes.reduce((sum, [right]) => sum + right!, 0) / 1000).toBe(accuracy);
  });

  test.each(["softmax", "svm", "cnn"] as const)("does so with the model %s too", async (model) => {
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
  test("has longer windows beat shorter ones and the baselines, and networks beat both on days they saw", async () => {
    const rows = await views({ widths: [10], depths: [2], epochs: 20 });
    const unseen = Object.fromEntries(rows.map((row) => [row.name, row.unseen]));
    const train = Object.fromEntries(rows.map((row) => [row.name, row.train]));
    const baselines = ["last value", "same weekday last week"];
    const linear = ["linear, 1 day", "linear, 7 days", "linear, 28 days", "linear, 56 days"];
    expect(rows.map(({ name }) => name)).toEqual([...baselines, ...linear, "10 ReLU", "2 layers of 100 ReLU"]);
    for (let i = 1; i < linear.length; i++) expect(train[linear[i]!], linear[i]).toBeLessThan(train[linear[i - 1]!]!);
    for (const { name } of rows) expect(unseen[name], name).toBeGreaterThan(train[name]!);
    for (const baseline of baselines) expect(unseen["linear, 56 days"], baseline).toBeLessThan(0.8 * unseen[baseline]!);
    expect(train["2 layers of 100 ReLU"]).toBeLessThan(0.9 * train["linear, 56 days"]!);
    expect(printed).toContain("a synthetic series (invented, seed 1)");
    const [learnt, tried] = [train["linear, 56 days"]!, unseen["linear, 56 days"]!].map((error) => error.toFixed(3));
    expect(printed).toContain(`\n  linear, 56 days             ${learnt}    ${tried}\n`);
    expect(printed).toContain("unseen days, 2021-01-01 to 2021-02-14 (2 layers of 100 ReLU)");
    expect(printed).toMatch(/^ {2}truth {6}[▁-█]{45}\n {2}predicted {2}[▁-█]{45}$/m);
  });

  describe("on a series of one's own", () => {
    const folder = mkdtempSync(join(tmpdir(), "gradkit-views-"));
    const csv = join(folder, "views.csv");
    afterAll(() => rmSync(folder, { recursive: true }));
    const quick = { csv, days: [1], widths: [], depths: [], epochs: 1 };
    const { dates, values } = syntheticViews(1);
    const write = (cells: readonly (number | null)[]): void => {
      const rows = cells.flatMap((value, i) => (value === null ? [] : [`${dates[i]},${value}`]));
      writeFileSync(csv, `ds,y\n${rows.join("\n")}\n`);
    };

    test("measures its values, or their logarithms where asked", async () => {
      const known = values.slice(0, 200);
      write(known);
      const error = (series: readonly number[]): number =>
        series.slice(1, 155).reduce((sum, value, i) => sum + Math.abs(value - series[i]!), 0) / 154;
      expect((await views(quick))[0]!.train).toBeCloseTo(error(known), 10);
      expect(printed).toContain(`${csv}, column "y"; 200 days, 2017-01-01 to 2017-07-19\n`);
      expect((await views({ ...quick, log: true }))[0]!.train).toBeCloseTo(error(known.map(Math.log)), 10);
      expect(printed).toContain("2017-07-19, natural logarithms");
    });

    test("fills a gap only where asked", async () => {
      write(values.slice(0, 200).map((value, i) => (i === 5 ? null : value)));
      const message = "csv: days are missing: 1 of 200 between 2017-01-01 and 2017-07-19 (2017-01-06)";
      await expect(views(quick)).rejects.toThrow(message);
      await views({ ...quick, fill: true });
      expect(printed).toContain("; 200 days, 2017-01-01 to 2017-07-19");
    });

    test("takes no logarithm of a day without views, and says which", async () => {
      write(values.slice(0, 200).map((value, i) => (i === 3 ? 0 : value)));
      await expect(views({ ...quick, log: true })).rejects.toThrow(
        "views: no logarithm: 0 on 2017-01-04 (it is not above 0); leave --log away or mend the day",
      );
    });
  });

  test("refuses a series that is too short for its windows", async () => {
    await expect(views({ days: [1500] })).rejects.toThrow(
      "views: the series is too short: 1506 days for 1500 days back and 45 unseen; give a longer one",
    );
  });
});
