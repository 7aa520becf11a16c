/** What every test file starts with: Tensor's methods, and one fixed seed for the random cases of fast-check. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import "./matchers";

const install = fileURLToPath(new URL("../../src/install.ts", import.meta.url));
if (existsSync(install)) await import(install);

// `GRADKIT_SEED=7 npm test` tries other cases, `GRADKIT_SEED=random` new ones each time; failures print seed and path.
const wanted = process.env.GRADKIT_SEED ?? "20240229";
const seed = wanted === "random" ? Date.now() % 2 ** 31 : Number(wanted);
if (!Number.isInteger(seed)) throw new Error(`GRADKIT_SEED: must be a whole number or "random": ${wanted}`);

fc.configureGlobal({ seed, includeErrorInReport: true });
