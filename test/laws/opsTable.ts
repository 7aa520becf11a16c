/** The law table of ops: every op that gradkit exports has a row in one of its parts. */
import { contractRows } from "./contractRows";
import { creationRows, elementwiseRows } from "./elementwiseRows";
import { networkRows } from "./networkRows";
import { reduceRows } from "./reduceRows";
import type { Row } from "./row";
import { shapeRows } from "./shapeRows";
import { signalRows } from "./signalRows";

export const opsTable: Readonly<Record<string, Row>> = {
  ...elementwiseRows,
  ...creationRows,
  ...reduceRows,
  ...shapeRows,
  ...contractRows,
  ...signalRows,
  ...networkRows,
};
