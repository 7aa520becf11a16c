/**
 * gradkit: neural networks in TypeScript, from tensors and gradients to training.
 *
 * @module gradkit
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
export type { Axes } from "./axes";
export type { Bad, Checked, ShapeOf } from "./types";
export { tensor, type FromValuesOptions, type TensorOptions } from "./tensor/create";
export { Generator, manualSeed } from "./tensor/generator";
export type { AxisOptions, RandomStream, Range, ReduceOptions } from "./tensor/methods";
export { Buffer, Parameter } from "./tensor/parameter";
export { Tensor, assign, type Edge, type GraphNode, type NestedArray, type TensorLike } from "./tensor/tensor";

// Tensors from a rule, and random ones
export { arange, eye, full, linspace, ones, onesLike, zeros, zerosLike } from "./ops/create";
export { dropout, permutation, rand, randint, randn } from "./ops/random";
export type { DropoutOptions, PermutationOptions, RandomOptions } from "./ops/random";

// Operations
export {
  abs, add, ceil, div, floor, maximum, minimum, mul, neg, pow, reciprocal, round, sign, square, sub,
} from "./ops/elementwise";
export { cos, erf, exp, expm1, log, log1p, rsqrt, sin, sqrt, tan, tanh } from "./ops/transcendental";
export {
  elu, gelu, hardSigmoid, hardTanh, leakyRelu, logSigmoid, mish, relu, relu6, sigmoid, silu, softplus, softsign,
} from "./ops/activations";
export type { EluOptions, GeluOptions, LeakyReluOptions } from "./ops/activations";
export {
  clamp, equal, greater, greaterEqual, isFinite, isNaN, less, lessEqual, logicalAnd, logicalNot, logicalOr, notEqual,
  where,
} from "./ops/compare";
export { clone, detach, to } from "./ops/cast";
export { mean, sum } from "./ops/reduce";
export { argmax, argmin, max, min } from "./ops/extreme";
export { prod } from "./ops/product";
export { std, variance, type VarianceOptions } from "./ops/moments";
export { norm, type NormOptions } from "./ops/norm";
export { logSumExp } from "./ops/logSumExp";
export { all, any } from "./ops/anyAll";
export { cumsum } from "./ops/cumulate";
export { logSoftmax, softmax } from "./ops/softmax";
export { flatten, reshape, squeeze, unsqueeze, type FlattenOptions } from "./ops/reshape";
export { permute, transpose } from "./ops/permute";
export { broadcastTo } from "./ops/reduce";
export { concat, split, stack } from "./ops/concat";
export { flip, slice } from "./ops/slice";
export { pad, type PadMode, type PadOptions } from "./ops/pad";
export { tile } from "./ops/tile";
export { gather, scatterAdd, takeAlong } from "./ops/gather";
export { indexSelect, oneHot, type OneHotOptions } from "./ops/indexSelect";
export { sort, topK, type SortOptions, type Sorted, type TopKOptions } from "./ops/sort";
export { dot, matmul, outer } from "./ops/matmul";
export { linear } from "./ops/linear";
export { einsum } from "./ops/einsum";
export { conv1d, conv2d, convTranspose2d } from "./ops/conv";
export { maxPool1d, maxPool2d } from "./ops/maxPool";
export { adaptiveAvgPool2d, avgPool1d, avgPool2d } from "./ops/avgPool";
export type { ConvOptions, ConvTransposeOptions } from "./tensor/moves";
export type { AvgPoolOptions, MaxPoolOptions, Padding, PerAxis, PoolOptions } from "./tensor/moves";
export { groupNorm, layerNorm, rmsNorm, type NormalizeOptions, type RmsNormOptions } from "./ops/normalize";
export { batchNorm, type BatchNormOptions } from "./ops/batchNorm";
export { embedding, type EmbeddingOptions } from "./ops/embedding";
export { scaledDotProductAttention, type AttentionOptions } from "./ops/attention";

// Gradients
export type { BackwardOptions } from "./autograd/backward";
export { GradientReport, checkGradients, type CheckGradientsOptions, type GradientEntry } from "./autograd/check";
export { customOp, type CustomContext, type CustomOp, type LikeEach } from "./autograd/custom";
export { grad, hessian, hvp, jacobian, type GradOptions } from "./autograd/functional";
export { Graph, graph, type GraphOptions } from "./autograd/graph";
export type { BackwardStep, ForwardStep, GraphStep } from "./autograd/steps";
export type { GraphEdge, GraphVertex } from "./autograd/structure";
export { noGrad } from "./tensor/tape";

// Linear algebra (plain functions, no gradient)
export { svd, type SVD } from "./linalg/svd";
export { symmetricEigen, type SymmetricEigen, type SymmetricEigenOptions } from "./linalg/symmetricEigen";

// Compile
export { compile } from "./accelerate";
export type { CompileOptions, Compiled } from "./compile/compile";
export { js } from "./devices/js/build";
export { type WasmOptions, wasm } from "./devices/wasm/device";
export type { ProgramDevice } from "./tensor/program";

// Layers
export {
  ELU, GELU, HardSigmoid, HardTanh, LeakyReLU, LogSigmoid, Mish, ReLU, ReLU6, SiLU, Sigmoid, Softplus, Softsign,
  Tanh,
} from "./layers/activations";
export type { AffineOptions } from "./layers/affine";
export { Conv1d, Conv2d, ConvTranspose2d } from "./layers/conv";
export type { ConvLayerOptions, ConvTransposeLayerOptions } from "./layers/conv";
export { MultiHeadAttention } from "./layers/attention";
export type {
  AttendOptions,
  AttendWeightsOptions,
  AttentionResult,
  MultiHeadAttentionOptions,
} from "./layers/attention";
export { BatchNorm1d, BatchNorm2d, type BatchNormLayerOptions } from "./layers/batchNorm";
export { Dropout } from "./layers/dropout";
export { Embedding, type EmbeddingLayerOptions } from "./layers/embedding";
export { heNormal, heUniform, xavierNormal, xavierUniform, type HeOptions } from "./layers/fanInit";
export { Flatten } from "./layers/flatten";
export { constant, normal, uniform } from "./layers/init";
export type { Configurable, GainOptions, InitOptions, Initializer } from "./layers/initializer";
export { Lambda } from "./layers/lambda";
export { Linear, type LinearOptions } from "./layers/linear";
export { Module, type LoadOptions } from "./layers/module";
export { GroupNorm, LayerNorm, RMSNorm, type LayerNormOptions, type NormLayerOptions } from "./layers/normalize";
export { orthogonal } from "./layers/orthogonal";
export { AdaptiveAvgPool2d, AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d } from "./layers/pool";
export { PositionalEncoding, type PositionalEncodingOptions } from "./layers/positionalEncoding";
export type { HiddenState, RecurrentOptions, RecurrentResult } from "./layers/recurrent";
export { GRU, LSTM, RNN, type CellState, type LSTMResult, type RNNOptions } from "./layers/rnn";
export { Residual } from "./layers/residual";
export { Sequential, type SequentialConstructor } from "./layers/sequential";
export { LogSoftmax, Softmax } from "./layers/softmax";
export { TransformerEncoderLayer, type TransformerEncoderLayerOptions } from "./layers/transformer";
export type { LoadReport } from "./layers/state";
export type { HasParameters } from "./tensor/hasParameters";

// Losses
export { binaryCrossEntropy, type BinaryCrossEntropyOptions } from "./losses/binaryCrossEntropy";
export { binaryCrossEntropyWithLogits } from "./losses/binaryCrossEntropyWithLogits";
export type { BinaryCrossEntropyWithLogitsOptions } from "./losses/binaryCrossEntropyWithLogits";
export { binaryHinge, type BinaryHingeOptions } from "./losses/binaryHinge";
export { cosineEmbedding, type CosineEmbeddingOptions } from "./losses/cosineEmbedding";
export { crossEntropy, type CrossEntropyOptions } from "./losses/crossEntropy";
export { gaussianNll, type GaussianNllOptions } from "./losses/gaussianNll";
export { hinge, type HingeOptions } from "./losses/hinge";
export { hingeEmbedding, type HingeEmbeddingOptions } from "./losses/hingeEmbedding";
export { huber, smoothL1, type HuberOptions, type SmoothL1Options } from "./losses/huber";
export { klDivergence, type KlDivergenceOptions } from "./losses/klDivergence";
export { mae } from "./losses/mae";
export { mse, type MseOptions } from "./losses/mse";
export { nll, type NllOptions } from "./losses/nll";
export { elasticNetPenalty, l1Penalty, l2Penalty } from "./losses/penalties";
export { poissonNll, type PoissonNllOptions } from "./losses/poissonNll";
export type { LossOptions, Reduction } from "./losses/reduction";
export { zeroOne } from "./losses/zeroOne";

// Optimizers
export { AdaDelta, type AdaDeltaOptions } from "./optimizers/adadelta";
export { AdaGrad, type AdaGradOptions } from "./optimizers/adagrad";
export { Adam, AdamW, type AdamOptions } from "./optimizers/adam";
export { AdaMax, type AdaMaxOptions } from "./optimizers/adamax";
export { clipGradNorm, clipGradValue, type ClipNormOptions } from "./optimizers/clip";
export { cosineWarmRestarts, cyclic, oneCycle } from "./optimizers/cycles";
export type { CosineWarmRestartsOptions, CyclicOptions, OneCycleOptions } from "./optimizers/cycles";
export type { OptimizerOptions, ParameterGroup, RuleSettings } from "./optimizers/group";
export { Optimizer, type GroupOptions, type OptimizerInput, type Slots, type Updated } from "./optimizers/optimizer";
export { NAdam, type NAdamOptions } from "./optimizers/nadam";
export type { ParameterList } from "./optimizers/parameters";
export { RAdam, type RAdamOptions } from "./optimizers/radam";
export { ReduceOnPlateau, type ReduceOnPlateauOptions } from "./optimizers/reduceOnPlateau";
export { RMSProp, type RMSPropOptions } from "./optimizers/rmsprop";
export {
  chain,
  constantRate,
  cosineDecay,
  exponentialDecay,
  linearWarmup,
  multiStepDecay,
  polynomialDecay,
  stepDecay,
} from "./optimizers/schedules";
export type {
  CosineDecayOptions,
  ExponentialDecayOptions,
  LinearWarmupOptions,
  MultiStepDecayOptions,
  PolynomialDecayOptions,
  Schedule,
  StepDecayOptions,
} from "./optimizers/schedules";
export type { MomentSettings } from "./optimizers/rules";
export { Momentum, SGD, type SGDOptions } from "./optimizers/sgd";

// Data
export { randomAffine, randomFlip } from "./data/augment";
export type { AugmentOptions, Augmentation, RandomAffineOptions, RandomFlipOptions, Spread } from "./data/augment";
export type { Batch, BatchPlace, Batches, BatchesOptions } from "./data/batches";
export { Dataset, type BatchMap, type DatasetOptions, type SplitSpec } from "./data/dataset";
export { LabelEncoder, OneHotEncoder, type Category } from "./data/encoders";
export { parseIDX } from "./data/idx";
export type { RecordsOptions } from "./data/records";
export { MinMaxScaler, StandardScaler, type MinMaxScalerOptions } from "./data/scalers";
export type { ShuffleOptions, SplitOptions } from "./data/split";
export { windows, type WindowsOptions } from "./data/windows";

// Baselines
export { majorityBaseline, meanBaseline, type Baseline } from "./baselines/constantBaselines";
export { KNearestNeighbors } from "./baselines/kNearestNeighbors";
export type { KNearestNeighborsOptions, Neighbors, NeighborsOptions } from "./baselines/kNearestNeighbors";
export { lastValueBaseline, seasonalBaseline, type SeriesBaselineOptions } from "./baselines/seriesBaselines";

// Training
export type { BatchEvent, Callback, EpochRecord, TrainingContext } from "./training/callbacks";
export type { EarlyStoppingOptions } from "./training/earlyStopping";
export { evaluate, predict, type EvaluateOptions, type Loss, type PredictOptions } from "./training/evaluate";
export { fit, fitSync, type FitOptions } from "./training/fit";
export type { ProgressSink } from "./training/host";
export type { Run } from "./training/loop";
export { lrFind, type LrFindOptions, type LrFound } from "./training/lrFind";
export { accuracy, confusionMatrix, f1, precision, recall, topKAccuracy } from "./training/classification";
export type {
  AccuracyOptions,
  ClassMetricOptions,
  ConfusionMatrixOptions,
  TopKAccuracyOptions,
} from "./training/classification";
export type { Average, ThresholdOptions } from "./training/judge";
export { meanAbsoluteError, meanAbsolutePercentageError, r2, rootMeanSquaredError } from "./training/metrics";
export type { Metric } from "./training/metrics";
export type { NonFinite } from "./training/nonFinite";
export { rocAuc, type RocAucOptions } from "./training/rocAuc";

// Diagnostics
export { activations } from "./diagnostics/activations";
export { biasVariance } from "./diagnostics/biasVariance";
export type { BiasVariance, BiasVarianceOptions, FittedPredictor } from "./diagnostics/biasVariance";
export { ModelReport, checkModel, type CheckModelOptions } from "./diagnostics/checkModel";
export { chordTest, isConvexOnSegment } from "./diagnostics/convexity";
export type { ChordTest, ChordTestOptions, SegmentOptions } from "./diagnostics/convexity";
export { criticalPoint, type CriticalPoint, type CriticalPointOptions } from "./diagnostics/criticalPoint";
export { deadUnits, type DeadUnits, type DeadUnitsOptions } from "./diagnostics/deadUnits";
export { diagnose, type DiagnoseOptions, type DiagnosedEpoch, type Diagnosis } from "./diagnostics/diagnose";
export type { ByName, DirectionChoice } from "./diagnostics/directions";
export type { Finding } from "./diagnostics/findings";
export { GradientFlow, gradientReport } from "./diagnostics/gradientReport";
export type { GradientVerdict, ParameterGradient } from "./diagnostics/gradientReport";
export { lossLandscape } from "./diagnostics/lossLandscape";
export type { LandscapeGrid, LossLandscape, ModelLandscapeOptions } from "./diagnostics/lossLandscape";
export { representationalSimilarity } from "./diagnostics/representationalSimilarity";
// Search
export { bayesianSearch, type BayesianSearchOptions } from "./search/bayesianSearch";
export { coordinateSearch, type CoordinateSearchOptions } from "./search/coordinateSearch";
export { gridSearch } from "./search/gridSearch";
export { multiStart, type MultiStartOptions, type Started, type Starts } from "./search/multiStart";
export { randomSearch } from "./search/randomSearch";
export type { NumberRange, SearchParams, SearchSpace } from "./search/space";
export type { Outcome, Score, SearchOptions, Searched } from "./search/study";
export type { SearchEnd, SearchResult, Trial } from "./search/trials";
// Pictures
export type { Classifier, Predictor } from "./charts/classifier";
export { confusionMatrixChart, type ConfusionMatrixChartOptions, type Judged } from "./charts/confusionMatrixChart";
export { decisionBoundary, type DecisionBoundaryOptions, type LabelledPoints } from "./charts/decisionBoundary";
export type { AxesOptions, Chart, ChartOptions, ChartPart, ChartValue } from "./charts/grammar";
export { graphChart } from "./charts/graphChart";
export { histogram, type HistogramOptions } from "./charts/histogram";
export { lineChart, type Line, type LineChartOptions } from "./charts/lineChart";
export { lossContours, type LossContoursOptions, type LossGrid } from "./charts/lossContours";
export { lossCurves, type CurveRecord, type Curves, type LossCurvesOptions } from "./charts/lossCurves";
export { networkChart, type NetworkChartOptions } from "./charts/networkChart";
export { predictionChart, type Day, type PredictionChartOptions } from "./charts/predictionChart";
export { scatter, type ScatterOptions } from "./charts/scatter";
export { slopeChart, type SlopeChartOptions } from "./charts/slopeChart";
export { sideBySide, type SideBySideOptions } from "./charts/spec";
export { chartColors, themed, type ChartColors } from "./charts/theme";
export { triptych, type TriptychOptions } from "./charts/triptych";
export { weightImages, type WeightImagesOptions } from "./charts/weightImages";
