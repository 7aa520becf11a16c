/** Graphs: a computation drawn at three zoom levels, and the backward pass as products from the right. */
import {
  type Graph,
  Linear,
  type Module,
  Sequential,
  Sigmoid,
  type Tensor,
  assign,
  crossEntropy,
  grad,
  graph,
  graphChart,
  jacobian,
  lineChart,
  mse,
  tensor,
} from "gradkit";
import { say, section, table } from "../support/text";
import type { Pictures } from "../support/pictures";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  width: { about: "width of the layers whose products are counted", default: 100, rule: { integer: true, min: 1 } },
});

/** What the chapter found. */
export interface GraphsResult {
  /** The graph of linear regression, with the numbers in its names. */
  readonly drawn: Graph;
  /** Op names of the graphs of linear and logistic regression. */
  readonly linear: readonly string[];
  readonly logistic: readonly string[];
  readonly mermaid: string;
  /** Multiplications of a backward pass from the right, and from the left. */
  readonly products: readonly { readonly depth: number; readonly right: number; readonly left: number }[];
  /** Largest distance between δ-rules, Jacobian products and what backward gives. */
  readonly distance: number;
}

const exact = (values: number | number[] | number[][], requiresGrad = false): Tensor =>
  tensor(values, { dtype: "float64", requiresGrad });

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<GraphsResult> {
  const { width } = withDefaults("graphs", options, given);
  section("Scalars: (x₁θ₁ + x₂θ₂ − y)²");
  const [t1, t2] = [exact(0.5, true), exact(-1, true)];
  const [x1, x2, y] = [exact(2), exact(1), exact(1)];
  const loss = x1.mul(t1).add(x2.mul(t2)).sub(y).square();
  const scalar = graph(loss, { names: { x1, x2, y, θ1: t1, θ2: t2, loss } });
  say(scalar.toString());
  section("Forward and backward, op by op");
  for (const { text } of scalar.steps()) say(text);

  section("Matrices: logistic regression");
  const [x, w] = [exact([[1, 2], [0, 1]]), exact([[0.1, -0.2], [0.3, 0]], true)];
  const likelihood = x.matmul(w).softmax({ axis: 1 }).log().mul([[1, 0], [0, 1]]).sum().neg();
  const matrix = graph(likelihood, { names: { x, θ: w, nll: likelihood } });
  say(matrix.toString());

  section("Layers: parameters folded into their nodes");
  const model = new Sequential(new Linear(2, 3), new Sigmoid(), new Linear(3, 2));
  crossEntropy(model.forward(x.to("float32")), [0, 1]);
  say(`x → ${Array.from(model, layerName).join(" → ")} → crossEntropy → loss`);
  const mermaid = scalar.toMermaid();
  section("The first graph in Mermaid, which GitHub draws");
  say(mermaid.trimEnd());

  section("δ from the right: a vector times one Jacobian after another");
  const distance = compareRules();
  const products = [2, 4, 8].map((depth) => {
    return { depth, right: depth * width ** 2, left: (depth - 1) * width ** 3 + width ** 2 };
  });
  console.log();
  table(
    [`layers, ${width} wide`, "vector × Jacobian", "Jacobian × Jacobian", "times as many"],
    products.map(({ depth, right, left }) => [depth, right.toLocaleString("en"), left.toLocaleString("en"), Math.round(left / right)]),
  );
  const drawn = graph(loss, { names: { "x₁ = 2": x1, "x₂ = 1": x2, "y = 1": y, "θ₁ = 0.5": t1, "θ₂ = −1": t2, loss } });
  const opsOf = (of: Graph): string[] => of.nodes.flatMap(({ kind, name }) => (kind === "op" ? [name] : []));
  return { drawn, linear: opsOf(scalar), logistic: opsOf(matrix), mermaid, products, distance };
}

function layerName(layer: Module): string {
  return layer instanceof Linear ? `linear(${layer.weight.shape[1]} → ${layer.weight.shape[0]})` : layer.constructor.name.toLowerCase();
}

/** x → z¹ → a¹ → z² → L by hand: δ = ∂L/∂z², γ = σ′(z¹) ⊙ (W²ᵀδ), ∂L/∂W = δ·aᵀ; and by whole Jacobians. */
function compareRules(): number {
  const model = new Sequential(new Linear(3, 4), new Sigmoid(), new Linear(4, 2));
  const [first, , second] = Array.from(model) as [Linear, Sigmoid, Linear];
  assign(first.weight, tensor([[0.1, -0.4, 0.3], [0.5, 0.2, -0.1], [-0.3, 0.6, 0.2], [0.4, 0.1, -0.5]]));
  assign(second.weight, tensor([[0.7, -0.2, 0.3, 0.1], [-0.6, 0.4, 0.2, -0.1]]));
  const [w1, w2] = [first.weight, second.weight].map((weight) => weight.detach().to("float64")) as [Tensor, Tensor];
  w1.requiresGrad = w2.requiresGrad = true;
  const [x, target] = [exact([[1, -2, 0.5]]), exact([[1, 0]])];
  const z1 = x.linear(w1);
  const a1 = z1.sigmoid();
  const z2 = a1.linear(w2);
  const loss = mse(z2, target);
  const [dw1, dw2] = grad(loss, [w1, w2], { createGraph: true }) as [Tensor, Tensor];

  const delta = z2.sub(target); // ∂L/∂z² of the mean of two squares
  const gamma = delta.matmul(w2).mul(a1.mul(a1.neg().add(1)));
  const byRules = [delta.transpose().matmul(a1), gamma.transpose().matmul(x)];
  const whole = jacobian((z: Tensor) => z.sigmoid().linear(w2.detach()), z1.detach()); // [1, 2, 1, 4]
  const byJacobian = delta.matmul(whole.reshape([2, 4])).transpose().matmul(x);
  const pairs = [[byRules[0]!, dw2], [byRules[1]!, dw1], [byJacobian, dw1]] as const;
  const distance = Math.max(...pairs.map(([a, b]) => a.sub(b).abs().max().item()));
  say("∂L/∂W² = δ·a¹ᵀ, ∂L/∂W¹ = γ·xᵀ with γ = σ′(z¹) ⊙ W²ᵀδ");
  say(`these rules, whole Jacobians and backward agree to ${distance < 1e-12 ? "1e-12" : distance}`);
  return distance;
}

/** The first graph with its numbers, and what the order of the products costs. */
export function pictures({ drawn, products }: GraphsResult): Pictures {
  const [width] = [Math.sqrt(products[0]!.right / products[0]!.depth)];
  const depths = Array.from({ length: 15 }, (_, i) => i + 2);
  const right = depths.map((depth) => depth * width ** 2);
  const left = depths.map((depth) => (depth - 1) * width ** 3 + width ** 2);
  return {
    sections: [
      {
        heading: "Values forward, gradients back",
        text: "Each op multiplies the gradient that arrives from its right by its own slope, and hands it on to the left.",
        chart: graphChart(drawn, { title: "(x₁θ₁ + x₂θ₂ − y)²" }),
      },
      {
        heading: "The order of the products",
        text: `From the right each product is a vector times a matrix; from the left, a matrix times a matrix (${width} wide).`,
        chart: lineChart(
          { "from the right": right, "from the left": left },
          { x: depths, logY: true, xTitle: "layers", yTitle: "multiplications" },
        ),
      },
    ],
  };
}
