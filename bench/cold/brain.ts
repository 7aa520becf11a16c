/** One pass over the corners of XOR with brain.js. Fails unless the error is sound. */
import { createRequire } from "node:module";
import type * as Brain from "brain.js";

const { NeuralNetwork } = createRequire(import.meta.url)("brain.js") as typeof Brain;
const corners = [[0, 0], [0, 1], [1, 0], [1, 1]] as const;
const samples = corners.map(([a, b]) => ({ input: [a, b], output: a === b ? [1, 0] : [0, 1] }));
const { error } = new NeuralNetwork({ hiddenLayers: [3] }).train(samples, { iterations: 1, praxis: "adam" });
process.exitCode = error > 0 && error < 1 ? 0 : 1;
