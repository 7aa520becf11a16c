/** The heap of programs: blocks never overlap, come back whole, and an end of memory is an error with its sizes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Heap } from "../../../src/devices/wasm/heap";
import { allocateBlock, giveBack, hold } from "../../../src/devices/wasm/holdings";
import { DeviceError } from "../../../src/errors";

const move = fc.record({ bytes: fc.integer({ min: 1, max: 300_000 }), release: fc.nat(9) });
const moves = fc.array(move, { maxLength: 60 });

describe("the heap", () => {
  test("gives blocks that lie apart, aligned and within its memory, and takes them back", () => {
    fc.assert(
      fc.property(moves, (list) => {
        const heap = new Heap(false);
        const blocks: { address: number; bytes: number }[] = [];
        for (const { bytes, release } of list) {
          const address = heap.allocate(bytes);
          expect(address % 64).toBe(0);
          expect(address).toBeGreaterThan(0);
          expect(address + bytes).toBeLessThanOrEqual(heap.memory.buffer.byteLength);
          for (const other of blocks) {
            expect(address + bytes <= other.address || other.address + other.bytes <= address).toBe(true);
          }
          blocks.push({ address, bytes });
          if (release < blocks.length) heap.release(blocks.splice(release, 1)[0]!.address);
        }
        for (const { address } of blocks) heap.release(address);
        expect(heap.bytes).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test("uses again what was given back, so that it does not grow", () => {
    const heap = new Heap(false);
    const fill = (): number[] => Array.from({ length: 40 }, (_, i) => heap.allocate(50_000 + i * 1000));
    for (const address of fill()) heap.release(address);
    const size = heap.memory.buffer.byteLength;
    for (let round = 0; round < 20; round++) for (const address of fill().reverse()) heap.release(address);
    expect(heap.memory.buffer.byteLength).toBe(size);
  });

  test("says how much was asked for and how much is in use where 4 GiB do not suffice, and goes on", () => {
    const heap = new Heap(false);
    const first = heap.allocate(100_000);
    expect(() => heap.allocate(5e9)).toThrow(DeviceError);
    expect(() => heap.allocate(5e9)).toThrow(/wasm: out of memory: \d+ bytes needed, 100032 in use \(the heap ends at/);
    expect(heap.bytes).toBe(100_032);
    const second = heap.allocate(100_000);
    expect(second).toBeGreaterThanOrEqual(first + 100_000);
    heap.view("float32", second, 25_000).fill(1);
    expect(heap.view("float32", first, 25_000).every((x) => x === 0)).toBe(true);
  });

  test("is smaller where the engine gives less address space, and an error where it gives none", () => {
    const engine = globalThis as unknown as { WebAssembly: { Memory: new (limits: { maximum: number }) => object } };
    const { Memory } = engine.WebAssembly;
    let most = 20_000;
    engine.WebAssembly.Memory = class extends Memory {
      constructor(limits: { maximum: number }) {
        if (limits.maximum > most) throw new RangeError("could not allocate memory");
        super(limits);
      }
    };
    try {
      expect(new Heap(false).limit).toBe(16_384 * 65_536);
      most = 0;
      expect(() => new Heap(true)).toThrow(
        "wasm: no memory to be had: 67108864 bytes were refused (could not allocate memory); " +
          "allow the process more address space",
      );
    } finally {
      engine.WebAssembly.Memory = Memory;
    }
  });
});

describe("blocks that programs hold", () => {
  test("come back from programs that were dropped before the engine has noticed, when room is needed", () => {
    const heap = new Heap(false);
    heap.limit = 2_000_000;
    const [kept, lost] = [{}, {}];
    hold(kept, heap, allocateBlock(heap, 600_000));
    const holding = hold(lost, heap, allocateBlock(heap, 900_000));
    expect(() => allocateBlock(heap, 1_000_000)).toThrow(DeviceError);
    Object.assign(holding, { owner: { deref: () => undefined } });
    allocateBlock(heap, 1_000_000);
    expect(heap.bytes).toBe(Math.ceil(600_000 / 64) * 64 + 1_000_000);
    giveBack(holding); // once is enough
    expect(heap.bytes).toBe(Math.ceil(600_000 / 64) * 64 + 1_000_000);
    expect([kept, lost]).toHaveLength(2);
  });
});
