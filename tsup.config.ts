/** The build: one unsplit file for the library and a small one for Node, so that there is one Tensor class. */
import { defineConfig, type Options } from "tsup";

/**
 * The code without the comments that esbuild keeps within classes, every line in its place. They are for readers of the
 * sources and declarations; and without their letters beyond ASCII engines hold the file in half the memory, which a
 * process that imports it feels.
 */
export function withoutDocs(code: string): string {
  return code.replace(/^ *\/\*\*.*?\*\/$/gms, (comment) => comment.replace(/[^\n]+/g, ""));
}

const shared: Options = {
  outDir: "dist",
  format: ["esm", "cjs"],
  platform: "neutral",
  target: "es2022",
  splitting: false,
  sourcemap: true,
  plugins: [{ name: "without docs", renderChunk: (code, { path }) => (/js$/.test(path) ? { code: withoutDocs(code) } : null) }],
  // The build for declarations sets baseUrl, which TypeScript 6 only allows when told so.
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
};

export default defineConfig([
  { ...shared, entry: { index: "src/index.ts" }, external: [/^node:/] },
  // The shims keep `import.meta` out of CommonJS.
  { ...shared, entry: { node: "src/node.ts" }, external: [/^node:/, "gradkit", "vega", "vega-lite"], shims: true },
]);
