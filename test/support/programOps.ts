/**
 * What random programs are made of: operations that any pool of tensors has operands for. Each keeps values small and
 * smooth, and bends only at odd numbers that structure does not hit, so that two devices may be compared tightly.
 */
import {
  type DType,
  type Generator,
  type Tensor,
  concat,
  dropout,
  einsum,
  eye,
  linear,
  maximum,
  minimum,
  ones,
  rand,
  stack,
  tensor,
  where,
} from "../../src/index";

/** One step of a program: which operation, and four numbers that it takes its choices from. */
export type Instruction = readonly [operation: number, i: number, j: number, k: number, l: number];

/** The tensors that a program has made so far. */
export interface Pool {
  readonly dtype: DType;
  readonly floats: Tensor[];
  readonly whole: Tensor[];
  readonly generator: Generator;
}

const MOST = 2000; // elements

/** The n-th of a list, counted from its end and round again: recent tensors are the likelier ones. */
const nth = <T>(list: readonly T[], n: number): T => list[list.length - 1 - (n % list.length)]!;
const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const toward = (x: Tensor, most: number): Tensor => minimum(x, most);

/** Some axes, as the bits of n say; none named where there are none. */
function axesBy(x: Tensor, n: number): number[] | undefined {
  const axes = x.shape.map((_, axis) => axis).filter((axis) => ((n >> axis) & 1) === 1);
  if (x.rank === 0 || n % 7 === 0) return undefined;
  return n % 2 === 0 ? axes : axes.map((axis) => axis - x.rank);
}

const countOver = (x: Tensor, axes: readonly number[] | undefined): number =>
  Math.max(1, axes === undefined ? x.size : elements(axes.map((axis) => x.shape.at(axis)!)));

type Unary = (x: Tensor) => Tensor;

const UNARY: readonly Unary[] = [
  (x) => x.tanh(),
  (x) => x.sigmoid(),
  (x) => toward(x, 1).exp(),
  (x) => toward(x, 1).expm1(),
  (x) => x.square().add(1).log(),
  (x) => x.square().log1p(),
  (x) => x.square().add(0.5).sqrt(),
  (x) => x.square().add(0.7).rsqrt(),
  (x) => x.sin(),
  (x) => x.cos(),
  (x) => x.mul(0.3).tanh().tan(),
  (x) => x.erf(),
  (x) => x.softplus(),
  (x) => x.gelu(),
  (x) => x.silu(),
  (x) => x.mish(),
  (x) => x.softsign(),
  (x) => x.logSigmoid(),
  (x) => x.sub(0.1234567).relu(),
  (x) => x.add(0.2345678).abs(),
  (x) => x.add(0.0345678).leakyRelu(),
  (x) => x.sub(0.0765432).elu(),
  (x) => x.clamp(-0.7654321, 0.6543217),
  (x) => x.square().add(0.3).pow(1.7).mul(0.5),
  (x) => x.square().add(1).reciprocal(),
  (x) => x.square().mul(0.5),
  (x) => x.pow(3).mul(0.25),
  (x) => x.neg(),
  (x) => x.mul(-0.75).add(0.25),
  (x) => x.clone(),
  (x) => x.detach(),
  (x) => x.isFinite().to(x.dtype).mul(x),
];

type Binary = (a: Tensor, b: Tensor) => Tensor;

const BINARY: readonly Binary[] = [
  (a, b) => a.add(b).mul(0.6),
  (a, b) => a.sub(b).mul(0.6),
  (a, b) => a.mul(b),
  (a, b) => a.div(b.square().add(1)),
  (a, b) => maximum(a, b.add(0.1112131)),
  (a, b) => minimum(a, b.sub(0.1314151)),
  (a, b) => where(a.less(b.add(0.1716151)), a, b),
  (a, b) => where(a.lessEqual(b.sub(0.0918171)).logicalNot(), a.mul(0.5), b.tanh()),
  (a, b) => a.square().add(0.5).pow(b.tanh()),
  (a, b) => a.add(1).mul(b.mul(0.5)).sub(a),
];

