/** What counts as a bias. */
import { expect, test } from "vitest";
import { isBias } from "../../src/tensor/hasParameters";

test("a bias is a parameter whose name ends in bias", () => {
  expect(["bias", "0.bias", "encoder.in_proj_bias"].map(isBias)).toEqual([true, true, true]);
  expect(["weight", "0.weight", "bias.weight"].map(isBias)).toEqual([false, false, false]);
});
