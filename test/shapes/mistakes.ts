/** Programs whose shapes do not fit: what the compiler says, where, and what the run-time error is. */

/** One mistake; its code uses names that gradkit exports. */
export interface Mistake {
  readonly title: string;
  readonly code: string;
  /** Where the compiler points: the last place in the code that begins so. */
  readonly at: string;
  /** The sentence within the compiler's message. */
  readonly says: string;
  /** What the run-time error says, where it is not what stands before the bracket in `says`. */
  readonly throws?: RegExp;
}

const of = (title: string, code: string, at: string, says: string, throws?: RegExp): Mistake =>
  throws === undefined ? { title, code, at, says } : { title, code, at, says, throws };

/** The ten that docs/9-shapes.md shows. */
export const shown: readonly Mistake[] = [
  of(
    "Adding rows of another width",
    `const x = zeros([64, 10]);
x.add(zeros([64]));`,
    "zeros([64])",
    "shapes do not broadcast: [64, 10] and [64] (10 ≠ 64)",
  ),
  of(
    "A weight that lies the wrong way",
    `const weight = randn([128, 784]);
randn([64, 784]).matmul(weight);`,
    "weight",
    "matmul: inner dimensions differ: [64, 784] × [128, 784] (784 ≠ 128)",
  ),
  of(
    "A layer that does not fit the one before",
    `new Sequential(new Linear(784, 128), new ReLU(), new Linear(64, 10));`,
    "new Linear(64, 10)",
    "Sequential: layer 2 expects [..., 64] but gets [..., 128]",
    /Sequential: layer 2: Linear: input has 128 features, expects 64/,
  ),
  of(
    "Another input than the model was made for",
    `const model = new Sequential(new Linear(784, 10));
model.call(zeros([64, 28, 28]));`,
    "zeros([64, 28, 28])",
    "call: input of the wrong shape: [64, 28, 28] (the model expects [..., 784])",
    /Linear: input has 28 features, expects 784/,
  ),
  of(
    "A target with an axis too few",
    `const model = new Sequential(new Linear(3, 1));
mse(model.call(zeros([32, 3])), zeros([32]));`,
    "zeros([32])",
    "shapes differ: prediction [32, 1], target [32] (a loss does not broadcast)",
  ),
  of(
    "As many classes as columns instead of rows",
    `crossEntropy(zeros([64, 10]), zeros([10]));`,
    "zeros([10])",
    "classes do not fit the scores: prediction [64, 10], target [10] (expected [64])",
  ),
  of(
    "A gradient from many numbers",
    `const w = randn([3], { requiresGrad: true });
w.square().backward();`,
    "w.square()",
    "backward: not a single element: [3] (give the gradient that arrives here, or take a sum or mean)",
  ),
  of(
    "An axis that is not there",
    `const batch = zeros([64, 10]);
batch.mean({ axes: 2 });`,
    "axes",
    "axes out of range: 2 (rank 2: [64, 10])",
  ),
  of(
    "Joining what does not match",
    `concat([zeros([2, 3]), zeros([2, 4])]);`,
    "[zeros",
    "concat: shapes differ beside axis 0: [2, 3] and [2, 4]",
  ),
  of(
    "Rows that are not equally long",
    `tensor([[1, 2, 3], [4, 5]]);`,
    "[[1, 2, 3]",
    "tensor: ragged array (lists at depth 1 are not equally long)",
  ),
];

