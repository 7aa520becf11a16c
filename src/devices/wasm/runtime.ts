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
    imports: { env: { memory: WasmMemory; late?: () => number } },
  ) => { readonly exports: WasmExports };
  validate(bytes: Uint8Array): boolean;
}

/** The engine's WebAssembly, or null where there is none. */
export function wasmEngine(): WasmEngine | null {
  return (globalThis as { WebAssembly?: WasmEngine }).WebAssembly ?? null;
}

/** A module that adds two vectors: what an engine without SIMD refuses. */
const SIMD = [
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...[1, 5, 1, 0x60, 0, 1, 0x7b],
  ...[3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 0xfd, 15, 0xfd, 98, 11],
];

let refusal: string | null | undefined;

/** Why WebAssembly with SIMD cannot be used here, or null if it can: asked once. */
export function whyNoWasm(): string | null {
  if (refusal === undefined) refusal = findRefusal();
  return refusal;
}

function findRefusal(): string | null {
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
