/** The curriculum, row by row: what each is called here, which tests hold it, which chapters tell it. */

/** One row; `docs/learn/rows.md` is written from these. */
export interface CurriculumRow {
  /** 1 … 118, and 44b. */
  readonly row: string;
  readonly name: string;
  /** Exports of gradkit or gradkit/node. */
  readonly exports: readonly string[];
  /** Tests as `path below test/: title`; the tests of the chapters count as well. */
  readonly tests: readonly string[];
  /** Pages of docs/learn, without their ending. */
  readonly chapters: readonly string[];
  /** Set for what is told and not built: words that must stand on a chapter's page. */
  readonly told?: string;
  /** What is still to come, by the names that are planned. */
  readonly pending?: { readonly exports: readonly string[]; readonly why: string };
}

interface Parts {
  readonly exports?: string;
  readonly tests?: readonly string[];
  readonly chapters?: string;
  readonly told?: string;
  readonly pending?: readonly [exports: string, why: string];
}

const words = (text = ""): string[] => text.split(" ").filter((word) => word !== "");

function row(number: number | string, name: string, parts: Parts): CurriculumRow {
  const { exports, tests = [], chapters, told, pending } = parts;
  return {
    row: String(number),
    name,
    exports: words(exports),
    tests,
    chapters: words(chapters),
    ...(told === undefined ? {} : { told }),
    ...(pending === undefined ? {} : { pending: { exports: words(pending[0]), why: pending[1] } }),
  };
}

const WORKED = "autograd/worked.test.ts";

/** Framing, tasks, data. */
const framing: readonly CurriculumRow[] = [
  row(1, "Learning in three steps: family, loss, optimizer", { exports: "Sequential crossEntropy Adam fit", tests: ["training/fit.test.ts: does what the loop by hand does, bit for bit"], chapters: "01-digits" }),
  row(2, "Hypothesis space and capacity", { exports: "Module Linear", tests: ["layers/summary.test.ts: counts the networks of the lessons"], chapters: "01-digits" }),
  row(3, "Regression, classification, structured output", { exports: "Sigmoid Softmax Linear", tests: ["examples/learn/lecture.test.ts: the probabilities of 361 Go moves add up to 1"], chapters: "06-features 24-softmax" }),
  row(4, "Supervised, parametric, discriminative, and their opposites", { chapters: "09-likelihood", told: "discriminative" }),
  row(5, "Feature and label", { exports: "Dataset", tests: ["data/dataset.test.ts: takes nested arrays as float32, typed arrays and tensors as they are"], chapters: "09-likelihood" }),
  row(6, "MNIST", { exports: "parseIDX readIDX", tests: ["data/idx.test.ts: reads MNIST's test labels and images, packed too", "examples/learn/essay.test.ts: MNIST is the set the texts speak of: checksums, class counts, mean and spread"], chapters: "01-digits" }),
  row(7, "16×16 digit images", { exports: "KNearestNeighbors matmul fit", chapters: "25-neighbours" }),
  row(8, "XOR as four corners", { exports: "Linear Sigmoid crossEntropy", tests: ["examples/results.test.ts: gets all four corners right, and works the LEGO step to ten digits"], chapters: "06-features" }),
  row(9, "XOR of signs", { exports: "tensor", tests: ["examples/numpy.test.ts: draws NumPy's normal numbers"], chapters: "02-lego" }),
  row(10, "Daily-views series", { exports: "windows", tests: ["data/windows.test.ts: of 56 days on 1,506 give 1,450 rows"], chapters: "21-days" }),
  row(11, "Bag of five balls", { exports: "binaryCrossEntropyWithLogits", tests: [`${WORKED}: L is .03456 at .6, .03125 at .5, .03087 at .7 and .01323 at .3`], chapters: "04-balls" }),
  row(12, "Log-likelihood of a product", { exports: "crossEntropy nll", chapters: "09-likelihood" }),
];

