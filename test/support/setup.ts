/**
 * What every test file starts with: Tensor's methods, the matcher, one fixed seed for the random cases of fast-check.
 */
import fc from "fast-check";
import "../../src/install";
import "./matchers";

// `GRADKIT_SEED=7 npm test` tries other cases, `GRADKIT_SEED=random` new ones each time; failures print seed and path.
const wanted = process.env.GRADKIT_SEED ?? "20240229";
const seed = wanted === "random" ? Date.now() % 2 ** 31 : Number(wanted);
if (!Number.isInteger(seed)) throw new Error(`GRADKIT_SEED: must be a whole number or "random": ${wanted}`);

fc.configureGlobal({ seed, includeErrorInReport: true });
