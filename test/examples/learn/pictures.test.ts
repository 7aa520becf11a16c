/** The chapter on pictures: curves, planes, frames. */
import { expect, test } from "vitest";
import { main as pictures } from "../../../examples/learn/27-pictures";
import { chapter } from "../../support/chapter";

test("pictures: a line stays high on both losses, a network's losses part; a frame every ten updates", { timeout: 60_000 }, async () => {
  const { result } = await chapter("27-pictures", pictures);
  const [linear, network] = result.films.map(({ history }) => history);
  for (const { history, frames } of result.films) {
    expect(history.map(({ step }) => step)).toEqual(Array.from({ length: 61 }, (_, i) => 10 * i));
    expect(frames).toHaveLength(61);
  }
  expect(Math.abs(linear!.at(-1)!.loss - Math.LN2)).toBeLessThan(0.02);
  expect(Math.abs(linear!.at(-1)!.validationLoss - Math.LN2)).toBeLessThan(0.02);
  const lowest = Math.min(...network!.map(({ validationLoss }) => validationLoss));
  expect(network!.findIndex(({ validationLoss }) => validationLoss === lowest)).toBeLessThan(6);
  expect(network!.at(-1)!.validationLoss).toBeGreaterThan(3 * lowest);
  expect(network!.at(-1)!.loss).toBeLessThan(0.05);
  expect(network!.at(-1)!.accuracy).toBeGreaterThan(0.95);
  expect(result.planes.map((plane) => [plane.length, plane[0]!.length])).toEqual([[13, 33], [13, 33]]);
  expect(result.bend).toBeLessThan(1e-4);
});

