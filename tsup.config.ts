/** The build: one unsplit file for the library and a small one for Node, so that there is one Tensor class. */
import { defineConfig, type Options } from "tsup";

const shared: Options = {
  outDir: "dist",
  format: ["esm", "cjs"],
  platform: "neutral",
  target: "es2022",
  splitting: false,
  sourcemap: true,
  // The build for declarations sets baseUrl, which TypeScript 6 only allows when told so.
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
};

export default defineConfig([
  { ...shared, entry: { index: "src/index.ts" }, external: [/^node:/] },
  { ...shared, entry: { node: "src/node.ts" }, external: [/^node:/, "gradkit"] },
]);
