/**
 * Normal numbers from uniform ones, two pairs at once, by the same operations in the same order as the js device: the
 * bits are equal.
 */

import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler";

/** The coefficients of a series, the last first; alternating signs come with the powers of −x². */
function reciprocals(denominators: readonly number[]): number[] {
  return denominators.map((n) => 1 / n);
}

const LOG = /* @__PURE__ */ reciprocals([21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1]);
const SIN = /* @__PURE__ */ reciprocals([
  355687428096000, 1307674368000, 6227020800, 39916800, 362880, 5040, 120, 6, 1,
]);
const COS = /* @__PURE__ */ reciprocals([20922789888000, 87178291200, 479001600, 3628800, 40320, 720, 24, 2, 1]);

/** Below 2⁻ᵏ a number is multiplied by 2ᵏ. */
const SCALES = [32, 16, 8, 4, 2, 1];

/** (… (c₀ z + c₁) z + …), left on the stack. */
function horner(f: FunctionBuilder, coefficients: readonly number[], z: Local): void {
  f.f64x2(coefficients[0]!);
  for (const c of coefficients.slice(1)) f.get(z).op("f64x2.mul").f64x2(c).op("f64x2.add");
}

/** m, e ← m · 2ᵏ, e − k in the lanes where m < bound. */
function scale(f: FunctionBuilder, m: Local, e: Local, bound: number, k: number): void {
  const small = f.local("v128");
  f.get(m).f64x2(bound).op("f64x2.lt").set(small);
  f.get(m).f64x2(2 ** k).op("f64x2.mul").get(m).get(small).op("v128.bitselect").set(m);
  f.get(e).get(small).f64x2(k).op("v128.and").op("f64x2.sub").set(e);
  f.release(small);
}

/** ln m to the stack, for m in [2⁻⁵³, 1]; m is used up. */
function logUnit(f: FunctionBuilder, m: Local): void {
  const [e, s, z] = [f.local("v128"), f.local("v128"), f.local("v128")];
  f.f64x2(0).set(e);
  for (const k of SCALES) scale(f, m, e, 2 ** -k, k);
  scale(f, m, e, Math.SQRT1_2, 1);
  f.get(m).f64x2(1).op("f64x2.sub").get(m).f64x2(1).op("f64x2.add").op("f64x2.div").set(s);
  f.get(s).get(s).op("f64x2.mul").set(z);
  f.f64x2(2).get(s).op("f64x2.mul");
  horner(f, LOG, z);
  f.op("f64x2.mul").get(e).f64x2(Math.LN2).op("f64x2.mul").op("f64x2.add");
  f.release(e, s, z);
}

/** Turns (c, s) by so many quarters: one takes it to (−s, c). */
function turn(f: FunctionBuilder, quarter: Local, c: Local, s: Local): void {
  const [odd, negative, before] = [f.local("v128"), f.local("v128"), f.local("v128")];
  const is = (n: number): void => {
    f.get(quarter).f64x2(n).op("f64x2.eq");
  };
  is(1);
  is(3);
  f.op("v128.or").set(odd);
  f.get(c).set(before);
  f.get(s).get(c).get(odd).op("v128.bitselect").set(c);
  f.get(before).get(s).get(odd).op("v128.bitselect").set(s);
  is(1);
  is(2);
  f.op("v128.or").set(negative);
  f.get(c).get(negative).f64x2(-0).op("v128.and").op("v128.xor").set(c);
  is(2);
  is(3);
  f.op("v128.or").set(negative);
  f.get(s).get(negative).f64x2(-0).op("v128.and").op("v128.xor").set(s);
  f.release(odd, negative, before);
}

/**
 * (u, v) → two normal numbers for each of two lanes: √(−2 ln u)·cos 2πv and √(−2 ln u)·sin 2πv.
 * Source: Box and Muller 1958, "A note on the generation of random normal deviates".
 */
export function boxMuller(module: ModuleBuilder): FunctionBuilder {
  return module.shared("boxMuller", () => {
    const f = module.function(["v128", "v128"], ["v128", "v128"]);
    const [u, v] = f.params as [Local, Local];
    const [radius, quarter, x, z] = [f.local("v128"), f.local("v128"), f.local("v128"), f.local("v128")];
    f.f64x2(-2);
    logUnit(f, u);
    f.op("f64x2.mul").op("f64x2.sqrt").set(radius);
    f.f64x2(4).get(v).op("f64x2.mul").f64x2(0.5).op("f64x2.add").op("f64x2.floor").set(quarter);
    f.f64x2(2 * Math.PI).get(v).get(quarter).f64x2(4).op("f64x2.div").op("f64x2.sub").op("f64x2.mul").set(x);
    f.get(x).op("f64x2.neg").get(x).op("f64x2.mul").set(z);
    const [c, s] = [f.local("v128"), f.local("v128")];
    f.get(radius);
    horner(f, COS, z);
    f.op("f64x2.mul").set(c);
    f.get(radius).get(x);
    horner(f, SIN, z);
    f.op("f64x2.mul").op("f64x2.mul").set(s);
    turn(f, quarter, c, s);
    f.get(c).get(s);
    return f;
  });
}