/** Models. */
const models: readonly CurriculumRow[] = [
  row(13, "Nearest neighbours", { exports: "KNearestNeighbors", chapters: "25-neighbours" }),
  row(14, "One weight through the origin", { exports: "Linear", tests: ["layers/linear.test.ts: one linear weight without bias cannot fit y = x + 1: the best squared error is 1"], chapters: "01-digits" }),
  row(15, "Linear classifier on pixels", { exports: "Linear Flatten argmax", tests: ["examples/results.test.ts: does so with the model %s too"], chapters: "01-digits" }),
  row(16, "Linear support vector machine", { exports: "hinge SGD", tests: ["losses/hinge.test.ts: is exactly 9 for ten equal scores"], chapters: "01-digits" }),
  row(17, "Softmax regression", { exports: "crossEntropy SGD", tests: ["losses/crossEntropy.test.ts: is ln K for equal logits, and falls as the right class gains"], chapters: "01-digits" }),
  row(18, "Scores are not probabilities", { exports: "softmax", chapters: "01-digits" }),
  row(19, "Binary logistic regression", { exports: "binaryCrossEntropyWithLogits", tests: ["losses/binaryCrossEntropyWithLogits.test.ts: fits the intercept of three ones and two zeros: ln 1.5, probability 0.6", "laws/optimizers.test.ts: fits a logistic regression to the minimum of its loss"], chapters: "05-logistic" }),
  row(20, "Linear regression", { exports: "Linear mse", chapters: "13-gaussian" }),
  row(21, "Day-window linear models", { exports: "windows mae", tests: ["examples/results.test.ts: has longer windows beat shorter ones and the baselines, and networks beat both on days they saw"], chapters: "21-days" }),
  row(22, "Model bias and bias term", { chapters: "09-likelihood", told: "*Bias* has two" }),
  row(23, "Piecewise-linear curve as a sum of ramps", { exports: "clamp", chapters: "22-curves" }),
  row(24, "Sum of sigmoids", { exports: "Sigmoid linear", chapters: "22-curves" }),
  row(25, "Sigmoid as a soft ramp", { exports: "sigmoid", chapters: "22-curves" }),
  row(26, "Two ReLUs make a ramp", { exports: "relu", tests: ["layers/activations.test.ts: two ReLUs make a ramp, exactly"], chapters: "22-curves" }),
  row(27, "One hidden layer of ReLUs on 56 days", { exports: "ReLU", chapters: "21-days" }),
  row(28, "Deep ReLU networks", { exports: "ReLU Sequential", chapters: "21-days" }),
  row(29, "Features that make XOR separable", { exports: "norm", chapters: "06-features" }),
  row(30, "Learned features: cascaded logistic units", { exports: "Sigmoid", chapters: "06-features" }),
  row(31, "Neuron", { exports: "Linear Sigmoid", chapters: "05-logistic" }),
  row(32, "Fully connected network", { exports: "Sequential", tests: ["layers/linear.test.ts: Lee's 2-2-2-2 sigmoid network gives 0.62, 0.83 for (1, −1) and 0.51, 0.85 for (0, 0)"], chapters: "06-features" }),
  row(33, "LEGO 2-3-2 network without biases", { exports: "matmul sigmoid grad", tests: [`${WORKED}: the gradients of every stage, the computed ones included`], chapters: "02-lego" }),
  row(34, "The same with 50 hidden neurons", { exports: "compile assign", chapters: "03-explosion" }),
  row(35, "Deep linear network and its modes", { exports: "SGD grad svd", tests: ["linalg/svd.test.ts: shows the modes a linear network learns, half learned at ln(s/a₀ − 1)/2s (curriculum 35)"], chapters: "19-modes" }),
  row(36, "Polynomials of low and high degree", { exports: "mse", chapters: "12-polynomials" }),
  row(37, "Conditional Gaussian regression", { exports: "gaussianNll", tests: ["losses/gaussianNll.test.ts: of 0 for 1 with variance 1 is 1.4189385, and ½ without the constant"], chapters: "13-gaussian" }),
  row(38, "Famous deep networks", { chapters: "06-features", told: "AlexNet" }),
];

