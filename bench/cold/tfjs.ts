/** The first trained step of XOR with TensorFlow.js; the argument is the backend. Fails unless the loss is sound. */
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-layers"; // what makes the core know its gradients in Node

const backend = process.argv[2]!;
await (backend === "wasm" ? import("@tensorflow/tfjs-backend-wasm") : import("@tensorflow/tfjs-backend-cpu"));
await tf.setBackend(backend);
await tf.ready();
const x = tf.tensor2d([[0, 0], [0, 1], [1, 0], [1, 1]]);
const y = tf.tensor2d([[1, 0], [0, 1], [0, 1], [1, 0]]);
const variable = (rows: number, columns: number) =>
  tf.variable(tf.randomUniform<tf.Rank.R2>([rows, columns], -0.5, 0.5)) as unknown as tf.Tensor2D;
const [w0, b0, w1, b1] = [variable(2, 3), variable(1, 3), variable(3, 2), variable(1, 2)];
const loss = tf.train.adam(0.05).minimize(() => {
  const hidden = tf.sigmoid<tf.Tensor2D>(tf.add(tf.matMul(x, w0), b0));
  return tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(y, tf.add(tf.matMul(hidden, w1), b1));
}, true)!;
const value = loss.dataSync()[0]!;
process.exitCode = value > 0.3 && value < 3 ? 0 : 1;
