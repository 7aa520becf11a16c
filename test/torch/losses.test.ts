/** Every loss gives PyTorch's numbers with every reduction and option, forward and to second order. */
import { test } from "vitest";
import { type OpCase, casesOf, expectAgreement, titleOf } from "../support/torch";

for (const told of casesOf<OpCase>("losses")) {
  for (const expected of told.expect) test(titleOf(told, expected), () => expectAgreement(told, expected));
}