/** Layers and activations. */
const layers: readonly CurriculumRow[] = [
  row(39, "Linear layer, and why it has a bias", { exports: "Linear", tests: ["layers/linear.test.ts: a sigmoid network without biases has z₂(x) + z₂(−x) = the column sums of W₂, whatever x", "layers/linear.test.ts: computes x·Wᵀ + b, and without bias gives zero for zero", "layers/linear.test.ts: has the gradients dZ·W, dZᵀ·X and the column sums of dZ"], chapters: "02-lego" }),
  row(40, "Sigmoid", { exports: "Sigmoid sigmoid", tests: ["layers/activations.test.ts: sigmoid of the lessons: ±800 without NaN, σ(4) and σ(−2), slope at most ¼"], chapters: "05-logistic 23-gradients" }),
  row(41, "Step function", { exports: "greater", tests: ["tensor/tape.test.ts: integers and truth values have no gradient, and cut the graph"], chapters: "22-curves", told: "A step function" }),
  row(42, "Hard sigmoid", { exports: "clamp hardSigmoid HardSigmoid", tests: ["layers/activations.test.ts: two ReLUs make a ramp, exactly"], chapters: "22-curves" }),
  row(43, "ReLU", { exports: "ReLU relu", tests: ["layers/activations.test.ts: the slope of ReLU at 0 is 0"], chapters: "22-curves 23-gradients" }),
  row(44, "Softmax", { exports: "Softmax softmax", tests: ["layers/softmax.test.ts: gives the probabilities of the lesson, for scores of any size, and does not mind a shift", "layers/softmax.test.ts: has the Jacobian diag(p) − ppᵀ of the lesson"], chapters: "24-softmax" }),
  row("44b", "Dropout", { exports: "Dropout dropout", tests: ["layers/dropout.test.ts: keeps the mean in training: kept values are divided by 1 − p", "layers/dropout.test.ts: does nothing in evaluation", "layers/dropout.test.ts: sends the gradient through the same mask"], chapters: "20-dropout" }),
];

/** Losses and objectives. */
const losses: readonly CurriculumRow[] = [
  row(45, "Multi-class hinge", { exports: "hinge", tests: ["losses/hinge.test.ts: gives 2.9, 0 and 12.9 for the three pictures, mean 5.2667", "losses/hinge.test.ts: has slope 1 at each score too near and minus their count at the right one"], chapters: "01-digits" }),
  row(46, "Cross-entropy", { exports: "crossEntropy", tests: ["losses/crossEntropy.test.ts: z = (2, 1, 0.1), class 0: loss 0.417030, gradient p − t, which sums to 0", "losses/crossEntropy.test.ts: logits of ±1000 give exactly 1000, and stay finite"], chapters: "10-losses 24-softmax" }),
  row(47, "Binary cross-entropy with logits", { exports: "binaryCrossEntropyWithLogits", tests: ["losses/binaryCrossEntropyWithLogits.test.ts: z = 0.3, t = 1: gradient σ(z) − t = −0.4255575"], chapters: "05-logistic" }),
  row(48, "Total cross-entropy over a data set", { exports: "crossEntropy", tests: ["losses/reduction.test.ts: the sum is n times the mean, in value and gradient, and none keeps every element"], chapters: "10-losses" }),
  row(49, "Squared errors: mean, half, sum", { exports: "mse", tests: ["losses/mse.test.ts: is the mean of the squares, or half of it", "losses/mse.test.ts: (1/2N)Σ‖y − h‖² of the two-layer lesson is half the sum over N"], chapters: "08-backprop 10-losses" }),
  row(50, "Absolute errors", { exports: "mae", tests: ["losses/mae.test.ts: mae of the views: 5.3 for 4.9 is 0.4 off, 5.4 for 7.5 is 2.1 off", "losses/mae.test.ts: the gradient of mae is the sign, and 0 where the error is 0"], chapters: "10-losses" }),
  row(51, "Which loss for which task", { chapters: "10-losses", told: "| target | loss | because |" }),
  row(52, "0–1 loss and accuracy", { exports: "zeroOne accuracy", tests: ["training/classification.test.ts: is 1 − the mean 0–1 loss", "losses/zeroOne.test.ts: zeroOne has no gradient, and keeps the scores' dtype"], chapters: "10-losses" }),
  row(53, "Gaussian negative log-likelihood", { exports: "gaussianNll", tests: ["losses/gaussianNll.test.ts: with variance 1 is half the squared error"], chapters: "13-gaussian" }),
  row(54, "L2 penalty", { exports: "l2Penalty SGD", tests: ["losses/penalties.test.ts: ½(θ − 1)² + 0.3θ² is least at θ = 0.625", `${WORKED}: the weight penalty λ/2 Σw² adds λw: at λ = 0.1, dL/dW₁[0][0] = −.0605140 and dL/dW₂[0][0] = −.0702903`], chapters: "11-penalties 03-explosion" }),
  row(55, "L1 penalty", { exports: "l1Penalty", tests: ["losses/penalties.test.ts: ½(θ − 1)² + 0.3|θ| is least at θ = 0.7", "losses/penalties.test.ts: ½(θ − 0.2)² + 0.3|θ| is least at 0, around which plain descent swings without resting"], chapters: "11-penalties" }),
  row(56, "Posterior objective", { exports: "crossEntropy l2Penalty", tests: ["losses/penalties.test.ts: cross-entropy plus an L2 penalty of 1/(2σ²) is the posterior of a normal prior, up to a constant"], chapters: "11-penalties" }),
  row(57, "What is penalised", { exports: "l2Penalty", tests: ["losses/penalties.test.ts: of a model, the weights and not the biases", "losses/penalties.test.ts: of a list, everything: pass parameters() to include the biases"], chapters: "11-penalties" }),
  row(58, "Bernoulli likelihood", { exports: "binaryCrossEntropy", tests: [`${WORKED}: its logarithm has slope 0 at 3/5, value −3.365058 and curvature −20.8333`], chapters: "04-balls" }),
  row(59, "Empirical and true risk", { exports: "evaluate", tests: ["training/evaluate.test.ts: do not depend on the batch size, record nothing and keep the mode"], chapters: "09-likelihood" }),
  row(60, "Overfitting and underfitting by risks", { exports: "diagnose", chapters: "12-polynomials 14-stopping 29-diagnosis" }),
];

