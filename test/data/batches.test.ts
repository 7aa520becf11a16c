/** Batches show every row once per epoch, in an order that the seed fixes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Batches, type BatchesOptions, Dataset, OptionError, manualSeed, tensor } from "../../src/index";

const numbers = (n: number): Dataset => {
  const values = Array.from({ length: n }, (_, i) => i);
  return Dataset.from({ x: values.map((i) => [i, 2 * i]), y: values });
};
const epoch = (batches: Batches): number[] => [...batches].flatMap(({ y }) => y.toArray() as number[]);
const shuffles = fc.constantFrom("epoch" as const, "once" as const, false as const);
const sorted = (rows: readonly number[]): number[] => [...rows].sort((a, b) => a - b);

describe("an epoch", () => {
  test("has ⌈N/B⌉ updates, or ⌊N/B⌋ without the rest", () => {
    expect(numbers(1000).batches({ size: 100 }).length).toBe(10);
    expect(numbers(10_000).batches({ size: 10 }).length).toBe(1000);
    expect(numbers(10).batches({ size: 4 }).length).toBe(3);
    expect(numbers(10).batches({ size: 4, dropLast: true }).length).toBe(2);
    expect(numbers(3).batches({ size: 8 }).length).toBe(1);
  });

  test("shows every row once, x beside its y, in batches of the size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 12 }), shuffles, (n, size, shuffle) => {
        const batches = numbers(n).batches({ size, shuffle, seed: 3 });
        const all = [...batches];
        expect(all).toHaveLength(batches.length);
        expect(all.map(({ y }) => y.size)).toEqual(all.map((_, i) => Math.min(size, n - i * size)));
        for (const { x, y } of all) expect(x.toArray()).toEqual((y.toArray() as number[]).map((i) => [i, 2 * i]));
        expect(sorted(all.flatMap(({ y }) => y.toArray() as number[]))).toEqual(numbers(n).y.toArray());
      }),
    );
  });

  test("without the rest leaves out only the last rows of its order", () => {
    const options = { size: 3, shuffle: "epoch", seed: 1 } as const;
    const whole = epoch(numbers(10).batches(options));
    expect(epoch(numbers(10).batches({ ...options, dropLast: true }))).toEqual(whole.slice(0, 9));
  });

  test("keeps the order unless it is shuffled", () => {
    expect(epoch(numbers(7).batches({ size: 2 }))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(epoch(numbers(7).batches({ size: 2, shuffle: false }))).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe("orders", () => {
  test('differ from epoch to epoch with "epoch", and stay with "once"', () => {
    const fresh = numbers(50).batches({ size: 7, shuffle: "epoch", seed: 1 });
    expect(epoch(fresh)).not.toEqual(epoch(fresh));
    const once = numbers(50).batches({ size: 7, shuffle: "once", seed: 1 });
    expect(epoch(once)).toEqual(epoch(once));
    expect(epoch(once)).not.toEqual(sorted(epoch(once)));
  });

  test("are fixed by the seed and the epoch's number", () => {
    const make = (seed: number): Batches => numbers(50).batches({ size: 7, shuffle: "epoch", seed });
    const [a, b] = [make(1), make(1)];
    const first = [epoch(a), epoch(a), epoch(a)];
    expect([epoch(b), epoch(b), epoch(b)]).toEqual(first);
    expect(epoch(make(2))).not.toEqual(first[0]);
    const later = make(1);
    later.epoch = 2;
    expect(epoch(later)).toEqual(first[2]);
    expect(Array.from(make(1).order(1))).toEqual(first[1]);
  });

  test("without a seed follow manualSeed", () => {
    const drawn = (seed: number): number[] => {
      manualSeed(seed);
      return epoch(numbers(50).batches({ size: 7, shuffle: "epoch" }));
    };
    expect(drawn(5)).toEqual(drawn(5));
    expect(drawn(5)).not.toEqual(drawn(6));
    manualSeed(0);
  });

  test("count an epoch that was left early", () => {
    const batches = numbers(50).batches({ size: 7, shuffle: "epoch", seed: 1 });
    for (const batch of batches) if (batch.y.size > 0) break;
    expect(batches.epoch).toBe(1);
    expect(epoch(batches)).toEqual(Array.from(batches.order(1)));
  });

  test("are equally likely", () => {
    const counts = new Map<string, number>();
    const batches = numbers(3).batches({ size: 3, shuffle: "epoch", seed: 9 });
    for (let i = 0; i < 3000; i++) {
      const key = epoch(batches).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // Expected 500 each, standard deviation 20.
    for (const count of counts.values()) expect(Math.abs(count - 500)).toBeLessThan(100);
  });
});

test("the mean of the batch gradients over an epoch is the full gradient when B divides N", () => {
  const x = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(2 * i)]);
  const data = Dataset.from({ x: tensor(x, { dtype: "float64" }), y: tensor(x.map(([a]) => a! ** 2), { dtype: "float64" }) });
  const w = tensor([[0.3], [-0.2]], { dtype: "float64", requiresGrad: true });
  const gradient = (rows: Dataset, size: number, shuffle: "epoch" | false): readonly number[] => {
    const parts = [...rows.batches({ size, shuffle, seed: 4 })].map((batch) => {
      w.grad = null;
      batch.x.matmul(w).reshape([-1]).sub(batch.y).square().mean().backward();
      return Array.from(w.grad!.toTypedArray());
    });
    return [0, 1].map((i) => parts.reduce((sum, part) => sum + part[i]!, 0) / parts.length);
  };
  const full = gradient(data, 12, false);
  for (const size of [1, 2, 3, 4, 6]) expect(gradient(data, size, "epoch")).toBeCloseToTensor(full, { rtol: 1e-12, atol: 1e-13 });
});

describe("refusals", () => {
  test.each<[object | undefined, string]>([
    [{ size: 0 }, "batches: size is out of range: 0; give a whole number ≥ 1"],
    [{ size: -1 }, "batches: size is out of range: -1"],
    [{ size: 1.5 }, "batches: size is out of range: 1.5"],
    [{}, "batches: size is out of range: undefined"],
    [undefined, "batches: size is out of range: undefined"],
    [{ size: 2, shuffle: true }, 'batches: unknown shuffle: true; give one of "epoch", "once", false'],
    [{ size: 2, shuffle: "epochs" }, 'batches: unknown shuffle: "epochs"; did you mean "epoch"?'],
    [{ size: 2, shuffle: "epoch", seed: -1 }, "batches: seed is out of range: -1"],
    [{ size: 2, dropLast: 1 }, "batches: unknown dropLast: 1; give one of true, false"],
    [{ batchSize: 2 }, 'batches: unknown option: "batchSize"; did you mean "size"?'],
    [{ size: 11, dropLast: true }, "batches: not a single batch: 10 rows, size 11 with dropLast; choose a size ≤ 10"],
  ])("%j", (options, message) => {
    expect(() => numbers(10).batches(options as BatchesOptions)).toThrow(OptionError);
    expect(() => numbers(10).batches(options as BatchesOptions)).toThrow(message);
  });
});
