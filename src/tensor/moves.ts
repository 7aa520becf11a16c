/** Settings of what moves over a signal: the kernels of convolutions, the windows of pools. */

/** A number for each axis of a signal, or one for all of them. */
export type PerAxis = number | readonly number[];

/** Padding on both sides of each axis; "same" keeps the size (divided by the stride), "valid" is none. */
export type Padding = PerAxis | "same" | "valid";

/** Settings of `conv1d` and `conv2d`. */
export interface ConvOptions {
  /** How far the kernel moves from one output to the next; default 1. */
  stride?: PerAxis;
  /** Zeros on both sides of each axis, or "same", or "valid" (none, the default). */
  padding?: Padding;
  /** How far apart the elements of the kernel lie on the signal; default 1. */
  dilation?: PerAxis;
  /** Groups of channels that do not see one another; default 1. */
  groups?: number;
}

/** Settings of `convTranspose2d`. */
export interface ConvTransposeOptions extends Omit<ConvOptions, "padding"> {
  /** What is cut off on both sides of each axis; default 0. */
  padding?: PerAxis;
  /** Rows and columns more at the end, less than the stride or the dilation; default 0. */
  outputPadding?: PerAxis;
}

/** Settings that all pools have. */
export interface PoolOptions {
  /** How far the window moves; default: its size. */
  stride?: PerAxis;
  /** Places on both sides of each axis, at most half of the window; default 0. */
  padding?: PerAxis;
  /** Whether a last window may reach over the edge; default false. */
  ceilMode?: boolean;
}

/** Settings of `maxPool1d` and `maxPool2d`; places of the padding never win. */
export interface MaxPoolOptions extends PoolOptions {
  /** How far apart the elements of the window lie; default 1. */
  dilation?: PerAxis;
}

/** Settings of `avgPool1d` and `avgPool2d`. */
export interface AvgPoolOptions extends PoolOptions {
  /** Whether the zeros of the padding count as elements of the mean; default true. */
  countIncludePad?: boolean;
}
