/** Metrics of classes: small cases worked by hand, and scikit-learn's numbers. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  Dataset,
  Linear,
  accuracy,
  confusionMatrix,
  confusionMatrixChart,
  evaluate,
  f1,
  precision,
  recall,
  rocAuc,
  tensor,
  topKAccuracy,
  zeroOne,
} from "../../src/index";
import { refusal } from "../support/refusal";

describe("accuracy", () => {
  test("counts the rows whose largest score is the class", () => {
    expect(accuracy([[2, 1], [0, 3], [1, 0], [1, 2]], [0, 1, 1, 1])).toBe(0.75);
  });

  test("takes the class of one-hot targets", () => {
    expect(accuracy([[2, 1], [0, 3]], [[1, 0], [1, 0]])).toBe(0.5);
  });

  test("compares single scores with the threshold", () => {
    expect(accuracy([-1, 2, 3], [0, 1, 0])).toBeCloseTo(2 / 3, 12);
    expect(accuracy([[0.4], [0.6]], [0, 1], { threshold: 0.5 })).toBe(1);
  });

  test("is 1 − the mean 0–1 loss", () => {
    const scores = tensor([[2, 1, 0], [0, 3, 1], [1, 0, 5]]);
    expect(accuracy(scores, [0, 2, 2]) + zeroOne(scores, [0, 2, 2]).item()).toBeCloseTo(1, 6);
  });

  test("S0's example: of scores [.01, .03, .8, .09] the predicted digit is 2, not 3", () => {
    expect(accuracy([[0.01, 0.03, 0.8, 0.09]], [2])).toBe(1);
  });

  test("refuses shapes that do not belong together", () => {
    expect(() => accuracy([[1, 2], [3, 4]], [0, 1, 1])).toThrow(
      "accuracy: prediction and target do not belong together: [2, 2] and [3]; " +
        "give scores [N, C] with classes [N], or one score per row with targets [N]",
    );
  });

  test("takes true for class 1", () => {
    expect(accuracy([[2, 1], [0, 3]], [false, false])).toBe(0.5);
    expect(accuracy([-1, 2], [true, true])).toBe(0.5);
  });

  test("refuses targets that are no classes, which would only look like bad predictions", () => {
    expect(() => accuracy([[2, 1]], [0.5])).toThrow("accuracy: class is not a whole number: 0.5 at [0]; give whole numbers");
    expect(() => accuracy([[2, 1], [0, 3]], [0, 2])).toThrow(
      "accuracy: class out of range: 2 at [1] (2 classes); give whole numbers from 0 to 1",
    );
    expect(() => accuracy([[0.3], [2]], [[1], [-1]])).toThrow(
      "accuracy: class out of range: -1 at [1, 0] (2 classes); give whole numbers from 0 to 1",
    );
  });

  test("refuses unknown options", () => {
    expect(() => accuracy([[1, 2]], [0], { treshold: 1 } as never)).toThrow(
      'accuracy: unknown option: "treshold"; did you mean "threshold"? Options are threshold',
    );
  });
});

/** Twelve pictures: of 5 cats 3 are seen, of 4 dogs 3, of 3 birds 1. */
const animals = {
  truth: [0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2],
  scores: tensor([0, 0, 0, 1, 2, 1, 1, 1, 0, 2, 0, 1], { dtype: "int32" }).oneHot(3),
};

describe("confusionMatrix", () => {
  test("counts rows by true class, down, and predicted class, across, for the chart", () => {
    const counts = confusionMatrix(animals.scores, animals.truth);
    expect(counts.toArray()).toEqual([[3, 1, 1], [1, 3, 0], [1, 1, 1]]);
    expect(counts.dtype).toBe("int32");
    expect(confusionMatrixChart(counts)["title"]).toBe("7 of 12 are right (58.3 %)");
  });

  test("keeps classes that do not occur, and takes single scores with a threshold", () => {
    expect(confusionMatrix([[1, 0, 0]], [0]).toArray()).toEqual([[1, 0, 0], [0, 0, 0], [0, 0, 0]]);
    expect(confusionMatrix([0.2, 0.7, 0.9], [0, 0, 1], { threshold: 0.5 }).toArray()).toEqual([[1, 1], [0, 1]]);
  });

  test("counts every place of pictures", () => {
    expect(confusionMatrix([[[1, 0], [0, 1]]], [[0, 0]]).toArray()).toEqual([[1, 1], [0, 0]]);
  });
});

