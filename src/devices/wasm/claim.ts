/**
 * How threads share a program: one runs it step by step and offers the chunks of each part; all of them, that one
 * included, claim chunks one by one from a ticket. A thread that is late or asleep costs nothing; one that has claimed
 * a chunk is waited for.
 *
 * The ticket is one 64-bit word: the program's number, the part's, and how many chunks are left (32, 16 and 16 bits). A
 * claim exchanges it against itself less one, so that it succeeds only for the chunk that the claimant saw.
 */

import type { FunctionBuilder, ModuleBuilder } from "./assembler";
import { type Part, callWhole } from "./share";

/** Where the heap keeps what threads agree on, in bytes: each on a line of the cache of its own. */
export const TICKET = 64;
export const DONE = 128;
const SLEEPERS = 192;
/** For each worker an int32: 1 while it looks at the ticket, 0 while it waits for a message. */
export const AWAKE = 256;

/** Turns of looking before a worker sleeps, and before the first thread asks whether it is too late: some 100 µs. */
const IDLE = 60_000;
const PATIENCE = 60_000;

/** Nanoseconds that a worker sleeps before it goes to look for messages. */
const SLEEP = 50_000_000n;

/** The code that stands in a program's status when a chunk that was claimed is never done. */
export const LOST = 2;

/** What is to be run: parts in their order, and after which of them a failure is looked for. */
export interface Sequence {
  readonly parts: readonly (Part & { readonly mayFail: boolean })[];
  /** The address of an int32 that is not 0 after a failure. */
  readonly status: number;
  /** The program's number. */
  readonly id: number;
}

/** Appends the entry `run`, and where parts are divided the entry `work` of the other threads; says whether any are. */
export function emitSequence(module: ModuleBuilder, sequence: Sequence): boolean {
  const divided = sequence.parts.filter(({ chunks }) => chunks > 1);
  const offer = divided.length > 0 ? emitSharing(module, sequence, divided) : null;
  const run = module.function([]);
  for (const part of sequence.parts) {
    if (part.chunks === 1 || offer === null) callWhole(run, part);
    else {
      run.i32(divided.indexOf(part) * 2 ** 16 + part.chunks).call(offer);
      run.if(() => run.i32(sequence.status).i32(LOST).memory("i32.store").op("return"));
    }
    if (part.mayFail) run.i32(sequence.status).memory("i32.load").if(() => run.op("return"));
  }
  module.export("run", run);
  return offer !== null;
}

/** What threads need to share parts; gives the function (part · 2¹⁶ + chunks) → 1 if a chunk was lost. */
function emitSharing(module: ModuleBuilder, { id }: Sequence, parts: readonly Part[]): FunctionBuilder {
  const chunk = module.function(["i32", "i32"]);
  const [part, number] = chunk.params as [Local, Local];
  chunk.choose(part, parts.map(({ f }) => () => chunk.get(number).call(f)));
  const claim = emitClaim(module, chunk);
  module.export("work", emitWork(module, claim, id));
  return emitOffer(module, claim, id);
}

type Local = FunctionBuilder["params"][number];

/** (ticket) → whether a chunk was claimed, and done. */
function emitClaim(module: ModuleBuilder, chunk: FunctionBuilder): FunctionBuilder {
  const f = module.function(["i64"], ["i32"]);
  const [ticket] = f.params as [Local];
  const word = f.local("i32");
  f.i32(TICKET).get(ticket).get(ticket).i64(1n).op("i64.sub").memory("i64.atomic.rmw.cmpxchg");
  f.get(ticket).op("i64.ne").if(() => f.i32(0).op("return"));
  f.get(ticket).op("i32.wrap_i64").set(word);
  f.get(word).i32(16).op("i32.shr_u").get(word).i32(0xffff).op("i32.and").i32(1).op("i32.sub").call(chunk);
  f.i32(DONE).i32(1).memory("i32.atomic.rmw.add").op("drop");
  // The first thread may be asleep by now, if this was the last chunk to be claimed.
  f.get(word).i32(0xffff).op("i32.and").i32(1).op("i32.eq");
  f.if(() => f.i32(DONE).i32(1).memory("memory.atomic.notify").op("drop"));
  f.i32(1);
  return f;
}

/** Pushes the number of chunks that are left by a ticket. */
function pushLeft(f: FunctionBuilder, ticket: Local): void {
  f.get(ticket).op("i32.wrap_i64").i32(0xffff).op("i32.and");
}

/** The first thread's part: it offers all chunks, claims some, and waits until all are done. */
function emitOffer(module: ModuleBuilder, claim: FunctionBuilder, id: number): FunctionBuilder {
  const f = module.function(["i32"], ["i32"]);
  const [word] = f.params as [Local];
  const [ticket, turns, asked] = [f.local("i64"), f.local("i32"), f.local("i32")];
  f.i32(DONE).i32(0).memory("i32.atomic.store");
  f.i32(TICKET).i64(BigInt(id) << 32n).get(word).op("i64.extend_i32_u").op("i64.or").memory("i64.atomic.store");
  f.i32(SLEEPERS).memory("i32.atomic.load");
  f.if(() => f.i32(TICKET).i32(-1).memory("memory.atomic.notify").op("drop"));
  f.block(() => {
    f.loop(() => {
      f.i32(TICKET).memory("i64.atomic.load").set(ticket);
      pushLeft(f, ticket);
      f.op("i32.eqz").brIf(1).get(ticket).call(claim).op("drop").br(0);
    });
  });
  f.loop(() => {
    f.i32(DONE).memory("i32.atomic.load").get(word).i32(0xffff).op("i32.and").op("i32.eq");
    f.if(() => f.i32(0).op("return"));
    f.get(turns).i32(1).op("i32.add").tee(turns).i32(PATIENCE).op("i32.lt_u").brIf(0);
    f.i32(0).set(turns).get(asked).callHost("late").i32(1).set(asked).op("i32.eqz").brIf(0);
  });
  f.i32(1);
  return f;
}

/** Another thread's part: to claim chunks until the ticket is another program's (0) or nothing happens for long (1). */
function emitWork(module: ModuleBuilder, claim: FunctionBuilder, id: number): FunctionBuilder {
  const f = module.function([], ["i32"]);
  const [ticket, turns] = [f.local("i64"), f.local("i32")];
  f.loop(() => {
    f.i32(TICKET).memory("i64.atomic.load").tee(ticket).i64(32n).op("i64.shr_u").i64(BigInt(id)).op("i64.ne");
    f.if(() => f.i32(0).op("return"));
    pushLeft(f, ticket);
    f.if(() => {
      f.get(ticket).call(claim).op("drop").i32(0).set(turns).br(1);
    });
    f.get(turns).i32(1).op("i32.add").tee(turns).i32(IDLE).op("i32.lt_u").brIf(0);
    f.i32(0).set(turns);
    f.i32(SLEEPERS).i32(1).memory("i32.atomic.rmw.add").op("drop");
    f.i32(TICKET).get(ticket).i64(SLEEP).memory("memory.atomic.wait64").set(turns);
    f.i32(SLEEPERS).i32(-1).memory("i32.atomic.rmw.add").op("drop");
    f.get(turns).i32(2).op("i32.eq").if(() => f.i32(1).op("return"));
    f.i32(0).set(turns).br(0);
  });
  f.op("unreachable");
  return f;
}
