/** The programs of a compiled function: the latest used stay; where memory runs out, the oldest of all functions go. */

import { DeviceError } from "../errors";
import type { Recorded } from "./recorded";

/** Programs that are kept per function. */
const MOST = 16;

let calls = 0;

/** Every function's programs; of functions that were dropped, the engine takes them back. */
const everywhere = new Set<WeakRef<Programs>>();
const dropped = /* @__PURE__ */ new FinalizationRegistry<WeakRef<Programs>>((lost) => everywhere.delete(lost));

/** The programs of one function. */
export class Programs {
  /** The most recently used first. */
  private list: Recorded[] = [];

  constructor() {
    const reference = new WeakRef(this);
    everywhere.add(reference);
    dropped.register(this, reference);
  }

  /** The latest used program that will do. */
  find(accepts: (recorded: Recorded) => boolean): Recorded | undefined {
    const [latest] = this.list;
    if (latest !== undefined && accepts(latest)) {
      latest.used = ++calls;
      return latest;
    }
    const found = this.list.find(accepts);
    if (found !== undefined) this.toFront(found);
    return found;
  }

  /** Keeps a new program. While there is no memory for it, the one that was not used for longest makes room. */
  add(make: () => Recorded): Recorded {
    for (;;) {
      try {
        const made = make();
        this.toFront(made);
        for (const old of this.list.splice(MOST)) old.free();
        return made;
      } catch (error) {
        if (!mayMakeRoom(error) || !dropOldest()) throw error;
      }
    }
  }

  /** Gives all memory back. */
  clear(): void {
    for (const recorded of this.list.splice(0)) recorded.free();
  }

  /** When the least recently used program was called; Infinity if there is none. */
  get oldest(): number {
    return this.list.at(-1)?.used ?? Infinity;
  }

  /** Lets the least recently used program go. */
  drop(): void {
    this.list.pop()?.free();
  }

  private toFront(recorded: Recorded): void {
    recorded.used = ++calls;
    this.list = [recorded, ...this.list.filter((other) => other !== recorded)];
  }
}

/** Whether memory has run out that the program would fit in if there were no others. */
function mayMakeRoom(error: unknown): boolean {
  if (!(error instanceof DeviceError)) return false;
  const { needed, limit } = error.fields;
  return typeof needed === "number" && typeof limit === "number" && needed < limit;
}

/** Frees the program that was not used for longest, whosever it is; false if there is none. */
function dropOldest(): boolean {
  let oldest: Programs | null = null;
  for (const reference of everywhere) {
    const programs = reference.deref();
    if (programs !== undefined && programs.oldest < (oldest?.oldest ?? Infinity)) oldest = programs;
  }
  oldest?.drop();
  return oldest !== null;
}
