/** What training writes while it runs. */
import { describe, expect, test } from "vitest";
import { Dataset, Linear, SGD, fitSync, manualSeed, mse } from "../../src/index";
import { bar, epochLine, showTime, showValue } from "../../src/training/progress";

describe("progress", () => {
  test("a bar is filled to its fraction", () => {
    expect(bar(0.5, 10)).toBe("━━━━━─────  50 %");
    expect(bar(1, 6)).toBe("━━━━━━ 100 %");
  });

  test("a bar without room is its percentage alone", () => {
    expect(bar(0.999, 3)).toBe(" 99 %");
  });

  test("values keep four digits and turn to powers of ten where they are very small or large", () => {
    expect([0.123456, 12, 0, 0.00001234, 12345678, NaN].map(showValue)).toEqual([
      "0.1235",
      "12",
      "0",
      "1.234e-5",
      "1.235e+7",
      "NaN",
    ]);
  });

  test("times read as people say them", () => {
    expect([0, 42_400, 200_000, 7_500_000].map(showTime)).toEqual(["0 s", "42 s", "3 min 20 s", "2 h 5 min"]);
  });

  test("an epoch is one line", () => {
    expect(epochLine({ epoch: 2, loss: 0.5, accuracy: 0.75, lr: 0.01, validationLoss: 0.6 }, 5)).toBe(
      "epoch 2/5 · loss 0.5 · accuracy 0.75 · validationLoss 0.6 · lr 0.01",
    );
  });

  const train = (isTTY: boolean): string[] => {
    manualSeed(1);
    const written: string[] = [];
    const model = new Linear(1, 1);
    fitSync(model, Dataset.from({ x: [[1], [2]], y: [[2], [4]] }), {
      loss: mse,
      optimizer: new SGD(model.parameters(), { lr: 0.1 }),
      epochs: 2,
      progress: { write: (text) => written.push(text), isTTY, columns: 60 },
    });
    return written;
  };

  test("where lines cannot be overwritten, each epoch writes one plain line", () => {
    const written = train(false);
    expect(written).toHaveLength(2);
    expect(written[1]).toMatch(/^epoch 2\/2 · loss [\d.e-]+ · lr 0.1 · \d+\.\d s\n$/);
  });

  test("in a terminal a bar with the time left is drawn, cleared, and replaced by the epoch's line", () => {
    const written = train(true);
    expect(written[0]).toMatch(/epoch 1\/2 [━─]+ 100 % loss [\d.e-]+ · \d+ s left$/);
    expect(written[1]).toMatch(/^\r\u001b\[2Kepoch 1\/2 · /);
    expect(written.join("").split("\n").every((line) => line.replace(/[^\r]*\r\u001b\[2K/g, "").length <= 60)).toBe(true);
  });
});
