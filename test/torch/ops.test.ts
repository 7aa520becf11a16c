/** Every op gives PyTorch's numbers: forward, gradients, and gradients of gradients, in float64 and float32. */
import { describe, test } from "vitest";
import { type OpCase, casesOf, expectAgreement, titleOf } from "../support/torch";

describe.each(["elementwise", "reduce", "shape", "pick", "contract", "signals", "dtypes", "networks"])("%s", (area) => {
  for (const told of casesOf<OpCase>(area)) {
    for (const expected of told.expect) test(titleOf(told, expected), () => expectAgreement(told, expected));
  }
});
