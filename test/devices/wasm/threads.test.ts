/** Threads share the work of programs: the same bits for any number of them, no harm where one is missing or ends. */
import { Worker } from "node:worker_threads";
import { afterAll, describe, expect, test, vi } from "vitest";
import {
  Adam,
  Dropout,
  Linear,
  Sequential,
  type Tensor,
  Tanh,
  compile,
  crossEntropy,
  l2Penalty,
  manualSeed,
  randint,
  randn,
  tensor,
  wasm,
} from "../../../src/index";
import { ModuleBuilder } from "../../../src/devices/wasm/assembler";
import { AWAKE, DONE, TICKET, emitSequence } from "../../../src/devices/wasm/claim";
import { wasmDevice } from "../../../src/devices/wasm/device";
import { heapFor, poolOf } from "../../../src/devices/wasm/heap";
import { Pool } from "../../../src/devices/wasm/pool";
import { instantiate, wasmEngine } from "../../../src/devices/wasm/runtime";

const pool = poolOf(heapFor(2));
const control = new Int32Array(heapFor(2).memory.buffer, 0, 256);
afterAll(() => pool.stop());

/** Everything is divided, however little it is. */
const divided = (threads: number) => wasmDevice(threads, 0);

/** Loss by loss, and the weights in the end, of a training step with all kinds of kernels in it. */
function learn(threads: number, steps: number): number[][] {
  manualSeed(3);
  const model = new Sequential(new Linear(37, 50), new Tanh(), new Dropout(0.2), new Linear(50, 10));
  const optimizer = new Adam(model.parameters(), { lr: 0.01 });
  const x = randn([29, 37]);
  const y = randint(0, 10, [29]);
  const step = compile(
    (x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const loss = crossEntropy(model.forward(x), y).add(l2Penalty(model, 1e-3)).add(x.square().mean());
      loss.backward();
      optimizer.step();
      return loss;
    },
    { device: divided(threads) },
  );
  const losses = Array.from({ length: steps }, () => step(x, y).item());
  const weights = model.parameters().map((p) => Array.from(p.toTypedArray()));
  step.release();
  return [losses, ...weights];
}

/** Calls a function until it says so, as often as is needed. */
function until(done: () => boolean): void {
  const end = performance.now() + 15_000;
  while (!done()) if (performance.now() > end) throw new Error("it never happened");
}

