/** Shapes that the compiler checks: every mistake is said in a sentence, at its place, and is a run-time error too. */
import ts from "typescript";
import { beforeAll, describe, expect, test } from "vitest";
import { read, root } from "../support/sources";
import { type Said, faults, runtimeError, sheet } from "./check";
import { mistakes, shown } from "./mistakes";
import { known, mixed, models, unknown } from "./programs";

const path = `${root}test/shapes/sheet.ts`;
const hovers = `
import { Linear, ReLU, Sequential, tensor, zeros } from "gradkit";
export const product = zeros([64, 784]).matmul(zeros([784, 10]));
export const model = new Sequential(new Linear(784, 128), new ReLU(), new Linear(128, 10));
export const output = model.call(zeros([64, 784]));
export const rows = tensor([[1, 2, 3], [4, 5, 6]]);
export const layer = new Linear(784, 128);
`;
const page = sheet();

/** A program of files that are not on disk, beside the sources. */
function programOf(files: Readonly<Record<string, string>>): ts.Program {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, (file) => ts.sys.readFile(file)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (file, version, ...rest) =>
    files[file] === undefined ? getSourceFile(file, version, ...rest) : ts.createSourceFile(file, files[file], version);
  return ts.createProgram(Object.keys(files), options, host);
}

/** What the compiler says of a file. */
function saidOf(program: ts.Program, file: string): Said[] {
  const source = program.getSourceFile(file)!;
  return program.getSemanticDiagnostics(source).map(({ start, messageText }) => {
    const { line, character } = source.getLineAndCharacterOfPosition(start!);
    return { line: line + 1, column: character + 1, message: ts.flattenDiagnosticMessageText(messageText, "\n") };
  });
}

describe("mistakes of shapes", () => {
  let program: ts.Program;
  let said: Said[] = [];
  beforeAll(() => {
    program = programOf({ [path]: page.text, [`${path}.hovers.ts`]: hovers });
    said = saidOf(program, path);
  }, 60_000);

  test("are each said once, in one sentence, at the place that is wrong", () => {
    expect(faults(page, said)).toEqual([]);
  });

  test("are shown in the docs, ten of them, with what the editor says", () => {
    const text = read("docs/9-shapes.md");
    expect(shown).toHaveLength(10);
    shown.forEach(({ title, code }, i) => {
      const { message } = said.find(({ line }) => line === page.places[i]!.line)!;
      expect(text).toContain(`### ${title}\n\n\`\`\`ts fragment\n${code}\n\`\`\`\n\n> ${message}\n`);
    });
  });

  test("are not hidden by a test that lets everything pass", () => {
    const [first] = said;
    expect(faults(page, said.slice(1))).toHaveLength(1);
    expect(faults(page, [...said, { ...first!, column: 1 }])).toHaveLength(1);
    expect(runtimeError({ title: "", code: "zeros([2]);", at: "", says: "" })).toBe("no error");
  });

  test("leave the types that people see when they hover short", () => {
    const source = program.getSourceFile(`${path}.hovers.ts`)!;
    const checker = program.getTypeChecker();
    const types = source.statements.filter(ts.isVariableStatement).map(({ declarationList }) => {
      const [declaration] = declarationList.declarations;
      return checker.typeToString(checker.getTypeAtLocation(declaration!));
    });
    expect(types).toEqual([
      "Tensor<[64, 10]>",
      "Sequential<[784], [10]>",
      "Tensor<[64, 10]>",
      "Tensor<[2, 3]>",
      "Linear<784, 128>",
    ]);
  });

  test.each(mistakes.map((mistake) => [mistake.title, mistake] as const))("throw when they run: %s", (_, mistake) => {
    const law = mistake.says.split(" (")[0]!;
    // A chain that does not fit is built without an error; the error comes when something goes through it.
    const built = mistake.code.startsWith("new Sequential") && !mistake.code.includes("forward(");
    const code = built ? mistake.code.replace(/;$/, `.forward(${inputOf(mistake.code)});`) : mistake.code;
    const message = runtimeError({ ...mistake, code });
    if (mistake.throws === undefined) expect(message).toContain(law);
    else expect(message).toMatch(mistake.throws);
  });
});

/** Zeros that the first layer takes. */
function inputOf(code: string): string {
  if (code.includes("Embedding")) return "zeros([2, 3])";
  return code.includes("Flatten") ? "zeros([1, 9])" : "zeros([1, 784])";
}

describe("programs whose shapes fit", () => {
  test("are compiled with the rest of the tests, and run", () => {
    for (const run of [known, models, () => unknown(), () => mixed()]) expect(run).not.toThrow();
  });

  test("would not compile with another shape", () => {
    const file = `${root}test/shapes/wrong.ts`;
    const text = read("test/shapes/programs.ts").replace("is<Tensor<[64, 784]>>()(x);", "is<Tensor<[64, 785]>>()(x);");
    const said = saidOf(programOf({ [file]: text }), file);
    expect(said.map(({ message }) => message.split("\n")[0])).toHaveLength(1);
  });
});
