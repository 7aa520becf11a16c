/** The kinds of error gradkit throws; every message reads `where: what is wrong: the values (why); how to mend it`. */

/** The offending values of an error, by name, so that programs can read what people read in the message. */
export type ErrorFields = Readonly<Record<string, unknown>>;

/**
 * Base class of every error that gradkit throws on purpose.
 *
 * The message follows one grammar: `op: what is wrong: the values (why); how to mend it`.
 *
 * @example
 * ```ts
 * import { GradkitError, tensor } from "gradkit";
 * try {
 *   tensor([1, 2]).reshape([3]);
 * } catch (error) {
 *   error instanceof GradkitError; // → true
 * }
 * ```
 */
export class GradkitError extends Error {
  /** The class's name, written out: bundlers shorten the name of the class itself. */
  override readonly name: string = "GradkitError";
  /** The offending values, by name. */
  readonly fields: ErrorFields;

  constructor(message: string, fields: ErrorFields = {}) {
    super(message);
    this.fields = fields;
  }
}

/** Shapes, axes or indices that do not fit the operation. */
export class ShapeError extends GradkitError {
  override readonly name: string = "ShapeError";
}

/** An element type that an operation, layer or device does not take. */
export class DTypeError extends GradkitError {
  override readonly name: string = "DTypeError";
}

/** A request that the autograd graph cannot answer: a non-scalar start, a freed graph, an input changed in place. */
export class GradError extends GradkitError {
  override readonly name: string = "GradError";
}

/** Something that cannot be written into a compiled program, such as reading a value while tracing. */
export class TraceError extends GradkitError {
  override readonly name: string = "TraceError";
}

/** An unknown option, or an option or argument whose value is out of range. */
export class OptionError extends GradkitError {
  override readonly name: string = "OptionError";
}

/** A device that is missing or cannot run a request. */
export class DeviceError extends GradkitError {
  override readonly name: string = "DeviceError";
}

/** Bytes or text that are not what their format demands. */
export class FormatError extends GradkitError {
  override readonly name: string = "FormatError";
}

/** Runs a function; an error that gradkit throws in it is thrown on with its place, `where: `, before the message. */
export function within<T>(where: string, fields: ErrorFields, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof GradkitError)) throw error;
    const Kind = error.constructor as new (message: string, fields: ErrorFields) => GradkitError;
    const renamed = new Kind(`${where}: ${error.message}`, { ...error.fields, ...fields });
    renamed.cause = error;
    throw renamed;
  }
}