describe("precision, recall and f1", () => {
  test("are those of class 1 where there are two classes", () => {
    const [scores, truth] = [[2, 1, -1, 3, -2], [1, 0, 1, 1, 0]];
    expect(precision(scores, truth)).toBeCloseTo(2 / 3, 15);
    expect(recall(scores, truth)).toBeCloseTo(2 / 3, 15);
    expect(recall([2, 1, -1, -2], [1, 0, 1, 1])).toBeCloseTo(1 / 3, 15);
    expect(f1([2, 1, -1, -2], [1, 0, 1, 1])).toBeCloseTo(2 / 5, 15);
  });

  test("are the mean over classes where there are more", () => {
    const { scores, truth } = animals;
    expect(precision(scores, truth)).toBeCloseTo((3 / 5 + 3 / 5 + 1 / 2) / 3, 15);
    expect(recall(scores, truth)).toBeCloseTo((3 / 5 + 3 / 4 + 1 / 3) / 3, 15);
    expect(f1(scores, truth)).toBeCloseTo((3 / 5 + 6 / 9 + 2 / 5) / 3, 15);
  });

  test("weigh classes by their rows, or count all together, which is the accuracy", () => {
    const { scores, truth } = animals;
    expect(recall(scores, truth, { average: "weighted" })).toBeCloseTo(7 / 12, 15);
    expect(precision(scores, truth, { average: "weighted" })).toBeCloseTo((5 * 0.6 + 4 * 0.6 + 3 * 0.5) / 12, 15);
    for (const metric of [precision, recall, f1]) {
      expect(metric(scores, truth, { average: "micro" })).toBeCloseTo(accuracy(scores, truth), 15);
    }
  });

  test("count 0/0 as asked, and say NaN of no rows", () => {
    expect(precision([-1, -1], [0, 1])).toBe(0);
    expect(precision([-1, -1], [0, 1], { zeroDivision: 1 })).toBe(1);
    expect(recall([-1, 1], [0, 0], { zeroDivision: 0.5 })).toBe(0.5);
    expect(f1([-1, -1], [0, 0], { zeroDivision: 1 })).toBe(1);
    expect(f1([], [])).toBeNaN();
  });

  test("refuse an average of class 1 among three, unknown ones, and what is out of range", () => {
    const { scores, truth } = animals;
    expect(refusal(() => f1(scores, truth, { average: "binary" }))).toBe(
      'OptionError: f1: the average "binary" is for two classes: there are 3; choose "macro", "micro" or "weighted"',
    );
    expect(refusal(() => recall(scores, truth, { average: "makro" as never }))).toBe(
      'OptionError: recall: unknown average: "makro"; did you mean "macro"? give one of "binary", "macro", "micro", "weighted"',
    );
    expect(refusal(() => precision(scores, truth, { zeroDivision: NaN }))).toBe(
      "OptionError: precision: zeroDivision is out of range: NaN; give a number ≥ 0 and ≤ 1",
    );
    expect(refusal(() => precision(scores, [0, 1]))).toMatch(
      /^ShapeError: precision: prediction and target do not belong together: \[12, 3\] and \[2\]; give scores/,
    );
  });
});

