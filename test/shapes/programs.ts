/** Programs whose shapes fit, with the shapes that the compiler is to find, and what it is to leave alone. */
import {
  Conv2d, Embedding, Flatten, LayerNorm, Linear, MaxPool2d, Module, Parameter, ReLU, Sequential, type Tensor,
  type TensorLike, add, arange, concat, crossEntropy, embedding, eye, matmul, max, mean, mse, mul, ones, randn, softmax,
  stack, sum, tensor, zeros,
} from "gradkit";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only for a value of exactly this type. */
function is<T>(): <V>(value: V & (Same<V, T> extends true ? unknown : never)) => void {
  return () => undefined;
}

/** What has known shapes. */
export function known(): void {
  const x = zeros([64, 784]);
  const w = randn([784, 128]);
  is<Tensor<[64, 784]>>()(x);
  is<Tensor<[2, 2]>>()(tensor([[1, 2], [3, 4]]));
  is<Tensor<[]>>()(tensor(3));
  is<Tensor<[3, 3]>>()(eye(3));
  is<Tensor<[64, 128]>>()(x.matmul(w).add(ones([128])).relu());
  is<Tensor<[5, 2, 4]>>()(matmul(zeros([5, 2, 3]), zeros([3, 4])));
  is<Tensor<[2]>>()(matmul(zeros([2, 3]), ones([3])));
  is<Tensor<[2, 3]>>()(add(zeros([2, 1]), zeros([3])));
  is<Tensor<[2, 3]>>()(mul(zeros([2, 3]), 2));
  is<Tensor<[]>>()(x.mean());
  is<Tensor<[64]>>()(sum(x, { axes: -1 }));
  is<Tensor<[1, 784]>>()(max(x, { axes: 0, keepDims: true }));
  is<Tensor<[3]>>()(mean(zeros([2, 3, 4]), { axes: [0, -1] }));
  is<Tensor<[1, 1]>>()(zeros([2, 3]).sum({ keepDims: true }));
  is<Tensor<[784, 64]>>()(x.transpose());
  is<Tensor<[4, 2, 3]>>()(zeros([2, 3, 4]).permute([2, 0, 1]));
  is<Tensor<[2, 1, 3]>>()(zeros([2, 3]).unsqueeze(1));
  is<Tensor<[2, 3, 1]>>()(zeros([2, 3]).unsqueeze(-1));
  is<Tensor<[2, 3]>>()(zeros([1, 2, 1, 3]).squeeze());
  is<Tensor<[2, 1]>>()(zeros([2, 1, 1]).squeeze(1));
  is<Tensor<[number, 3]>>()(concat([zeros([2, 3]), zeros([4, 3])]));
  is<Tensor<[2, 2, 3]>>()(stack([zeros([2, 3]), zeros([2, 3])], { axis: 1 }));
  is<Tensor<[number, 784]>>()(x.slice([[0, 10], null]));
  is<Tensor<[number, 16]>>()(x.reshape([-1, 16]));
  is<Tensor<[64, 784]>>()(softmax(x, { axis: 1 }));
  is<Tensor<[2, 5, 8]>>()(embedding(zeros([10, 8]), zeros([2, 5])));
  is<Tensor<[]>>()(mse(zeros([4]), zeros([4])));
  is<Tensor<[4]>>()(crossEntropy(zeros([4, 3]), zeros([4]), { reduction: "none" }));
  is<Parameter<[2, 3]>>()(new Parameter(zeros([2, 3])));
}

/** Models that know what they take and give. */
export function models(): void {
  const model = new Sequential(new Linear(784, 128), new ReLU(), new Linear(128, 10));
  is<Sequential<[784], [10]>>()(model);
  is<Tensor<[64, 10]>>()(model.call(zeros([64, 784])));
  crossEntropy(model.call(zeros([64, 784])), zeros([64])).backward();
  is<Tensor<[2, 5, 8]>>()(new Embedding(100, 8).call(zeros([2, 5])));
  is<Tensor<[7, 16]>>()(new Sequential(new ReLU(), new LayerNorm(16)).call(zeros([7, 16])));
  is<Tensor<[1, 8, number, number]>>()(new Conv2d(3, 8, 3).call(zeros([1, 3, 9, 9])));
  const picture = new Sequential(new Conv2d(1, 4, 3), new MaxPool2d(2), new Flatten(), new Linear(36, 10));
  is<Tensor>()(picture.call(zeros([2, 1, 8, 8])));
  is<Linear<3, 2>>()(new Linear(3, 2));
}

class Shortcut extends Module {
  inner = new Linear(3, 3);
  forward(x: Tensor, scale = 1): Tensor {
    return x.add(this.inner.forward(x).mul(scale));
  }
}

/** What is not known stays out of the way. */
export function unknown(rows: number[][] = [[1, 2, 3], [4, 5, 6]], n = 2): void {
  const x: Tensor = tensor(rows);
  is<Tensor<[number, number]>>()(tensor(rows));
  is<Tensor<[number, 3]>>()(zeros([n, 3]));
  x.matmul(randn([3, 4], { requiresGrad: true })).add(zeros([n, 4])).backward(zeros([n, 4]));
}

/** Mixed lists, reassigned variables, functions as values, modules of one's own. */
export function mixed(n = 2): void {
  const [w, b] = [randn([3, 4], { requiresGrad: true }), zeros([4], { requiresGrad: true })];
  [w, b].forEach((p) => p.mul(2).sum().backward());
  const shape: number[] = [n, 3];
  let h: Tensor = zeros([1, 3]);
  for (let i = 0; i < n; i++) h = h.add(zeros(shape)).sum({ axes: 0 }).unsqueeze(0);
  const ops = [add, mul].map((op) => op(h, 2));
  const ends = [sum, mean].map((reduce) => reduce(ops[0]!));
  is<Tensor>()(ends[0]!.add(ops[1]!));
  const layers: Module[] = [new Linear(3, 2), new ReLU(), new Shortcut()];
  new Sequential(...layers.slice(0, 2)).forward(zeros([n, 3]));
  new Sequential(...layers.slice(1, 2), new Linear(3, n)).call(zeros([n, 3]));
  is<Tensor>()(new Shortcut().call(zeros([n, 3]), 2));
  const accepts = (value: TensorLike): Tensor => add(value, arange(3));
  accepts(zeros([3]));
  accepts([1, 2, 3]);
  const wide: Tensor<[number, 3]> = zeros([n, 3]);
  const exact: Tensor<[2, 3]> = wide;
  is<Tensor<[2, 3]>>()(exact);
}
