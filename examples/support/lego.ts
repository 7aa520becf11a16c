/** The LEGO article's data and start: NumPy's random numbers, bit for bit. */
import { type Tensor, tensor } from "gradkit";
import { RandomState } from "./numpy";

/** Points ~ N(0, I₂) from `RandomState(seed).randn(count, 2)`, and the XOR of their signs. */
export function signs(count: number, seed = 0): { points: number[][]; labels: number[] } {
  const random = new RandomState(seed);
  const points = Array.from({ length: count }, () => random.randn(2));
  return { points, labels: points.map(([a, b]) => (a! > 0 !== b! > 0 ? 1 : 0)) };
}

/** W₁ [2, hidden] and W₂ [hidden, 2], uniform within ±1/√fan-in, from seed 2017. */
export function legoWeights(hidden: number): { w1: Tensor; w2: Tensor } {
  const random = new RandomState(2017);
  const draw = (rows: number, columns: number): Tensor => {
    const values = Float64Array.from(random.rand(rows * columns), (u) => (2 * u - 1) / Math.sqrt(rows));
    return tensor(values, { shape: [rows, columns] });
  };
  return { w1: draw(2, hidden), w2: draw(hidden, 2) };
}