describe("topKAccuracy", () => {
  test("counts rows whose class is among the k largest scores", () => {
    const scores = [[3, 2, 1], [3, 2, 1], [1, 2, 3]];
    expect([1, 2, 3].map((k) => topKAccuracy(scores, [1, 2, 2], { k }))).toEqual([1 / 3, 2 / 3, 1]);
  });

  test("takes the first of equal scores, as accuracy does", () => {
    expect(topKAccuracy([[1, 1, 1]], [1], { k: 1 })).toBe(0);
    expect(topKAccuracy([[1, 1, 1]], [1], { k: 2 })).toBe(1);
    expect(topKAccuracy([1, -1], [1, 1], { k: 1 })).toBe(0.5);
  });

  test("refuses more guesses than there are classes", () => {
    expect(refusal(() => topKAccuracy([[1, 2, 3]], [0]))).toBe(
      "OptionError: topKAccuracy: k is out of range: 5; give a whole number ≥ 1 and ≤ 3",
    );
  });
});

describe("rocAuc", () => {
  test("is the share of pairs in the right order, ties counting half", () => {
    expect(rocAuc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75);
    expect(rocAuc([1, 1, 1], [0, 1, 1])).toBe(0.5);
    expect(rocAuc([3, 2, 1], [0, 1, 1])).toBe(0);
    expect(rocAuc([1, 2, 2, 3], [0, 0, 1, 1])).toBe(0.875);
  });

  test("of two columns is that of their difference", () => {
    expect(rocAuc([[0, 0.1], [0.5, 0.9], [3, 3.35], [-1, -0.2]], [0, 0, 1, 1])).toBe(0.75);
  });

  test("is NaN without rows of both kinds or with a NaN among the scores, and leaves such classes out", () => {
    expect(rocAuc([1, 2], [1, 1])).toBeNaN();
    expect(rocAuc([1, NaN], [0, 1])).toBeNaN();
    expect(rocAuc([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1]], [0, 1])).toBe(1);
  });

  test("takes numbers outside [0, 1] of several classes for logits", () => {
    const logits = tensor([[5, 1, 0], [1, 0.5, 0], [0, 2, 1], [9, 8, 9]], { dtype: "float64" });
    const truth = [0, 1, 1, 2];
    expect(rocAuc(logits, truth)).toBe(rocAuc(logits.softmax({ axis: 1 }), truth));
  });

  test("refuses the average of class 1 among three", () => {
    expect(refusal(() => rocAuc(animals.scores, animals.truth, { average: "binary" }))).toMatch(/^OptionError: rocAuc: the/);
  });
});

test("evaluate calls metrics that are no means of batches on all rows at once", () => {
  const model = new Linear(1, 1);
  model.loadStateDict({ weight: tensor([[1]]), bias: tensor([0]) });
  const data = Dataset.from({ x: [[-1], [2], [1], [3]], y: [0, 0, 1, 1] });
  const scores = evaluate(model, data, { metrics: { rocAuc, f1, recall }, batchSize: 2 });
  expect(scores).toEqual({ rocAuc: 0.75, f1: 0.8, recall: 1 });
});

interface SklearnCase {
  readonly says: string;
  readonly scores: number[];
  readonly truth: number[];
  readonly expect: Readonly<Record<string, number | number[][]>>;
}

describe("scikit-learn agrees", () => {
  const { cases } = JSON.parse(
    readFileSync(new URL("../fixtures/sklearn/metrics.json", import.meta.url), "utf8"),
  ) as { cases: SklearnCase[] };
  const settle = (name: string, [first, second]: string[]): object => {
    if (name === "topKAccuracy") return { k: Number(first) };
    return { average: first, ...(second === undefined ? {} : { zeroDivision: Number(second) }) };
  };
  const metrics = { precision, recall, f1, rocAuc, topKAccuracy } as const;

  test.each(cases)("on $says", ({ scores, truth, expect: expected }) => {
    for (const [what, value] of Object.entries(expected)) {
      const [name = "", ...words] = what.split(" ");
      if (name === "confusionMatrix") {
        expect(confusionMatrix(scores, truth).toArray(), what).toEqual(value);
        continue;
      }
      const metric = metrics[name as keyof typeof metrics];
      const wide = tensor(scores, { dtype: "float64" });
      expect(metric(wide, truth, settle(name, words)), what).toBeCloseTo(value as number, 12);
    }
  });
});
