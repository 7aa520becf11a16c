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
    env = { memory, late: () => 0 };
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

/** Milliseconds between looks at a chunk that is waited for; looks that are further apart belong to different ones. */
const PAUSE = 0.2;
const GAP = 100;

/** Workers beside the thread that all of this runs on. */
export class Pool {
  /** Milliseconds after which a chunk that was claimed counts as lost. */
  lostAfter = 10_000;
  private readonly threads: (Thread | null)[] = [];
  private readonly control: Int32Array;
  private readonly mayWait: boolean;
  private refused = false;
  private since = 0;
  private last = 0;
  private seen = -1;

  constructor(private readonly memory: WasmMemory) {
    this.control = new Int32Array(memory.buffer, 0, 256);
    this.mayWait = canWait();
  }

  /** Sends a program's module to as many workers as it wants threads, less one; starts those that are missing. */
  add(id: number, module: object, threads: number): void {
    while (this.threads.length < threads - 1 && !this.refused) this.start();
    for (const thread of this.threads.slice(0, threads - 1)) thread?.send({ id, module });
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

  /** Called now and then while a chunk is waited for: 1 if that has taken too long. */
  readonly late = (): number => {
    const done = Atomics.load(this.control, DONE / 4);
    const time = performance.now();
    if (done !== this.seen || time - this.last > GAP) this.since = time;
    this.seen = done;
    if (this.mayWait) Atomics.wait(this.control, DONE / 4, done, PAUSE);
    this.last = performance.now();
    return this.last - this.since > this.lostAfter ? 1 : 0;
  };

  private start(): void {
    const place = this.threads.length;
    try {
      const thread = startThread(SOURCE, () => { if (this.threads[place] === thread) this.threads[place] = null; });
      thread.send({ memory: this.memory, place: AWAKE / 4 + place });
      this.threads.push(thread);
    } catch {
      this.refused = true; // then the first thread does all of it
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
