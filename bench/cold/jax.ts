/** The first trained step of XOR with jax-js. Fails unless the loss is sound. */
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";

await init("wasm");
defaultDevice("wasm");
const lossOf = ([w0, b0, w1, b1]: np.Array[], x: np.Array, y: np.Array): np.Array => {
  const hidden = nn.sigmoid(np.matmul(x, w0!).add(b0!));
  return nn.logSoftmax(np.matmul(hidden, w1!).add(b1!)).mul(y).sum(-1).mean().neg();
};
// In Adam's first step the corrected means are the gradient and its square.
const step = jit((weights: np.Array[], x: np.Array, y: np.Array) => {
  const [loss, gradients] = valueAndGrad(lossOf)(weights.map((w) => w.ref), x, y) as [np.Array, np.Array[]];
  const moments = gradients.flatMap((g) => [g.ref.mul(0.1), np.square(g.ref).mul(0.001)]);
  const moves = gradients.map((g) => g.ref.mul(0.05).div(np.sqrt(np.square(g)).add(1e-8)));
  const updated = weights.map((w, i) => w.sub(moves[i]!));
  return [...updated, ...moments, loss];
});
const random = (rows: number, columns: number) =>
  np.array(Float32Array.from({ length: rows * columns }, () => Math.random() - 0.5), { shape: [rows, columns] });
const x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]);
const y = np.array([[1, 0], [0, 1], [0, 1], [1, 0]]);
const results = step([random(2, 3), random(1, 3), random(3, 2), random(1, 2)], x, y);
await blockUntilReady(results);
const value = results.at(-1)!.dataSync()[0]!;
process.exitCode = value > 0.3 && value < 3 ? 0 : 1;
