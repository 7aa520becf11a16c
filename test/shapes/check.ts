/** Type-checks programs that import gradkit: one file of all mistakes, each in a block of its own. */
import vm from "node:vm";
import * as gradkit from "../../src/index";
import { type Mistake, mistakes } from "./mistakes";

/** A file, and where each mistake stands in it: line and column, counted from 1. */
export interface Sheet {
  readonly text: string;
  readonly places: readonly { readonly mistake: Mistake; readonly line: number; readonly column: number }[];
}

/** What a compiler says at a place. */
export interface Said {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The names of gradkit that a code uses. */
function namesIn(code: string): string[] {
  const words = new Set(code.match(/(?<![.\w])[A-Za-z]\w*/g));
  return [...words].filter((word) => word in gradkit);
}

/** All mistakes in one file, with the imports that they need. */
export function sheet(): Sheet {
  let text = `import { ${namesIn(mistakes.map(({ code }) => code).join("\n")).join(", ")} } from "gradkit";\n`;
  const places = mistakes.map((mistake) => {
    const before = `${text}{\n${mistake.code.slice(0, mistake.code.lastIndexOf(mistake.at))}`.split("\n");
    text += `{\n${mistake.code}\n}\n`;
    return { mistake, line: before.length, column: before.at(-1)!.length + 1 };
  });
  return { text, places };
}

/** What is wrong with what a compiler said of the sheet: nothing, if it said each sentence at its place and no more. */
export function faults({ places }: Sheet, said: readonly Said[]): string[] {
  const wanted = places.map(({ mistake, line, column }) => `${line}:${column} ${mistake.says}`);
  const sentence = (message: string): string => /'"(.*)"'\.?$/.exec(message)?.[1] ?? message;
  const got = said.map(({ line, column, message }) => `${line}:${column} ${sentence(message)}`);
  return [
    ...wanted.filter((text) => !got.includes(text)).map((text) => `not said: ${text}`),
    ...got.filter((text) => !wanted.includes(text)).map((text) => `said: ${text}`),
  ];
}

/** Runs the code of a mistake as plain JavaScript and gives the message of its error. */
export function runtimeError({ code }: Mistake): string {
  try {
    vm.compileFunction(`const { ${namesIn(code).join(", ")} } = gradkit;\n${code}`, ["gradkit"])(gradkit);
  } catch (error) {
    return String(error);
  }
  return "no error";
}
