/** The launcher of the examples, as a person runs it: the list, help, and refusals with exit status 1. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
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

  test.each(names)("%s has a help with its options and refuses others", (name) => {
    expect(read(`examples/${name}.ts`)).toMatch(/^\/\*\* ?\S|^\/\*\*\n \* \S/);
    const help = example(name, "--help");
    expect(help.status).toBe(0);
    expect(help.out).toContain(`npm run example ${name} -- [options]`);
    expect(help.out).toMatch(/^ {2}--[a-z-]+ /m);
    const refusal = example(name, "--no-such-option", "1");
    expect(refusal.status).toBe(1);
    expect(refusal.err).toMatch(new RegExp(`^${name}: unknown option: "noSuchOption"; did you mean ".*"\\? Options are `));
  });
});