/** All of them. */
export const mistakes: readonly Mistake[] = [
  ...shown,
  of("mul", `mul(zeros([2, 1, 3]), zeros([4, 2]));`, "zeros([4", "shapes do not broadcast: [2, 1, 3] and [4, 2] (3 ≠ 2)"),
  of("less", `zeros([2]).less(zeros([3]));`, "zeros([3", "shapes do not broadcast: [2] and [3] (2 ≠ 3)"),
  of("where", `where(zeros([2]), 1, zeros([3]));`, "zeros([3", "shapes do not broadcast: [2] and [3] (2 ≠ 3)"),
  of(
    "leading axes",
    `matmul(zeros([2, 3, 4]), zeros([5, 4, 3]));`,
    "zeros([5",
    "matmul: leading axes do not broadcast: [2, 3, 4] × [5, 4, 3] ([2] and [5])",
  ),
  of("a scalar", `matmul(zeros([3]), 2);`, "2", "matmul: an operand is a scalar: [3] × [] (it has no axis to sum over)"),
  of(
    "linear",
    `zeros([4, 3]).linear(zeros([2, 5]));`,
    "zeros([2, 5",
    "linear: inner dimensions differ: x [4, 3], weight [2, 5] (3 ≠ 5)",
  ),
  of("dot", `dot(zeros([3]), zeros([4]));`, "zeros([4", "dot: lengths differ: [3] and [4] (3 ≠ 4)"),
  of("outer", `zeros([3]).outer(zeros([4, 1]));`, "zeros([4", "outer: not two vectors: [3] and [4, 1] (each has one axis)"),
  of("transpose", `zeros([3]).transpose();`, "zeros", "transpose: too few axes: [3] (rank 1 < 2)"),
  of(
    "permute",
    `zeros([2, 3, 4]).permute([0, 2, 2]);`,
    "[0, 2",
    "permute: not an order of the axes: [0, 2, 2] for [2, 3, 4] (each axis once)",
  ),
  of("unsqueeze", `zeros([2]).unsqueeze(3);`, "3", "axis out of range: 3 (rank 2: [2, 1])"),
  of("squeeze", `zeros([2, 1]).squeeze(0);`, "0);", "squeeze: the axis is not of size 1: axis 0 of [2, 1] (size 2)"),
  of("stack", `stack([zeros([2]), zeros([3])]);`, "[zeros", "stack: shapes differ: [2] and [3]"),
  of(
    "slice",
    `zeros([2, 3]).slice([null, null, [0, 1]]);`,
    "[null, null",
    "slice: not one entry per axis: 3 ranges for [2, 3]",
    /slice: not one entry per axis/,
  ),
  of("softmax", `zeros([2, 3]).softmax({ axis: 2 });`, "axis", "axis out of range: 2 (rank 2: [2, 3])"),
  of("argmax", `argmax(zeros([2, 3]), { axes: -3 });`, "axes", "axes out of range: -3 (rank 2: [2, 3])"),
  of(
    "broadcastTo",
    `zeros([3]).broadcastTo([2, 4]);`,
    "[2, 4]",
    "broadcastTo: the shape does not repeat to the target: [3] → [2, 4]",
  ),
  of(
    "huber",
    `huber(zeros([4]), zeros([4, 1]));`,
    "zeros([4, 1",
    "shapes differ: prediction [4], target [4, 1] (a loss does not broadcast)",
  ),
  of(
    "nll",
    `nll(zeros([4, 3]), zeros([4, 3]));`,
    "zeros([4, 3]))",
    "classes do not fit the scores: prediction [4, 3], target [4, 3] (expected [4])",
  ),
  of(
    "channels",
    `new Sequential(new Conv2d(1, 8, 3), new ReLU(), new MaxPool2d(2), new Conv2d(16, 4, 3)).forward(zeros([1, 1, 9, 9]));`,
    "new Conv2d(16",
    "Sequential: layer 3 expects [..., 16, n, n] but gets [..., 8, n, n]",
    /Sequential: layer 3: /,
  ),
  of(
    "an embedding",
    `new Sequential(new Embedding(100, 16), new LayerNorm(32));`,
    "new LayerNorm",
    "Sequential: layer 1 expects [..., 32] but gets [..., 16]",
    /Sequential: layer 1: /,
  ),
  of(
    "after flatten",
    `new Sequential(new Flatten(), new Linear(9, 4), new Linear(5, 2));`,
    "new Linear(5",
    "Sequential: layer 2 expects [..., 5] but gets [..., 4]",
    /Sequential: layer 2: Linear: input has 4 features, expects 5/,
  ),
];
