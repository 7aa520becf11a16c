/** What gradkit is to reach, as ratios within one run. */

import type { Row } from "./rounds";

/** A goal and whether it was reached. */
export interface Goal {
  readonly text: string;
  readonly reached: boolean;
}

interface Rule {
  readonly row: string;
  readonly text: string;
  /** The system whose time is judged; default the compiled one. */
  readonly of?: string;
  /** The system whose time is 1; null: a second. Where there are several, the fastest. */
  readonly per: readonly string[] | null;
  readonly most: number;
}

const rules: readonly Rule[] = [
  { row: "xor", text: "XOR step in µs", per: null, most: 1e-6 },
  { row: "mlp-128", text: "784-128-10 of jax-js", per: ["jax"], most: 0.4 },
  { row: "mlp-128", text: "784-128-10 of PyTorch's default", per: ["torch-default"], most: 1 },
  { row: "mlp-512", text: "784-512-512-10 of jax-js", per: ["jax"], most: 0.55 },
  { row: "softmax", text: "softmax regression of jax-js", per: ["jax"], most: 0.2 },
  { row: "regressor", text: "regressor of jax-js", per: ["jax"], most: 0.4 },
  { row: "cnn", text: "CNN of PyTorch on one thread", per: ["torch-1"], most: 1 },
  { row: "infer-1", text: "inference, batch 1, of jax-js", per: ["jax"], most: 0.35 },
  { row: "infer-1024", text: "inference, batch 1024, of tfjs wasm", per: ["tfjs-wasm"], most: 0.65 },
  { row: "matmul-256", text: "matmul 256, the limit's time of its own", of: "limit", per: ["gradkit-compiled"], most: -0.85 },
  { row: "matmul-512", text: "matmul 512, the limit's time of its own", of: "limit", per: ["gradkit-compiled"], most: -0.85 },
  { row: "matmul-256", text: "matmul 256, one thread's time of two threads'", per: ["gradkit-threads"], most: -1.8 },
  { row: "matmul-512", text: "matmul 512, one thread's time of two threads'", per: ["gradkit-threads"], most: -1.8 },
  { row: "elementwise", text: "the elementwise chain of tfjs wasm", per: ["tfjs-wasm"], most: 1 },
  { row: "mnist", text: "MNIST epoch of PyTorch's fastest", per: ["torch-1", "torch-default"], most: 1.5 },
  { row: "cold", text: "cold start, eager, of an empty script", of: "gradkit-eager", per: ["limit"], most: 1.25 },
  { row: "cold", text: "cold start, compiled, of an empty script", per: ["limit"], most: 1.25 },
];

/** The goals whose rows and systems were run. */
export function goalsOf(rows: ReadonlyMap<string, Row>): Goal[] {
  return rules.flatMap(({ row, text, of = "gradkit-compiled", per, most }) => {
    const cells = rows.get(row);
    const own = cells?.get(of)?.seconds;
    const others = per?.flatMap((id) => cells?.get(id)?.seconds ?? []) ?? [1];
    if (own === undefined || own === null || others.length === 0) return [];
    const ratio = own / Math.min(...others);
    const scale = per === null ? 1e6 : 1;
    const least = most < 0;
    const reached = least ? ratio >= -most : ratio <= most;
    return [{ text: `${text}: ${(ratio * scale).toFixed(2)} (${least ? "≥" : "≤"} ${Math.abs(most) * scale})`, reached }];
  });
}
