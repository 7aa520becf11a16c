/**
 * gradkit: neural networks in TypeScript, from tensors and gradients to training.
 *
 * @packageDocumentation
 */

import "./install";

// Errors
export {
  DTypeError,
  DeviceError,
  FormatError,
  GradError,
  GradkitError,
  OptionError,
  ShapeError,
  TraceError,
} from "./errors";
export type { ErrorFields } from "./errors";

// Tensors
export type { DType, TypedArray } from "./dtype";
export type { Shape } from "./shape";
export { tensor } from "./tensor/create";
export type { FromValuesOptions, TensorOptions } from "./tensor/create";
export { Generator, manualSeed } from "./tensor/generator";
export { Buffer, Parameter, Tensor, assign } from "./tensor/tensor";
export type { Edge, GraphNode, NestedArray, TensorLike } from "./tensor/tensor";

// Operations
export { add, mul, tanh } from "./ops/elementwise";

// Gradients
export { noGrad } from "./tensor/tape";

// Layers

// Losses

// Optimizers

// Data

// Training
