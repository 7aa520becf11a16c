/** Least squares by orthogonal columns, with a ridge penalty where asked: (AᵀA + λI)w = Aᵀy without forming AᵀA. */
import { type Tensor, concat, eye, tensor, zeros } from "gradkit";

/** The weights w that minimise |A·w − y|² + ridge·|w|²; A [N, d], y [N], w [d], in float64. */
export function solve(a: Tensor, y: Tensor, ridge = 0): Tensor {
  const d = a.shape[1]!;
  const rows = ridge === 0 ? a : concat([a, eye(d, { dtype: "float64" }).mul(Math.sqrt(ridge))]);
  const right = ridge === 0 ? y : concat([y, zeros([d], { dtype: "float64" })]);
  const columns = rows.transpose().toArray() as number[][];
  return tensor(backSubstitute(orthogonalise(columns), columns, Array.from(right.toTypedArray())), { dtype: "float64" });
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Orthonormal columns that span the same space, by Gram and Schmidt, each swept twice. */
function orthogonalise(columns: readonly (readonly number[])[]): number[][] {
  const done: number[][] = [];
  for (const column of columns) {
    let rest = [...column];
    for (const unit of [...done, ...done]) {
      const along = dot(unit, rest);
      rest = rest.map((value, i) => value - along * unit[i]!);
    }
    const length = Math.sqrt(dot(rest, rest));
    done.push(rest.map((value) => (length > 1e-10 ? value / length : 0)));
  }
  return done;
}

/** Solves R·w = Qᵀy, where R = QᵀA; a column that the others span gets weight 0. */
function backSubstitute(q: readonly number[][], columns: readonly number[][], y: readonly number[]): number[] {
  const w = Array<number>(q.length).fill(0);
  for (let i = q.length - 1; i >= 0; i--) {
    let value = dot(q[i]!, y);
    for (let j = i + 1; j < q.length; j++) value -= dot(q[i]!, columns[j]!) * w[j]!;
    const diagonal = dot(q[i]!, columns[i]!);
    w[i] = diagonal === 0 ? 0 : value / diagonal;
  }
  return w;
}
