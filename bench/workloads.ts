/** What is timed: every workload by name, with the sizes that all systems share. */

/** What comes before the layers: convolutions without padding, after each of them ReLU and the largest of 2×2. */
export interface Convolutions {
  /** Rows and columns of the image. */
  readonly side: number;
  /** Of the image, and of what each convolution makes. */
  readonly channels: readonly number[];
  /** Rows and columns of the kernels. */
  readonly kernel: number;
}

/** One training step on one batch that stays where the system keeps its data. */
export interface TrainWorkload {
  readonly kind: "train";
  readonly id: string;
  readonly title: string;
  /** Images as input; what the convolutions leave of them is the first width. */
  readonly convolutions?: Convolutions;
  /** Widths from input to output. */
  readonly sizes: readonly number[];
  readonly batch: number;
  /** Between the layers. */
  readonly activation: "sigmoid" | "relu";
  /** Cross-entropy of logits and class numbers, or the mean squared error. */
  readonly loss: "crossEntropy" | "mse";
  readonly optimizer: "adam" | "sgd";
  readonly lr: number;
}

/** A forward pass, its result read into JavaScript (or NumPy). */
export interface InferWorkload {
  readonly kind: "infer";
  readonly id: string;
  readonly title: string;
  readonly sizes: readonly number[];
  readonly batch: number;
}

/** The product of two square float32 matrices. */
export interface MatmulWorkload {
  readonly kind: "matmul";
  readonly id: string;
  readonly title: string;
  readonly size: number;
}

/** Σ sigmoid(x·y + x), read as a number. */
export interface ElementwiseWorkload {
  readonly kind: "elementwise";
  readonly id: string;
  readonly title: string;
  readonly count: number;
}

/** An epoch over the 60,000 images of MNIST in a new order: batches of 64, 784-128-10, Adam. */
export interface EpochWorkload {
  readonly kind: "epoch";
  readonly id: string;
  readonly title: string;
  readonly sizes: readonly number[];
  readonly batch: number;
  readonly lr: number;
}

/** From the start of a process to its end, with one training step of XOR in between. */
export interface ColdWorkload {
  readonly kind: "cold";
  readonly id: string;
  readonly title: string;
}

/** What a worker process is asked to prepare. */
export type Workload = TrainWorkload | InferWorkload | MatmulWorkload | ElementwiseWorkload | EpochWorkload;

const mlp = { activation: "relu", loss: "crossEntropy", optimizer: "adam", lr: 1e-3 } as const;

/** All workloads in the order of the table. */
export const workloads: readonly (Workload | ColdWorkload)[] = [
  {
    ...mlp,
    ...{ kind: "train", id: "xor", title: "XOR step, 2-3-2 sigmoid, 4 rows, Adam" },
    ...{ sizes: [2, 3, 2], batch: 4, activation: "sigmoid" },
  },
  { ...mlp, kind: "train", id: "mlp-128", title: "784-128-10 step, batch 64, Adam", sizes: [784, 128, 10], batch: 64 },
  {
    ...mlp,
    ...{ kind: "train", id: "mlp-512", title: "784-512-512-10 step, batch 128, Adam" },
    ...{ sizes: [784, 512, 512, 10], batch: 128 },
  },
  {
    ...mlp,
    ...{ kind: "train", id: "softmax", title: "softmax regression 784-10 step, batch 64, SGD" },
    ...{ sizes: [784, 10], batch: 64, optimizer: "sgd", lr: 0.01 },
  },
  {
    ...mlp,
    ...{ kind: "train", id: "regressor", title: "regressor 28-100-100-1 step, batch 64, Adam, MSE" },
    ...{ sizes: [28, 100, 100, 1], batch: 64, loss: "mse" },
  },
  {
    ...mlp,
    ...{ kind: "train", id: "cnn", title: "CNN step, batch 32, Adam", sizes: [256, 10], batch: 32 },
    ...{ convolutions: { side: 28, channels: [1, 8, 16], kernel: 5 } },
  },
  { kind: "infer", id: "infer-1", title: "784-128-10 inference, batch 1", sizes: [784, 128, 10], batch: 1 },
  { kind: "infer", id: "infer-1024", title: "784-128-10 inference, batch 1024", sizes: [784, 128, 10], batch: 1024 },
  { kind: "matmul", id: "matmul-256", title: "matmul 256×256×256", size: 256 },
  { kind: "matmul", id: "matmul-512", title: "matmul 512×512×512", size: 512 },
  { kind: "matmul", id: "matmul-1024", title: "matmul 1024×1024×1024", size: 1024 },
  { kind: "elementwise", id: "elementwise", title: "Σ sigmoid(x·y + x) over 10⁶", count: 1_000_000 },
  {
    ...{ kind: "epoch", id: "mnist", title: "MNIST epoch with its data pipeline, 784-128-10, batch 64" },
    ...{ sizes: [784, 128, 10], batch: 64, lr: 1e-3 },
  },
  { kind: "cold", id: "cold", title: "cold start to a trained XOR step, whole process" },
];

/** Steps after which the losses of all systems are compared. */
export const CHECK_STEPS = 10;

/** Multiply-adds count twice. */
export function matmulFlops({ size }: MatmulWorkload): number {
  return 2 * size ** 3;
}
