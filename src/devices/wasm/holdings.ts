/** Who holds which block of a heap: blocks come back when programs are freed or dropped, or when room is needed. */

import { DeviceError } from "../../errors";
import { type Heap, poolOf } from "./heap";

/** What a program holds besides JavaScript objects: its block of a heap, and a place in the memory of threads. */
export interface Holding {
  readonly heap: Heap;
  readonly address: number;
  /** The program's number where threads share it, else 0. */
  id: number;
  readonly owner: WeakRef<object>;
}

const holdings = new Set<Holding>();
const dropped = /* @__PURE__ */ new FinalizationRegistry<Holding>(giveBack);

/** Notes that a program holds a block; it comes back with the program, whether that is freed or dropped. */
export function hold(owner: object, heap: Heap, address: number): Holding {
  const holding = { heap, address, id: 0, owner: new WeakRef(owner) };
  holdings.add(holding);
  dropped.register(owner, holding);
  return holding;
}

/** Takes a block back, once. */
export function giveBack(holding: Holding): void {
  if (!holdings.delete(holding)) return;
  const { heap, address, id } = holding;
  heap.release(address);
  if (id > 0) poolOf(heap).drop(id);
}

/** Takes back what dropped programs held whose turn with the engine has not come; false if there is none. */
function sweep(): boolean {
  const before = holdings.size;
  for (const holding of holdings) if (holding.owner.deref() === undefined) giveBack(holding);
  return holdings.size < before;
}

const shortages = [sweep];

/** Asks for help whenever memory is short: `free` gives some back, and says whether it did. */
export function onShortage(free: () => boolean): void {
  shortages.push(free);
}

/** A block of a heap, for which others may have to go. @throws DeviceError where memory does not suffice. */
export function allocateBlock(heap: Heap, bytes: number): number {
  for (;;) {
    try {
      return heap.allocate(bytes);
    } catch (error) {
      if (!(error instanceof DeviceError) || !shortages.some((free) => free())) throw error;
    }
  }
}
