/** What gradkit says when it refuses something. */
import { GradkitError } from "../../src/errors";

/** Runs what must be refused, and gives the kind and the message of the error: `ShapeError: add: …`. */
export function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof GradkitError) return `${error.name}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was refused");
}
