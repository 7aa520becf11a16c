/** The limit of WebAssembly SIMD: multiplications and additions in registers only, as many as the matmul needs. */

import { ModuleBuilder } from "../../src/devices/wasm/assembler";
import { instantiate, wasmEngine } from "../../src/devices/wasm/runtime";
import { type Workload, matmulFlops } from "../workloads";
import type { Prepared, System } from "./system";

const LANES = 4;
const TURNS = 4096; // of the loop per call
const UNROLLED = 4; // times the sums per turn
const CHAINS = [12, 13, 15]; // independent sums; which number is best depends on the engine and the processor

interface Loop {
  readonly call: () => void;
  /** Of one call. */
  readonly flops: number;
}

/** A loop of s ← s·a + b for each of several vectors s. */
function loop(chains: number): Loop {
  const module = new ModuleBuilder({ initial: 1, maximum: 1, shared: false });
  const f = module.function([]);
  const a = f.local("v128");
  const b = f.local("v128");
  const sums = Array.from({ length: chains }, () => f.local("v128"));
  f.f32x4(0.999).set(a).f32x4(0.001).set(b);
  sums.forEach((sum, i) => f.f32x4(i / chains).set(sum));
  f.repeat(TURNS, 1, () => {
    for (let i = 0; i < UNROLLED; i++) {
      for (const sum of sums) f.get(sum).get(a).op("f32x4.mul").get(b).op("f32x4.add").set(sum);
    }
  });
  // A result must be used, or an engine may leave the loop out.
  f.i32(0);
  sums.forEach((sum, i) => {
    f.get(sum);
    if (i > 0) f.op("f32x4.add");
  });
  f.memory("v128.store");
  module.export("run", f);
  const { Memory, Module } = wasmEngine()!;
  const memory = new Memory({ initial: 1, maximum: 1 });
  return { call: instantiate(new Module(module.bytes()), memory).run!, flops: 2 * LANES * chains * TURNS * UNROLLED };
}

/** The loop that was fastest in any of many short stretches. */
function fastest(loops: readonly Loop[]): Loop {
  let [best, most] = [loops[0]!, 0];
  for (let stretch = 0; stretch < 40; stretch++) {
    for (const loop of loops) {
      const start = performance.now();
      for (let i = 0; i < 10; i++) loop.call();
      const rate = loop.flops / (performance.now() - start);
      if (rate > most) [best, most] = [loop, rate];
    }
  }
  return best;
}

/** Runs matmul workloads only. */
export function make(): System {
  return {
    prepare(workload: Workload): Prepared | string {
      if (wasmEngine() === null) return "this engine has no WebAssembly";
      if (workload.kind !== "matmul") return "the limit is one of multiplications and additions";
      const best = fastest(CHAINS.map(loop));
      const turns = matmulFlops(workload) / best.flops;
      let owed = 0;
      return {
        check: null,
        run(count) {
          // What a call does too much is taken off the next.
          owed += count * turns;
          for (; owed > 0; owed--) best.call();
        },
      };
    },
  };
}