/** Optimizers and schedules. */
const optimizers: readonly CurriculumRow[] = [
  row(61, "Gradient descent", { exports: "SGD", tests: ["optimizers/sgd.test.ts: gives the curriculum's numbers", `${WORKED}: x² from 5 with rate 0.005: 4.95, 4.9005, 4.851495, … 1.830162 after 100 steps, 2.159e-4 after 1,000`], chapters: "07-descent 15-optimizers" }),
  row(62, "Any descent direction", { exports: "SGD", chapters: "15-optimizers" }),
  row(63, "Momentum", { exports: "Momentum SGD", tests: ["optimizers/sgd.test.ts: is SGD with momentum 0.9"], chapters: "15-optimizers" }),
  row(64, "RMSProp", { exports: "RMSProp", tests: ["optimizers/rmsprop.test.ts: gives the curriculum's numbers", "optimizers/rmsprop.test.ts: begins with a step of lr/√(1 − alpha), since v is not corrected"], chapters: "15-optimizers" }),
  row(65, "AdaGrad", { exports: "AdaGrad", tests: ["optimizers/adagrad.test.ts: gives the curriculum's numbers", "optimizers/adagrad.test.ts: takes lr/√k in step k under a constant gradient"], chapters: "15-optimizers" }),
  row(66, "Adam", { exports: "Adam", tests: ["optimizers/adam.test.ts: gives the curriculum's numbers", "optimizers/adam.test.ts: takes a first step of lr against the sign, whatever the gradient's size"], chapters: "15-optimizers" }),
  row(67, "AdaGrad against RMSProp", { exports: "AdaGrad RMSProp", tests: ["optimizers/adagrad.test.ts: takes ever smaller steps after a spike, where RMSProp recovers"], chapters: "15-optimizers" }),
  row(68, "Zig-zag in a narrow valley", { exports: "SGD", tests: ["optimizers/sgd.test.ts: and momentum decide how long a narrow valley takes"], chapters: "15-optimizers" }),
  row(69, "Mini-batches", { exports: "Dataset", tests: ["data/batches.test.ts: the mean of the batch gradients over an epoch is the full gradient when B divides N"], chapters: "16-batches" }),
  row(70, "Shuffle once, or per epoch", { exports: "Dataset", tests: ['data/batches.test.ts: differ from epoch to epoch with "epoch", and stay with "once"', "data/batches.test.ts: shows every row once, x beside its y, in batches of the size"], chapters: "16-batches" }),
  row(71, "Epoch and update", { exports: "fit", tests: ["data/batches.test.ts: has ⌈N/B⌉ updates, or ⌊N/B⌋ without the rest"], chapters: "16-batches" }),
  row(72, "The full batch in each step", { exports: "SGD", chapters: "03-explosion 16-batches" }),
  row(73, "One row per update", { exports: "SGD", chapters: "08-backprop 16-batches" }),
  row(74, "Learning rates compared", { exports: "SGD", tests: [`${WORKED}: on x², rate %d multiplies x by %d in each step`], chapters: "07-descent" }),
  row(75, "Step decay", { exports: "stepDecay", tests: ["optimizers/schedules.test.ts: stepDecay divides by ten at each milestone, as the AlexNet curve"], chapters: "16-batches" }),
  row(76, "Advice on tuning", { chapters: "15-optimizers", told: "Advice that has stood the test of time" }),
];