describe("threads", () => {
  test("give the same bits, however many there are", () => {
    const one = learn(1, 40);
    for (const threads of [2, 3]) expect(learn(threads, 40)).toEqual(one);
  });

  test("give the same bits for long sums, which are joined block by block", () => {
    const x = randn([123_457]);
    const sum = (threads: number): number[] => {
      const sums = (): Tensor[] => [x.sum(), x.exp().mean(), x.max(), x.square().sum().sqrt()];
      return compile(sums, { device: divided(threads) })().map((y) => y.item());
    };
    expect(sum(2)).toEqual(sum(1));
    expect(sum(1)[0]).toBeCloseTo(x.to("float64").sum().item(), 2);
  });

  test("are started by the first program that is divided, and take it in", () => {
    const x = randn([64, 64]);
    const f = compile(() => x.matmul(x).sum(), { device: divided(2) });
    until(() => {
      f();
      return Atomics.load(control, AWAKE / 4) === 1;
    });
    expect(f().item()).toBe(f().item());
    f.release();
  });

  test("are not waited for where they are not there: all chunks are done by the first", () => {
    pool.stop();
    const x = randn([64, 64]);
    const f = compile(() => x.matmul(x), { device: divided(2) });
    pool.stop();
    expect(f()).toBeCloseToTensor(x.matmul(x));
  });

  test("of which one ends while it works give an error instead of waiting for ever, and the next call works", async () => {
    // Claims one chunk and never does it.
    const thief = `
      const { parentPort, workerData: memory } = require("node:worker_threads");
      const tickets = new BigInt64Array(memory.buffer, ${TICKET}, 1);
      parentPort.postMessage("ready");
      for (;;) {
        const ticket = Atomics.load(tickets, 0);
        if ((ticket & 0xffffn) > 0n && Atomics.compareExchange(tickets, 0, ticket, ticket - 1n) === ticket) break;
      }
    `;
    const worker = new Worker(thief, { eval: true, workerData: heapFor(2).memory });
    await new Promise((resolve) => worker.once("message", resolve));
    const before = pool.lostAfter;
    pool.lostAfter = 50;
    const x = tensor(Float32Array.from({ length: 4096 }, (_, i) => i / 4096));
    const f = compile(() => x.sin().exp(), { device: divided(2) });
    try {
      expect(() => until(() => (f(), false))).toThrow(
        "wasm: a thread no longer answers: it ended while it worked (what it had begun was never done); " +
          "tensors that the function assigns to may be half written, load them anew; it goes on without other threads",
      );
    } finally {
      pool.lostAfter = before;
      await worker.terminate();
    }
    expect(f()).toBeCloseToTensor(x.sin().exp());
  });

  test("that end are replaced when the next program is built", async () => {
    const [before] = pool.threads;
    const x = randn([64, 64]);
    const first = compile(() => x.matmul(x), { device: divided(2) });
    first();
    const [thread] = pool.threads;
    thread!.stop();
    await vi.waitUntil(() => pool.threads[0] === null, { timeout: 10_000 });
    const second = compile(() => x.matmul(x).sum(), { device: divided(2) });
    second();
    expect(pool.threads[0]).not.toBeNull();
    expect(pool.threads[0]).not.toBe(before);
    expect(first()).toBeCloseToTensor(x.matmul(x));
  });

  test("count as lost only by the time that one wait takes, whatever the clock says", () => {
    const fresh = new Pool(heapFor(2).memory);
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => clock);
    fresh.lostAfter = 20;
    for (let wait = 0; wait < 10; wait++) {
      expect(fresh.late(0)).toBe(0); // ten waits of 8 ms are not one of 80
      clock += 8;
      expect(fresh.late(1)).toBe(0);
    }
    expect(fresh.late(0)).toBe(0);
    const looks = [8, 8, 8].map((time) => {
      clock += time;
      return fresh.late(1);
    });
    expect(looks).toEqual([0, 0, 1]);
    fresh.lostAfter = 500;
    expect(fresh.late(0)).toBe(0);
    clock += 1e6; // the process was stopped for long
    expect(fresh.late(1)).toBe(0);
    vi.restoreAllMocks();
  });

  test("fall back to one where memory cannot be shared", () => {
    const host = globalThis as { SharedArrayBuffer?: unknown; crossOriginIsolated?: boolean };
    const { SharedArrayBuffer } = host;
    expect(wasm({ threads: 2 }).name).toBe("wasm, 2 threads");
    try {
      host.SharedArrayBuffer = undefined;
      expect(wasm({ threads: 2 }).name).toBe("wasm");
      host.SharedArrayBuffer = SharedArrayBuffer;
      host.crossOriginIsolated = false;
      expect(wasm({ threads: 2 }).name).toBe("wasm");
    } finally {
      host.SharedArrayBuffer = SharedArrayBuffer;
      delete host.crossOriginIsolated;
    }
  });

  test("are refused in numbers that make no sense", () => {
    expect(() => wasm({ threads: 0 })).toThrow("wasm: threads");
    expect(() => wasm({ threads: 1.5 })).toThrow("wasm: threads");
    expect(() => wasm({ thread: 2 } as never)).toThrow("threads");
  });

  test("are named by the program that they share", () => {
    const f = compile((x: Tensor) => x.add(1), { device: wasm({ threads: 2 }) });
    expect(f.program(tensor([1]))).toMatch(/^program on wasm, 2 threads: 1 steps/);
    f.release();
  });
});

describe("the entry for other threads", () => {
  test("claims and does chunks from the last to the first, and leaves when the ticket is another program's", () => {
    const { Memory, Module } = wasmEngine()!;
    const limits = { initial: 1, maximum: 1, shared: true };
    const memory = new Memory(limits);
    const module = new ModuleBuilder(limits, 0);
    const chunk = module.function(["i32"]);
    const [number] = chunk.params;
    // what[number] = number + 1, and the ticket of another program after the last
    chunk.get(number!).i32(4).op("i32.mul").get(number!).i32(1).op("i32.add").memory("i32.store", 1024);
    chunk.get(number!).op("i32.eqz").if(() => chunk.i32(TICKET).i64(9n << 32n).memory("i64.atomic.store"));
    expect(emitSequence(module, { parts: [{ f: chunk, chunks: 5, mayFail: false }], status: 900, id: 7 })).toBe(true);
    const { work } = instantiate(new Module(module.bytes()), memory);
    const words = new Int32Array(memory.buffer);
    new BigInt64Array(memory.buffer)[TICKET / 8] = (7n << 32n) | 3n;
    expect(work!()).toBe(0);
    expect([...words.subarray(256, 262)]).toEqual([1, 2, 3, 0, 0, 0]);
    expect(words[DONE / 4]).toBe(3);
  });
});
