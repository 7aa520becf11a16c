/** What a chart is: a plain Vega-Lite v6 specification with its data inside. */

/** Anything that JSON can say. */
export type ChartValue = string | number | boolean | null | readonly ChartValue[] | ChartPart;

/** A part of a specification: a record of what JSON can say. */
export interface ChartPart {
  readonly [property: string]: ChartValue;
}

/**
 * A picture: a Vega-Lite v6 specification as plain JSON, with its data inside. Any Vega renderer draws it, and
 * `saveChart` of `gradkit/node` writes it as SVG or HTML.
 *
 * Colours are those of {@link chartColors} for light paper, on a transparent background; {@link themed} gives the same
 * picture for a dark page.
 */
export interface Chart extends ChartPart {
  /** The address that names the grammar's version; nothing is fetched from it. */
  readonly $schema: string;
}

/** What every picture can be told. */
export interface ChartOptions {
  /** The title; by default a sentence that says what is to be seen. */
  title?: string;
  /** Width of the plotting area in pixels. */
  width?: number;
  /** Height of the plotting area in pixels. */
  height?: number;
}

/** What a picture with two axes can be told. */
export interface AxesOptions extends ChartOptions {
  /** Title of the horizontal axis, with its unit. */
  xTitle?: string;
  /** Title of the vertical axis, with its unit. */
  yTitle?: string;
}
