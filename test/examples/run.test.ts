/** The launcher of the examples, as a person runs it: the list, help, and refusals with exit status 1. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { type OptionTable, withDefaults } from "../../examples/support/options";
import { filesBelow, read, root } from "../support/sources";

const names = filesBelow("examples", ".ts")
  .map((path) => path.slice("examples/".length, -".ts".length))
  .filter((name) => name !== "run" && !name.includes("/"));

function example(...words: string[]): { readonly status: number | null; readonly out: string; readonly err: string } {
  const command = ["--import", "tsx", "examples/run.ts", ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: "utf8" });
  return { status, out: stdout, err: stderr };
}

describe("npm run example", () => {
  test("lists every example with the first sentence of its file", () => {
    const { status, out } = example();
    expect(status).toBe(0);
    for (const name of names) expect(out).toMatch(new RegExp(`^  ${name} +\\S.*\\.$`, "m"));
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
  });

  test("refuses an unknown option before anything runs", () => {
    const { status, out, err } = example("xor", "--step", "1");
    expect([status, out]).toEqual([1, ""]);
    expect(err).toContain('xor: unknown option: "step"; did you mean "steps"? Options are ');
  });

  test.each(names)("%s opens with a comment and exports its options and main", async (name) => {
    expect(read(`examples/${name}.ts`)).toMatch(/^\/\*\* ?\S|^\/\*\*\n \* \S/);
    const module = (await import(`../../examples/${name}.ts`)) as { options: OptionTable; main: unknown };
    expect(module.main).toBeTypeOf("function");
    expect(withDefaults(name, module.options)).toBeTypeOf("object");
  });
});