type Reduction = (x: Tensor, options: { axes?: number[]; keepDims: boolean }, count: number) => Tensor;

const REDUCTIONS: readonly Reduction[] = [
  (x, o) => x.mean(o),
  (x, o, n) => x.sum(o).div(n),
  (x, o, n) => x.square().sum(o).mul(1 / n),
  (x, o) => x.logSumExp(o).mul(0.5),
  (x, o, n) => x.square().sum(o).div(n).add(0.2).sqrt(),
  (x, o) => (x.size === 0 ? x.sum(o) : x.max(o)),
  (x, o) => (x.size === 0 ? x.sum(o) : x.min(o)),
  (x, o) => x.tanh().mul(0.25).add(1.0625).prod(o).tanh(),
  (x, o) => (x.size === 0 ? x.sum(o) : x.variance({ ...o, correction: 0 })),
  (x, o) => x.greater(0.3456789).any(o).to(x.dtype),
  (x, o) => x.greater(-0.3456789).all(o).to(x.dtype),
  (x, o, n) => x.greater(0.0567891).sum(o).to(x.dtype).div(n),
];

/** Two tensors that broadcast: the second is the first in the pool that fits, else a mean that always does. */
function partner({ floats }: Pool, a: Tensor, j: number): Tensor {
  for (let n = 0; n < floats.length; n++) {
    const b = nth(floats, j + n);
    const fits = [...b.shape].reverse().every((size, i) => {
      const other = i < a.rank ? a.shape.at(-1 - i)! : 1;
      return size === 1 || other === 1 || size === other;
    });
    if (fits && b.rank + a.rank <= 6 && elements(b.shape) * elements(a.shape) <= MOST * 8) return b;
  }
  return a.mean();
}

function sameShape({ floats }: Pool, a: Tensor, j: number): Tensor {
  return floats.find((b, n) => n >= j % floats.length && b.shape.join() === a.shape.join()) ?? a;
}

/** Whole numbers in [0, size), of the shape of what they come from. */
function inRange(x: Tensor, size: number): Tensor {
  const numbers = x.dtype === "int32" ? x : x.mul(2.1).add(0.0271828).to("int32");
  return minimum(maximum(numbers, 0), size - 1);
}

type Choice = (pool: Pool, x: Tensor, j: number, k: number, l: number) => Tensor | null;

const withAxis = (f: (x: Tensor, axis: number, pool: Pool, j: number, k: number) => Tensor | null): Choice => {
  return (pool, x, j, k, l) => (x.rank === 0 ? null : f(x, (l % (2 * x.rank)) - x.rank, pool, j, k));
};

const order = (rank: number, n: number): number[] => {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  for (let i = rank - 1; i > 0; i--, n = (n * 7 + 3) % 1009) axes.push(axes.splice(n % (i + 1), 1)[0]!);
  return axes;
};

const VIEWS: readonly Choice[] = [
  (_, x, j) => x.permute(order(x.rank, j)),
  (_, x) => (x.rank < 2 ? null : x.transpose()),
  (_, x) => x.reshape([...x.shape].reverse()),
  (_, x, j) => (j % 2 === 0 ? x.flatten() : x.reshape([x.size])),
  (_, x, j) => (x.rank > 3 ? null : x.unsqueeze(j % (x.rank + 1))),
  (_, x) => x.squeeze(),
  (_, x, j, k, l) => x.slice(x.shape.map((n, axis) => (axis === l % x.rank ? [j % (n + 1), n, 1 + (k % 3)] : null))),
  (_, x, j) => x.flip(j % 2 === 0 || x.rank === 0 ? {} : { axes: j % x.rank }),
  withAxis((x, axis, pool, j) => concat([x, sameShape(pool, x, j)], { axis })),
  withAxis((x, axis, pool, j) => concat([x, x.neg(), sameShape(pool, x, j)].slice(j % 3), { axis })),
  withAxis((x, axis, pool, j) => stack([x, sameShape(pool, x, j)], { axis: j % 2 === 0 ? axis : 0 })),
  withAxis((x, axis, _, j) => {
    const size = x.shape.at(axis)!;
    const [a, b] = x.split([j % (size + 1), size - (j % (size + 1))], { axis }) as [Tensor, Tensor];
    return concat([b, a], { axis });
  }),
  (_, x, j) => (x.rank > 3 ? null : x.broadcastTo([1 + (j % 3), ...x.shape])),
  (_, x, j, k) => x.pad(x.shape.map((_, axis) => [(j >> axis) & 1, (k >> axis) & 1] as const)),
  (_, x, j) => x.tile(x.shape.map((_, axis) => 1 + ((j >> axis) & 1))),
];

