/** Holds snippets to what they promise: `expression; // → value` is rewritten so that running it compares the two. */
import { format, inspect } from "node:util";
import ts from "typescript";

/** A statement of a snippet and the value that the comment after it gives. */
export interface Given {
  /** Counted from 0 at the first line of the snippet. */
  readonly line: number;
  readonly code: string;
  readonly expected: string;
}

/** A snippet that calls the {@link Judge}, as `globalThis.judge`, for every value it gives. */
export interface Rewritten {
  readonly code: string;
  readonly given: readonly Given[];
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** `// → value` on the same or the next line, and lines below it that go on with `// →` or `//` and two spaces. */
const comment = /^;?[ \t]*\n?[ \t]*\/\/ → (.*(?:\n[ \t]*\/\/(?: →| {2}).*)*)/;

/** Rewrites a snippet; its lines stay where they are. */
export function rewrite(code: string): Rewritten {
  const file = ts.createSourceFile("snippet.ts", code, ts.ScriptTarget.ES2022, true);
  const given: Given[] = [];
  const edits: Edit[] = [];
  let arrows = 0;
  const visit = (node: ts.Node): void => {
    const found = isKept(node) ? comment.exec(code.slice(node.end))?.[1] : undefined;
    if (!isKept(node) || found === undefined) {
      ts.forEachChild(node, visit);
      return;
    }
    const start = node.getStart(file);
    arrows += found.match(/\/\/ →/g)?.length ?? 0;
    edits.push({ start, end: node.end, text: callOf(node, file, given.length) });
    given.push({
      line: file.getLineAndCharacterOfPosition(start).line,
      code: node.getText(file).replace(/;$/, "").replace(/\s+/g, " "),
      expected: found.replace(/\n[ \t]*\/\/(?: →)?/g, "\n").trim(),
    });
  };
  visit(file);
  const written = code.match(/\/\/ →/g)?.length ?? 0;
  const stray = written - given.length - arrows;
  if (stray !== 0) {
    throw new Error(`${stray} of the \`// → value\` comments follow no expression, constant or loop that prints`);
  }
  let text = code;
  for (const edit of edits.reverse()) text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
  return { code: text, given };
}

/** The statements that may give a value: expressions, constants, loops that print. */
type Kept = ts.ExpressionStatement | ts.VariableStatement | ts.IterationStatement;

function isKept(node: ts.Node): node is Kept {
  return ts.isExpressionStatement(node) || ts.isVariableStatement(node) || ts.isIterationStatement(node, false);
}

/** The statement with a call of the judge in it; no line is added. */
function callOf(node: Kept, file: ts.SourceFile, index: number): string {
  const text = node.getText(file);
  if (ts.isVariableStatement(node)) {
    return `${text} globalThis.judge.keep(${index}, () => ${node.declarationList.declarations[0]!.name.getText(file)});`;
  }
  if (!ts.isExpressionStatement(node)) return `globalThis.judge.listen(); ${text} globalThis.judge.keepPrinted(${index});`;
  const expression = node.expression.getText(file);
  return waitsIn(node.expression)
    ? `await globalThis.judge.keepAsync(${index}, async () => (${expression}));`
    : `globalThis.judge.keep(${index}, () => (${expression}));`;
}

/** Whether the expression awaits, functions inside it aside. */
function waitsIn(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  return ts.isAwaitExpression(node) || (ts.forEachChild(node, waitsIn) ?? false);
}

/** Judges the values while a snippet runs. */
export class Judge {
  readonly #reached = new Set<number>();
  readonly #wrong: string[] = [];
  #printed: string[] = [];

  constructor(
    private readonly given: readonly Given[],
    private readonly place: (line: number) => string,
  ) {}

  /** Stands in for console.log. */
  readonly print = (...values: readonly unknown[]): void => void this.#printed.push(format(...values));

  keep(index: number, compute: () => unknown): void {
    this.listen();
    try {
      this.#compare(index, compute());
    } catch (error) {
      this.#compareError(index, error);
    }
  }

  async keepAsync(index: number, compute: () => Promise<unknown>): Promise<void> {
    this.listen();
    try {
      this.#compare(index, await compute());
    } catch (error) {
      this.#compareError(index, error);
    }
  }

  listen(): void {
    this.#printed = [];
  }

  keepPrinted(index: number): void {
    this.#compare(index, this.#printed.join("\n"));
  }

