/** Drawings are well-formed, say what the graph says, and survive any name. */
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Graph, type Tensor, graph, tensor } from "../../src/index";

const leaf = (values: number | number[]): Tensor => tensor(values, { requiresGrad: true });

function example(names: Record<string, string> = { w: "w", x: "x", loss: "loss" }): Graph {
  const [w, x] = [leaf([1, 2]), tensor([3, 4])];
  const loss = w.mul(x).tanh().sum();
  return graph(loss, { names: { [names.w!]: w, [names.x!]: x, [names.loss!]: loss } });
}

/** What a DOT text says; throws at anything outside the part of the grammar that drawings use. */
function parseDot(text: string): { labels: Map<string, string>; edges: string[] } {
  const token = /\s*(?:("(?:[^"\\\n]|\\.)*")|([A-Za-z_]\w*)|(->|[{}[\]=;,]))/y;
  const tokens: string[] = [];
  while (token.lastIndex < text.trimEnd().length) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (found === null) throw new Error(`not DOT at ${at}: ${text.slice(at, at + 30)}`);
    tokens.push(found[1] ?? found[2] ?? found[3]!);
  }
  const take = (expected?: string): string => {
    const next = tokens.shift();
    if (next === undefined || (expected !== undefined && next !== expected)) throw new Error(`expected ${expected}, got ${next}`);
    return next;
  };
  const labels = new Map<string, string>();
  const edges: string[] = [];
  take("digraph");
  take("{");
  while (tokens[0] !== "}") {
    const id = take();
    const sign = take();
    if (sign === "->") edges.push(`${id} -> ${take()}`);
    else if (sign === "=") take();
    else {
      const attributes = new Map<string, string>();
      do {
        const key = take();
        take("=");
        attributes.set(key, take());
      } while (take() === ",");
      labels.set(id, (JSON.parse(attributes.get("label")!) as string));
    }
    take(";");
  }
  take("}");
  if (tokens.length > 0) throw new Error(`more after the end: ${tokens.join(" ")}`);
  return { labels, edges };
}

describe("DOT", () => {
  test("has a box for each node, with name and shape, and an arrow for each edge", () => {
    const { labels, edges } = parseDot(example().toDot());
    expect(Object.fromEntries(labels)).toEqual({
      leaf1: "w\n[2]",
      constant1: "x\n[2]",
      op1: "mul\n[2]",
      op2: "tanh\n[2]",
      op3: "loss: sum\n[]",
    });
    expect(edges).toEqual(["leaf1 -> op1", "constant1 -> op1", "op1 -> op2", "op2 -> op3"]);
  });

  test("survives any name", () => {
    const name = fc.string({ unit: "binary", minLength: 1 }).filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text));
    fc.assert(
      fc.property(name, (w) => {
        const { labels } = parseDot(example({ w, x: `${w}\n"]; }`, loss: `${w}\\` }).toDot());
        expect(labels.get("leaf1")).toBe(`${w}\n[2]`);
        expect(labels.get("constant1")).toBe(`${w}\n"]; }\n[2]`);
        expect(labels.get("op3")).toBe(`${w}\\: sum\n[]`);
      }),
      { numRuns: 50 },
    );
  });

  test("that is not well-formed is noticed by this test", () => {
    expect(() => parseDot('digraph { a [label="x]; }')).toThrow();
    expect(() => parseDot("digraph { a -> ; }")).toThrow();
    expect(() => parseDot("graph { a; }")).toThrow();
  });
});

describe("Mermaid", () => {
  test("has a box for each node and an arrow for each edge", () => {
    expect(example().toMermaid()).toBe(
      [
        "flowchart LR",
        '  leaf1["w<br/>[2]"]:::leaf',
        '  constant1["x<br/>[2]"]',
        '  op1(["mul<br/>[2]"])',
        '  op2(["tanh<br/>[2]"])',
        '  op3(["loss: sum<br/>[]"])',
        "  leaf1 --> op1",
        "  constant1 --> op1",
        "  op1 --> op2",
        "  op2 --> op3",
        "  classDef leaf fill:#dbeafe",
        "",
      ].join("\n"),
    );
  });

  test("writes the signs of its own grammar as codes", () => {
    const line = example({ w: 'a "b" <i>#1</i> `&`\n2', x: "x", loss: "loss" }).toMermaid().split("\n")[1];
    expect(line).toBe('  leaf1["a #34;b#34; #60;i#62;#35;1#60;/i#62; #96;#38;#96;<br/>2<br/>[2]"]:::leaf');
  });
});

describe("text", () => {
  test("is a tree, the result first", () => {
    expect(example().toString()).toBe(
      [
        "loss = sum(#2)  float32 []",
        "└─ #2 = tanh(#1)  float32 [2]",
        "   └─ #1 = w · x  float32 [2]",
        "      ├─ w  float32 [2], requiresGrad",
        "      └─ x  float32 [2]",
      ].join("\n"),
    );
  });

  test("does not repeat a part that is used again", () => {
    const x = leaf([1, 2]);
    const shared = x.exp();
    const text = String(graph(shared.mul(shared), { names: { x, shared } }));
    expect(text).toBe(
      [
        "#2 = shared · shared  float32 [2]",
        "├─ shared = exp(x)  float32 [2]",
        "│  └─ x  float32 [2], requiresGrad",
        "└─ shared, above",
      ].join("\n"),
    );
  });

  test("of a chain of 20,000 ops has one line each and stays within the page, as do the other drawings", () => {
    const x = leaf(1);
    let y = x;
    for (let i = 0; i < 20_000; i++) y = y.mul(1);
    const drawn = graph(y, { names: { x } });
    const lines = drawn.toString().split("\n");
    expect(lines.filter((line) => line.includes(" = "))).toHaveLength(20_000);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(130);
    expect(drawn.toDot().match(/->/g)).toHaveLength(20_000);
    expect(drawn.toMermaid().match(/-->/g)).toHaveLength(20_000);
  });

  test("is what console.log shows", () => {
    const drawn = example();
    expect(inspect(drawn)).toBe(String(drawn));
  });
});
