/** The threads of this process: started when the first program is divided, told of programs, woken before each run. */

import { AWAKE, DONE, TICKET } from "./claim";
import type { WasmMemory } from "./runtime";
import { type Thread, startThread } from "./workers";

/**
 * What a worker does: it takes in modules, and looks for chunks of the program that runs; while nothing happens it
 * waits for messages.
 */
const SOURCE = `
const port = typeof require === "function" ? require("node:worker_threads").parentPort : null;
const programs = new Map();
let control, awake, env;
const receive = ({ memory, place, id, module }) => {
  if (memory !== undefined) {
    control = new Int32Array(memory.buffer, 0, 256);
    awake = place;
    env = { memory, late: () => 0, sin: Math.sin, cos: Math.cos, tan: Math.tan };
  }
  if (module !== undefined) programs.set(id, new WebAssembly.Instance(module, { env }).exports.work);
  else if (id !== undefined) programs.delete(id);
  Atomics.store(control, awake, 1);
  for (let work; (work = programs.get(Atomics.load(control, ${TICKET / 4 + 1}))) !== undefined && work() === 0; );
  Atomics.store(control, awake, 0);
};
if (port !== null) port.on("message", receive);
else onmessage = ({ data }) => receive(data);
`;

/** Milliseconds of sleep between looks at a chunk that is waited for, and that one look counts for at most. */
const PAUSE = 0.2;
const LOOK = 100;

/** Threads that are started in all at most: after that, those that end are not replaced. */
const STARTS = 256;

/** Workers beside the thread that all of this runs on. */
export class Pool {
  /** Milliseconds after which a chunk that was claimed counts as lost. */
  lostAfter = 30_000;
  /** Null where one has ended. */
  readonly threads: (Thread | null)[] = [];
  private readonly control: Int32Array;
  private readonly mayWait: boolean;
  private starts = 0;
  /** Milliseconds that the chunks waited for have not moved, the last look, and how many were done then. */
  private waited = 0;
  private last = 0;
  private seen = 0;

  constructor(private readonly memory: WasmMemory) {
    this.control = new Int32Array(memory.buffer, 0, 256);
    this.mayWait = canWait();
  }

  /** Sends a program's module to as many workers as it wants threads, less one; starts those that are missing. */
  add(id: number, module: object, threads: number): void {
    for (let i = 0; i < threads - 1; i++) {
      this.threads[i] ??= this.start(i);
      this.threads[i]?.send({ id, module });
    }
  }

  /** Lets workers forget a program. */
  drop(id: number): void {
    for (const thread of this.threads) thread?.send({ id });
  }

  /** Before a run: wakes the workers that wait for messages. */
  wake(threads: number): void {
    const { control } = this;
    for (let i = 0; i < threads - 1; i++) {
      const at = AWAKE / 4 + i;
      if (Atomics.load(control, at) !== 0) continue;
      const thread = this.threads[i];
      if (thread === null || thread === undefined) continue;
      Atomics.store(control, at, 1);
      thread.send({});
    }
  }

  /** Ends all threads; those that programs ask for later are new ones. */
  stop(): void {
    for (const thread of this.threads.splice(0)) thread?.stop();
    this.control.fill(0, AWAKE / 4);
  }

  /**
   * Called now and then while chunks are waited for, at first with 0, then with 1: gives 1 if it has taken too long.
   * A look counts for little, however much time has passed: the process itself may have been stopped.
   */
  readonly late = (again: number): number => {
    const done = Atomics.load(this.control, DONE / 4);
    if (again === 0 || done !== this.seen) {
      this.waited = 0;
      this.last = performance.now();
    }
    this.seen = done;
    if (this.mayWait) Atomics.wait(this.control, DONE / 4, done, PAUSE);
    const time = performance.now();
    this.waited += Math.min(time - this.last, LOOK);
    this.last = time;
    return this.waited > this.lostAfter ? 1 : 0;
  };

  private start(place: number): Thread | null {
    if (this.starts >= STARTS) return null;
    this.starts++;
    try {
      const thread = startThread(SOURCE, () => { if (this.threads[place] === thread) this.threads[place] = null; });
      Atomics.store(this.control, AWAKE / 4 + place, 0);
      thread.send({ memory: this.memory, place: AWAKE / 4 + place });
      return thread;
    } catch {
      this.starts = STARTS; // refused here: the first thread does all of it
      return null;
    }
  }
}

/** Whether this thread may sleep: that of a browser's page may not. */
function canWait(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}