const PICKS: readonly Choice[] = [
  withAxis((x, axis) => x.softmax({ axis })),
  withAxis((x, axis) => x.logSoftmax({ axis }).mul(0.2)),
  withAxis((x, axis) => x.cumsum({ axis }).div(Math.max(1, x.shape.at(axis)!))),
  withAxis((x, axis) => (x.shape.at(axis) === 0 ? null : x.gather(inRange(x, x.shape.at(axis)!), { axis }))),
  withAxis((x, axis, pool, j) => {
    const size = x.shape.at(axis)!;
    const index = pool.whole.length === 0 ? inRange(x, size) : nth(pool.whole, j);
    return size === 0 || index.size > 20 ? null : x.indexSelect(inRange(index.flatten(), size), { axis });
  }),
  withAxis((x, axis, pool, j) => {
    const size = x.shape.at(axis)!;
    return size === 0 ? null : x.scatterAdd(inRange(sameShape(pool, x, j), size), x.mul(0.3), { axis }).mul(0.4);
  }),
  withAxis((x, axis) => (x.size === 0 ? null : x.add(0.0161803).sort({ axis }).values)),
  withAxis((x, axis, _, j) => (x.size === 0 ? null : x.topK(1 + (j % x.shape.at(axis)!), { axis }).values)),
  withAxis((x, _, pool) => inRange(x, 4).oneHot(4, { dtype: pool.dtype }).mul(0.5)),
];

/** a × b, where b is one of the pool with the right size or a itself turned; scaled by the length of the sums. */
const product: Choice = (pool, x, j) => {
  if (x.rank < 2) return x.dot === undefined || x.rank === 0 ? null : x.outer(x);
  const inner = x.shape.at(-1)!;
  const fits = pool.floats.filter((b) => b.rank >= 1 && b.rank <= 2 && b.shape.at(b.rank === 1 ? 0 : -2) === inner);
  const turned = x.permute([...x.shape.slice(2).map((_, axis) => axis), x.rank - 1, x.rank - 2]);
  return x.matmul(fits.length === 0 || j % 4 === 0 ? turned : nth(fits, j)).div(Math.max(1, inner));
};

/** x as images [n, c, h, w], without an axis of its own where it has fewer. */
const asImages = (x: Tensor): Tensor | null => {
  return x.rank < 2 || x.rank > 4 || x.size === 0 ? null : x.reshape([...[1, 1].slice(x.rank - 2), ...x.shape]);
};

/** Images walked over by a part of themselves, in one group or channel by channel; scaled by the length of the sums. */
const convolution: Choice = (_, x, j, k) => {
  const images = asImages(x);
  if (images === null) return null;
  const [n, c, h, w] = images.shape as [number, number, number, number];
  const depthwise = j % 3 === 0;
  const [outputs, tall, wide] = [depthwise ? 1 : 1 + (j % n), 1 + (k % Math.min(h, 3)), Math.min(w, 2 + (j % 5))];
  const corner = images.slice([[0, outputs], null, [0, tall], [0, wide]]);
  const weight = depthwise ? corner.permute([1, 0, 2, 3]) : corner;
  const moves = j % 2 === 0 ? { padding: "same", dilation: [1, 1 + (k % 2)] } as const : { padding: [0, k % 3] };
  const y = images.conv2d(weight, null, { ...moves, stride: [1 + (k % 2), 1 + (j % 2)], groups: depthwise ? c : 1 });
  return y.div(elements(weight.shape.slice(1)));
};

