/** The launcher of the examples, as a person runs it: the list, help, and refusals with exit status 1. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { type OptionTable, withDefaults } from "../../examples/support/options";
import { filesBelow, read, root } from "../support/sources";

const paths = filesBelow("examples", ".ts")
  .map((path) => path.slice("examples/".length, -".ts".length))
  .filter((path) => path !== "run" && !path.startsWith("support/"));
/** Chapters answer to their name without room and number: `balls` is learn/04-balls.ts. */
const nameOf = (path: string): string => path.replace(/^learn\/\d+-/, "");
const names = [...paths.filter((path) => !path.includes("/")), ...paths.filter((path) => path.includes("/"))].map(nameOf);

interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function example(...words: string[]): Outcome {
  return exampleWith({}, ...words);
}

function exampleWith(variables: Record<string, string>, ...words: string[]): Outcome {
  const command = ["--import", "tsx", "examples/run.ts", ...words];
  const env = { ...process.env, ...variables };
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: "utf8", env });
  return { status, out: stdout, err: stderr };
}

describe("npm run example", () => {
  test("lists every example with the first sentence of its file", () => {
    const { status, out } = example();
    expect(status).toBe(0);
    for (const name of names) expect(out).toMatch(new RegExp(`^  ${name} +\\S.* .*\\.$`, "m"));
    expect(out).toMatch(/^ {2}xor +a 2-3-2 network learns the four corners, then one training step of the LEGO network is worked/m);
    expect(new Set(names).size).toBe(names.length);
  });

  test("suggests the nearest name for an unknown one", () => {
    const { status, out, err } = example("xro");
    expect([status, out, err]).toEqual([1, "", `example: unknown name: "xro"; did you mean "xor"? Examples are ${names.join(", ")}\n`]);
  });

  test("shows the help of an example with its options", () => {
    const { status, out } = example("xor", "--help");
    expect(status).toBe(0);
    expect(out).toContain("npm run example xor -- [options]");
    expect(out).toMatch(/^ {2}--[a-z-]+ /m);
    expect(example("xor", "-h").out).toBe(out);
  });

  test("refuses an unknown option before anything runs", () => {
    const { status, out, err } = example("xor", "--step", "1");
    expect([status, out]).toEqual([1, ""]);
    expect(err).toContain('xor: unknown option: "step"; did you mean "steps"? Options are ');
  });

  test("refuses options that npm took for its own, and says where they go", () => {
    const npm = { npm_lifecycle_event: "example", npm_config_batch_size: "true", npm_config_lr: "1" };
    expect(exampleWith(npm, "mnist", "8")).toEqual({
      status: 1,
      out: "",
      err: "mnist: npm kept --batch-size, --lr for itself; write npm run example mnist -- --batch-size …\n",
    });
  });

  test.each(["balls", "04-balls", "learn/04-balls"])("finds a chapter of the course by %s", (typed) => {
    expect(example(typed, "--help").out).toMatch(/^balls: \S.*\n\nnpm run example balls -- \[options\]/);
  });

  test.each(paths)("%s opens with a comment and exports its options and main", async (path) => {
    expect(read(`examples/${path}.ts`)).toMatch(/^\/\*\* ?\S|^\/\*\*\n \* \S/);
    const module = (await import(`${root}examples/${path}.ts`)) as { options: OptionTable; main: unknown };
    expect(module.main).toBeTypeOf("function");
    expect(withDefaults(path, module.options)).toBeTypeOf("object");
  });
});
