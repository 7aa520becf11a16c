/** What gradkit uses of the engine's WebAssembly, so that its types need no DOM library. */

/** Memory that modules and JavaScript share. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Functions and memories of a module by name. */
export type WasmExports = Readonly<Record<string, () => void>>;

interface WasmEngine {
  readonly Memory: new (limits: { initial: number; maximum: number; shared?: boolean }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { env: object },
  ) => { readonly exports: WasmExports };
  validate(bytes: Uint8Array): boolean;
}

/** The engine's WebAssembly, or null where there is none. */
export function wasmEngine(): WasmEngine | null {
  return (globalThis as { WebAssembly?: WasmEngine }).WebAssembly ?? null;
}

/** A module's functions on a memory; `late` is called now and then while a chunk of work is waited for. */
export function instantiate(
  module: object,
  memory: WasmMemory,
  late: (again: number) => number = () => 0,
): WasmExports {
  const { sin, cos, tan } = Math;
  return new (wasmEngine()!.Instance)(module, { env: { memory, late, sin, cos, tan } }).exports;
}

/** A module that adds two vectors: what an engine without SIMD refuses. */
const SIMD = [
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...[1, 5, 1, 0x60, 0, 1, 0x7b],
  ...[3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 0xfd, 15, 0xfd, 98, 11],
];

/** Why WebAssembly with SIMD is not to be had in this engine, or null if it is. */
export function engineRefusal(): string | null {
  const engine = wasmEngine();
  if (engine === null) return "this engine has no WebAssembly";
  if (!engine.validate(Uint8Array.from(SIMD))) return "this engine has no WebAssembly SIMD";
  try {
    new engine.Module(Uint8Array.from(SIMD));
    return null;
  } catch (error) {
    return `WebAssembly is refused here (${(error as Error).message})`;
  }
}