const pooling: Choice = (_, x, j, k) => {
  const images = asImages(x);
  if (images === null) return null;
  const kernel = [1 + (j % Math.min(images.shape[2]!, 2)), 1 + (k % Math.min(images.shape[3]!, 3))];
  const padding = kernel.map((size) => (j % 3 === 0 ? Math.floor(size / 2) : 0));
  const moves = { stride: 1 + (k % 2), padding, ceilMode: j % 5 === 0 };
  return j % 2 === 0 ? images.add(0.0151617).maxPool2d(kernel, moves) : images.avgPool2d(kernel, moves);
};

const MORE: readonly Choice[] = [
  product,
  product,
  product,
  convolution,
  pooling,
  (pool, x, j) => {
    if (x.rank !== 2) return null;
    const n = x.shape[1]!;
    const weight = eye(n, { dtype: x.dtype }).add(0.1).slice([[0, 1 + (j % Math.max(1, n))]]);
    return linear(x, weight, ones([weight.shape[0]!], { dtype: pool.dtype })).mul(0.4).tanh();
  },
  (_, x) => (x.rank === 2 ? einsum("ij,kj->ik", x, x).div(Math.max(1, x.shape[1]!)) : null),
  ({ generator }, x) => dropout(x, 0.25, { generator }).mul(0.75),
  ({ generator, dtype }, x) => rand(x.shape, { generator, dtype }).sub(x.mul(0.5)),
  (_, x) => x.to("float64").mul(0.7310585).to(x.dtype),
  (_, x) => x.mul(3).add(0.1415926).to("int32").mul(2).add(1).to(x.dtype).mul(0.1),
  (_, x) => x.sub(0.2718281).greater(0).to("int32").sub(1).to(x.dtype),
  (_, x) => x.mul(2).add(0.1618033).floor().add(x.add(0.0577215).round()).mul(0.25),
  (pool, x) => x.add(tensor([0.125], { dtype: pool.dtype })),
];

/** Groups of operations; each is as likely as the others. */
const GROUPS: readonly Choice[] = [
  (_, x, j) => nth(UNARY, j)(x),
  (pool, x, j, k) => nth(BINARY, k)(x, partner(pool, x, j)),
  (pool, x, j, k) => nth(BINARY, k)(partner(pool, x, j), x),
  (_, x, j, k, l) => {
    const axes = axesBy(x, j);
    const options = { ...(axes === undefined ? {} : { axes }), keepDims: l % 2 === 0 };
    return nth(REDUCTIONS, k)(x, options, countOver(x, axes));
  },
  (pool, x, j, k, l) => nth(VIEWS, k)(pool, x, j, k >> 3, l),
  (pool, x, j, k, l) => nth(PICKS, k)(pool, x, j, k >> 3, l),
  (pool, x, j, k, l) => nth(MORE, k)(pool, x, j, k >> 3, l),
];

/** How many kinds of operations there are. */
export const OPERATIONS = GROUPS.length;

/** Runs one operation on a pool and adds what it gives, unless that is too large. */
export function operate(pool: Pool, [operation, i, j, k, l]: Instruction): void {
  const x = nth(pool.floats, i);
  const y = GROUPS[operation % OPERATIONS]!(pool, x, j, k, l);
  if (y !== null && y.size <= MOST && y.rank <= 5) pool.floats.push(y);
  if (l % 5 !== 0 || x.rank === 0 || x.size === 0) return;
  pool.whole.push(l % 2 === 0 ? x.add(0.0141421).argmax({ axes: l % x.rank }) : inRange(x, 5));
}