  /** What was promised and not kept, one line each; empty when all is well. */
  verdict(): string[] {
    const unreached = this.given.filter((_, index) => !this.#reached.has(index));
    return [...this.#wrong, ...unreached.map(({ line, code }) => `${this.place(line)}: never ran: ${code}`)];
  }

  #compare(index: number, value: unknown): void {
    this.#reached.add(index);
    const { line, code, expected } = this.given[index]!;
    const actual = code.startsWith("console.log(") ? this.#printed.join("\n") : value;
    if (!agrees(actual, expected)) {
      this.#wrong.push(`${this.place(line)}: ${code}\n  gives ${printed(actual)}\n  the comment says ${expected}`);
    }
  }

  #compareError(index: number, error: unknown): void {
    this.#reached.add(index);
    const { line, code, expected } = this.given[index]!;
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    if (!sameText(text, expected.replace(/^throws /, ""))) {
      this.#wrong.push(`${this.place(line)}: ${code}\n  throws ${text}\n  the comment says ${expected}`);
    }
  }
}

/** What a reader sees of a value. */
function printed(value: unknown): string {
  if (typeof value === "string") return value;
  return inspect(value, { depth: 8, breakLength: 100 });
}

/** Texts agree when they differ in white space and kinds of quotes at most; `…` stands for anything. */
function sameText(actual: string, expected: string): boolean {
  const plain = (text: string): string =>
    text.replace(/\s+/g, " ").replace(/(?<=[[{(]) | (?=[\]})])/g, "").replaceAll("'", '"').trim();
  const parts = expected.split("…").map((part) => plain(part).replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(plain(actual));
}

/** Whether a value is what the comment says: numbers to the digits written (after `≈` to 1e-5), all else exactly. */
export function agrees(actual: unknown, expected: string): boolean {
  const literal = parse(expected.replaceAll("−", "-").replace(/^≈ ?/, ""));
  const slack = expected.startsWith("≈") ? 1e-5 : 0;
  if (literal !== null && sameValue(plainValue(actual), literal, slack)) return true;
  return sameText(printed(actual), expected) || sameText(String(actual), expected);
}

/** Tensors and typed arrays as nested arrays. */
function plainValue(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  if (typeof value === "object" && value !== null && "toArray" in value && typeof value.toArray === "function") {
    return value.toArray() as unknown;
  }
  return value;
}

/** The literal of a comment as a syntax tree, or null when it is no literal. */
function parse(text: string): ts.Expression | null {
  const file = ts.createSourceFile("value.ts", `(${text}\n)`, ts.ScriptTarget.ES2022, true);
  const [statement, ...others] = file.statements;
  if (statement === undefined || others.length > 0 || !ts.isExpressionStatement(statement)) return null;
  const { expression } = statement;
  return ts.isParenthesizedExpression(expression) && isLiteral(expression.expression) ? expression.expression : null;
}

const words = new Map<string, unknown>([["undefined", undefined], ["NaN", NaN], ["Infinity", Infinity]]);

function isLiteral(node: ts.Expression): boolean {
  if (ts.isArrayLiteralExpression(node)) return node.elements.every(isLiteral);
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.every((entry) => ts.isPropertyAssignment(entry) && isLiteral(entry.initializer));
  }
  if (ts.isPrefixUnaryExpression(node)) return isLiteral(node.operand);
  if (ts.isIdentifier(node)) return words.has(node.text);
  const simple = [ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword, ts.SyntaxKind.NullKeyword];
  return ts.isNumericLiteral(node) || ts.isStringLiteral(node) || simple.includes(node.kind);
}

function sameValue(actual: unknown, node: ts.Expression, slack: number): boolean {
  if (ts.isArrayLiteralExpression(node)) {
    const { elements } = node;
    if (!Array.isArray(actual) || actual.length !== elements.length) return false;
    return elements.every((item, i) => sameValue(plainValue(actual[i]), item, slack));
  }
  if (ts.isObjectLiteralExpression(node)) return sameRecord(actual, node, slack);
  if (ts.isStringLiteral(node)) return actual === node.text;
  if (node.kind === ts.SyntaxKind.NullKeyword) return actual === null;
  if (node.kind === ts.SyntaxKind.TrueKeyword) return actual === true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return actual === false;
  if (ts.isIdentifier(node) && node.text === "undefined") return actual === undefined;
  return typeof actual === "number" && sameNumber(actual, node.getText(), slack);
}

function sameRecord(actual: unknown, node: ts.ObjectLiteralExpression, slack: number): boolean {
  if (typeof actual !== "object" || actual === null) return false;
  const entries = node.properties.filter(ts.isPropertyAssignment);
  const record = actual as Record<string, unknown>;
  if (Object.keys(record).length !== entries.length) return false;
  return entries.every(({ name, initializer }) => {
    const key = nameOf(name);
    return key in record && sameValue(plainValue(record[key]), initializer, slack);
  });
}

function nameOf(name: ts.PropertyName): string {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNumericLiteral(name) ? name.text : name.getText();
}

/** To half a unit of the last digit written after the point; whole numbers to a float32's rounding. */
function sameNumber(actual: number, text: string, slack: number): boolean {
  const expected = Number(text.replaceAll(/[\s_]/g, ""));
  if (Object.is(actual, expected) || actual === expected) return true;
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const digits = mantissa.split(".")[1]?.length ?? 0;
  const unit = digits === 0 ? 0 : 10 ** (Number(exponent) - digits);
  return Math.abs(actual - expected) <= Math.max(0.5000001 * unit, 1e-6 * Math.abs(expected), slack);
}