/** Graphs, autograd, back-propagation. */
const autograd: readonly CurriculumRow[] = [
  row(77, "Computation graph at three zoom levels", { exports: "graph Graph", tests: ["autograd/graph.test.ts: of linear regression has the nodes mul, add, sub, square, each after its inputs", "autograd/graph.test.ts: of logistic regression has the nodes matmul, softmax and log, with their shapes"], chapters: "17-graphs" }),
  row(78, "Chain rule", { exports: "grad", tests: ["autograd/backward.test.ts: adds up all paths: y = x·x gives 2x, and a shared part counts once for each use"], chapters: "17-graphs 08-backprop" }),
  row(79, "Back-propagation as products from the right", { exports: "jacobian grad", tests: ["autograd/walk.test.ts: of the backward pass through %i layers is two products each, and at most 3× the kernels"], chapters: "17-graphs" }),
  row(80, "Forward pass, backward pass", { exports: "graph", tests: [`${WORKED}: for weights w into z, dL/dW = aᵀ · dL/dz`], chapters: "17-graphs" }),
  row(81, "Five-step training loop", { exports: "SGD", tests: [`${WORKED}: the loss falls 2.205, 0.15006, 0.03087, 0.00718, 0.00175 and the prediction with it`], chapters: "08-backprop" }),
  row(82, "Upstream derivatives are used again", { exports: "Tensor", tests: ["autograd/walk.test.ts: each node exactly once, however often its result is used"], chapters: "02-lego" }),
  row(83, "All weights move at once", { exports: "Optimizer", tests: ["optimizers/optimizer.test.ts: updates all weights from the gradients at the old ones", `${WORKED}: all weights move at once, by gradients at the old weights: ŷ = 1.347838, not 1.485676`], chapters: "08-backprop" }),
  row(84, "Autograd's semantics", { exports: "Tensor Parameter noGrad detach", tests: ["tensor/tape.test.ts: a tensor made by the user is a leaf without a node, a result of it has one", "tensor/tape.test.ts: requiresGrad is contagious, and only through tensors that require a gradient", "tensor/tape.test.ts: the graph is made anew by every forward pass, so that an if or a loop may change it", "autograd/backward.test.ts: accumulates: two backward passes double the gradient, and null starts again", "autograd/backward.test.ts: several elements without a gradient", "autograd/backward.test.ts: a second backward through it is refused, with the mend"], chapters: "18-autograd" }),
  row(85, "Reverse mode for any graph", { exports: "checkGradients", tests: ["autograd/walk.test.ts: random graphs with fan-out, shared parts and broadcasting have right derivatives to the second order"], chapters: "17-graphs" }),
];

