/** The process in which one system runs one workload: JSON lines in, JSON lines out (`protocol.ts`). */

import { createInterface } from "node:readline";
import type { Reply, Request } from "./protocol";
import { measure } from "./stopwatch";
import type { MakeSystem, Prepared } from "./systems/system";

// Standard output is for replies; what libraries have to say goes to the other stream.
console.log = console.error;
console.info = console.error;

const [system, variant] = process.argv.slice(2) as [string, string];
let prepared: Prepared | null = null;

async function answer(request: Request): Promise<Reply> {
  if (request.do === "prepare") {
    const { make } = (await import(new URL(`systems/${system}.js`, import.meta.url).href)) as { make: MakeSystem };
    const result = await (await make(variant)).prepare(request.workload);
    if (typeof result === "string") return { skip: result };
    prepared = result;
    return { check: result.check, estimate: result.estimate ?? null, note: result.note?.() ?? null };
  }
  if (prepared === null) throw new Error("nothing is prepared");
  if (request.do === "slice") return { seconds: await measure(prepared, request.seconds, request.chunk) };
  return { check: (await prepared.finish?.()) ?? null, note: prepared.note?.() ?? null };
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply: Reply;
  try {
    reply = await answer(JSON.parse(line) as Request);
  } catch (error) {
    reply = { error: error instanceof Error ? error.message : String(error) };
    console.error(error);
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
process.exit(0);