/** Procedures, diagnostics, pictures, failures. */
const procedures: readonly CurriculumRow[] = [
  row(86, "The workflow of train and validation", { exports: "diagnose checkModel", tests: ["diagnostics/diagnose.test.ts: train .02 and validation .5 is overfit, .6 and .62 underfit (curriculum 86)"], chapters: "14-stopping 29-diagnosis" }),
  row(87, "Train, validation, test", { exports: "Dataset", tests: ["data/split.test.ts: makes disjoint parts that hold every row once, whatever the fractions", "data/split.test.ts: keeps the order of time with shuffle: false"], chapters: "14-stopping 21-days" }),
  row(88, "Bias and variance over resampled sets", { exports: "biasVariance", tests: ["diagnostics/biasVariance.test.ts: total is bias² + variance to 1e-10, for any fits", "diagnostics/biasVariance.test.ts: overfits show by fits that differ wildly, and more data helps them but not the line (curriculum 88, 89)"], chapters: "12-polynomials" }),
  row(89, "Fits that differ wildly", { exports: "mse", chapters: "12-polynomials" }),
  row(90, "Loss curves on one axis", { exports: "fit lossCurves", chapters: "14-stopping 27-pictures" }),
  row(91, "Early stopping", { exports: "fit", tests: ["training/earlyStopping.test.ts: stops after n epochs without improvement and knows the best (curriculum 91)", "training/earlyStopping.test.ts: with the rising rule, n epochs must be worse than the one before", "training/fit.test.ts: early stopping goes back to the best weights"], chapters: "14-stopping" }),
  row(92, "Regularisation as a continuous knob", { exports: "l2Penalty", chapters: "12-polynomials" }),
  row(93, "Search for settings", { exports: "gridSearch randomSearch coordinateSearch bayesianSearch", tests: ["search/gridSearch.test.ts: of 3 and 4 choices makes 12 trials, the last setting changing fastest", "search/randomSearch.test.ts: makes as many trials as asked, 20 by default", "search/coordinateSearch.test.ts: never accepts a worse score, changes one setting at a time, and ends where no single change helps"], chapters: "26-search" }),
  row(94, "Which settings matter", { chapters: "14-stopping", told: "Which settings matter" }),
  row(95, "Decision boundary", { exports: "decisionBoundary", chapters: "02-lego 27-pictures" }),
  row(96, "Accuracy, boundary and loss as one film", { exports: "triptych saveReplay", chapters: "02-lego 27-pictures" }),
  row(97, "Error surface with a trajectory", { exports: "lossLandscape lossContours", chapters: "28-critical" }),
  row(98, "The slope in one dimension", { exports: "grad", chapters: "07-descent" }),
  row(99, "Gradient as a vector of slopes", { exports: "grad", chapters: "07-descent" }),
  row(100, "Convexity", { exports: "hessian chordTest isConvexOnSegment", tests: ["diagnostics/convexity.test.ts: passes softmax regression and fails a network with a hidden layer (curriculum 100)"], chapters: "05-logistic 28-critical" }),
  row(101, "Local optima by width", { exports: "multiStart", tests: ["search/multiStart.test.ts: has final losses closer together, and lower, the wider the network"], chapters: "26-search 29-diagnosis" }),
  row(102, "Plateau", { exports: "sigmoid", chapters: "23-gradients" }),
  row(103, "Saddle point", { exports: "criticalPoint", chapters: "28-critical" }),
  row(104, "Critical points by the Hessian", { exports: "hessian criticalPoint symmetricEigen", tests: ["linalg/symmetricEigen.test.ts: gives 3 and −1 for [[1, 2], [2, 1]], whose diagonal is positive (curriculum 104)"], chapters: "28-critical" }),
  row(105, "Internal representations", { exports: "activations", tests: ["diagnostics/representationalSimilarity.test.ts: gives the output of every layer and block by name (curriculum 105)"], chapters: "06-features 30-representations" }),
  row(106, "Representational similarity", { exports: "representationalSimilarity", tests: ["diagnostics/representationalSimilarity.test.ts: constant rows are 1 apart from everything, also from one another (curriculum 106)"], chapters: "30-representations" }),
  row(107, "Network drawing with values on its nodes", { exports: "networkChart", tests: ["charts/models.test.ts: shows each value in its circle and each weight as a line"], chapters: "06-features 30-representations" }),
  row(108, "Predicted and actual series", { exports: "windows", chapters: "21-days" }),
  row(109, "Initial weights", { exports: "uniform Linear", tests: ["layers/init.test.ts: the lesson's U(−1, 1)/√2 for a 2 × 3 weight has deviation 0.408"], chapters: "23-gradients" }),
  row(110, "Exploding gradients", { exports: "clipGradNorm", tests: ["optimizers/clip.test.ts: never leaves more than max, and keeps the direction", "training/nonFinite.test.ts: a learning rate that is too large ends with the layer whose values overflow"], chapters: "23-gradients 03-explosion" }),
  row(111, "Vanishing gradients", { exports: "heNormal", chapters: "23-gradients" }),
  row(112, "Dead ReLU", { exports: "ReLU deadUnits", chapters: "23-gradients 29-diagnosis" }),
  row(113, "Cross-entropy learns where squared errors stall", { exports: "crossEntropy mse", tests: ["losses/mse.test.ts: stalls where cross-entropy learns: confidently wrong after a softmax"], chapters: "24-softmax" }),
  row(114, "Universal approximation", { exports: "Sigmoid ReLU Linear", chapters: "22-curves" }),
  row(115, "Matrix form", { exports: "linear matmul", tests: ["layers/linear.test.ts: takes any leading axes: the batch is the rows one by one", "laws/layers.test.ts: treats the rows of a batch one by one"], chapters: "22-curves" }),
  row(116, "Prediction is cheap", { exports: "predict noGrad", tests: ["training/evaluate.test.ts: do not depend on the batch size, record nothing and keep the mode"], chapters: "09-likelihood" }),
  row(117, "What one knows of a field", { chapters: "21-days", told: "what one knows of a field" }),
  row(118, "Other trainable things", { chapters: "README", told: "learned learning rates" }),
];

/** All 119 rows in order. */
export const curriculum: readonly CurriculumRow[] = [
  ...framing,
  ...models,
  ...layers,
  ...losses,
  ...optimizers,
  ...autograd,
  ...procedures,
];
