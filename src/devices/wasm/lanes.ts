/** The scalar functions on lanes of floats or integers: one rule per name and type of lane. */

import type { ScalarOp } from "../../scalar/expr";
import type { FunctionBuilder, ModuleBuilder } from "./assembler";
import { erf64 } from "./erf";
import { erf32, exp32, log32, sigmoid32, tanh32 } from "./math32";
import { exp64, expm164, log1p64, log64, sigmoid64, softplus64, softplusFloat, tanh64 } from "./math64";
import { pow64 } from "./power";
import { cos64, leaveFar, sin64, tan64 } from "./trigonometry";
import type { LaneType } from "./laneTypes";
import { Floats, Graph, type Vec } from "./vector";

/** A scalar function on vectors. */
export type Rule = (graph: Graph, a: Vec, b: Vec, c: Vec) => Vec;

/** Comparisons give masks and `select` takes one, so these are told apart from what gives numbers. */
export type NumberOp = Exclude<ScalarOp, "equal" | "less" | "lessEqual" | "select">;

/** One rule for each scalar function. */
export type Rules = Readonly<Record<NumberOp, Rule>>;

type Math64 = (v: Floats, a: Vec, b: Vec) => Vec;

type Begin = (f: FunctionBuilder) => void;

/** A function of vectors as a function of the module, so that its instructions stand there once. */
function shared(
  name: string,
  arity: 1 | 2,
  compute: (graph: Graph, args: readonly Vec[]) => Vec,
  begin?: Begin,
): Rule {
  const make = (module: ModuleBuilder): FunctionBuilder => {
    const f = module.function(arity === 1 ? ["v128"] : ["v128", "v128"], ["v128"]);
    begin?.(f);
    const graph = new Graph();
    const result = compute(graph, f.params.map((local) => graph.local(local, 0)));
    graph.emit(f, [result], ([local]) => f.get(local!));
    return f;
  };
  return (graph, ...args) => graph.call(name, ({ module }) => module.shared(name, make), ...args.slice(0, arity));
}

/** A function of two doubles at a time. */
function doubles(name: string, arity: 1 | 2, math: Math64, begin?: Begin): Rule {
  return shared(`${name}64`, arity, (graph, [a, b = a]) => math(new Floats(graph, "f64x2"), a!, b!), begin);
}

const SWAP_HALVES = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];
const JOIN_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

/** A function of doubles on four lanes of another type. */
function widened(
  to: "f64x2.promote_low_f32x4" | "f64x2.convert_low_i32x4_s",
  from: "f32x4.demote_f64x2_zero" | "i32x4.trunc_sat_f64x2_s_zero",
  math: Math64,
): (graph: Graph, args: readonly Vec[]) => Vec {
  return (graph, args) => {
    const v = new Floats(graph, "f64x2");
    const half = (parts: readonly Vec[]): Vec => {
      const [a, b = a] = parts.map((part) => graph.op(to, part));
      return graph.op(from, math(v, a!, b!));
    };
    return graph.shuffle(half(args), half(args.map((arg) => graph.shuffle(arg, arg, SWAP_HALVES))), JOIN_HALVES);
  };
}

function wideFloats(name: string, arity: 1 | 2, math: Math64, begin?: Begin): Rule {
  return shared(`${name}32`, arity, widened("f64x2.promote_low_f32x4", "f32x4.demote_f64x2_zero", math), begin);
}

function wideIntegers(name: string, arity: 1 | 2, math: Math64, begin?: Begin): Rule {
  const wide = widened("f64x2.convert_low_i32x4_s", "i32x4.trunc_sat_f64x2_s_zero", math);
  return shared(`${name}Integers`, arity, wide, begin);
}

/** A function that asks JavaScript where an argument is far from 0. */
function turning(name: "sin" | "cos" | "tan", lanes: LaneType, math: (v: Floats, x: Vec, precise: boolean) => Vec): Rule {
  const wide = { float32: wideFloats, float64: doubles, int32: wideIntegers }[lanes];
  return wide(name, 1, (v, x) => math(v, x, lanes !== "float32"), (f) => { leaveFar(f, lanes, name); });
}

/** A function of four floats, written out where it is used. */
function inline(math: (v: Floats, x: Vec) => Vec): Rule {
  return (graph, x) => math(new Floats(graph, "f32x4"), x);
}

const sign: Math64 = (v, x) => v.pick(v.compare("lt", v.num(0), v.one("abs", x)), v.copySign(v.num(1), x), x);

/** The rules that read the same for both types of floats. */
function floatRules(type: "f32x4" | "f64x2") {
  return {
    neg: (graph, x) => graph.op(`${type}.neg`, x),
    abs: (graph, x) => graph.op(`${type}.abs`, x),
    sign: (graph, x) => sign(new Floats(graph, type), x, x),
    sqrt: (graph, x) => graph.op(`${type}.sqrt`, x),
    floor: (graph, x) => graph.op(`${type}.floor`, x),
    ceil: (graph, x) => graph.op(`${type}.ceil`, x),
    round: (graph, x) => graph.op(`${type}.nearest`, x),
    add: (graph, a, b) => graph.op(`${type}.add`, a, b),
    sub: (graph, a, b) => graph.op(`${type}.sub`, a, b),
    mul: (graph, a, b) => graph.op(`${type}.mul`, a, b),
    div: (graph, a, b) => graph.op(`${type}.div`, a, b),
    minimum: (graph, a, b) => graph.op(`${type}.min`, a, b),
    maximum: (graph, a, b) => graph.op(`${type}.max`, a, b),
  } satisfies Partial<Record<NumberOp, Rule>>;
}

const float32 = () => ({
  ...floatRules("f32x4"),
  exp: inline(exp32),
  log: inline(log32),
  tanh: inline(tanh32),
  sigmoid: inline(sigmoid32),
  expm1: wideFloats("expm1", 1, expm164),
  log1p: wideFloats("log1p", 1, log1p64),
  sin: turning("sin", "float32", sin64),
  cos: turning("cos", "float32", cos64),
  tan: turning("tan", "float32", tan64),
  softplus: wideFloats("softplus", 1, softplusFloat),
  erf: inline(erf32),
  pow: wideFloats("pow", 2, pow64),
} satisfies Rules);

const float64 = () => ({
  ...floatRules("f64x2"),
  exp: doubles("exp", 1, exp64),
  log: doubles("log", 1, log64),
  tanh: doubles("tanh", 1, tanh64),
  sigmoid: doubles("sigmoid", 1, sigmoid64),
  expm1: doubles("expm1", 1, expm164),
  log1p: doubles("log1p", 1, log1p64),
  sin: turning("sin", "float64", sin64),
  cos: turning("cos", "float64", cos64),
  tan: turning("tan", "float64", tan64),
  softplus: doubles("softplus", 1, softplus64),
  erf: doubles("erf", 1, erf64),
  pow: doubles("pow", 2, pow64),
} satisfies Rules);

const same: Rule = (_, x) => x;

/** What integers have no exact rule for is computed in doubles and truncated. */
const int32 = () => ({
  neg: (graph, x) => graph.op("i32x4.neg", x),
  abs: (graph, x) => graph.op("i32x4.abs", x),
  sign: (graph, x) => graph.op("i32x4.max_s", graph.op("i32x4.min_s", x, graph.integers(1)), graph.integers(-1)),
  floor: same,
  ceil: same,
  round: same,
  add: (graph, a, b) => graph.op("i32x4.add", a, b),
  sub: (graph, a, b) => graph.op("i32x4.sub", a, b),
  mul: (graph, a, b) => graph.op("i32x4.mul", a, b),
  minimum: (graph, a, b) => graph.op("i32x4.min_s", a, b),
  maximum: (graph, a, b) => graph.op("i32x4.max_s", a, b),
  div: wideIntegers("div", 2, (v, a, b) => v.div(a, b)),
  sqrt: wideIntegers("sqrt", 1, (v, x) => v.one("sqrt", x)),
  exp: wideIntegers("exp", 1, exp64),
  log: wideIntegers("log", 1, log64),
  tanh: wideIntegers("tanh", 1, tanh64),
  sigmoid: wideIntegers("sigmoid", 1, sigmoid64),
  expm1: wideIntegers("expm1", 1, expm164),
  log1p: wideIntegers("log1p", 1, log1p64),
  sin: turning("sin", "int32", sin64),
  cos: turning("cos", "int32", cos64),
  tan: turning("tan", "int32", tan64),
  softplus: wideIntegers("softplus", 1, softplus64),
  erf: wideIntegers("erf", 1, erf64),
  pow: (graph, a, b) => graph.call("raise", ({ module }) => module.shared("raise", raise), a, b),
} satisfies Rules);

const MAKE: Readonly<Record<LaneType, () => Rules>> = { float32, float64, int32 };
const made: Partial<Record<LaneType, Rules>> = {};

/** The rules of a type of lane, made when they are first needed: most programs need one type. */
export function rulesOf(lanes: LaneType): Rules {
  return (made[lanes] ??= MAKE[lanes]());
}

/** aᵇ modulo 2³² by squaring, where b ≥ 0; else the fraction, truncated: 0 but for a = ±1. */
function raise(module: ModuleBuilder): FunctionBuilder {
  const f = module.function(["v128", "v128"], ["v128"]);
  const [a, b] = f.params as [(typeof f.params)[0], (typeof f.params)[0]];
  const [base, exponent, result] = [f.local("v128"), f.local("v128"), f.local("v128")];
  // (±1)ᵇ = (±1)^|b|; any other base counts as 0 there.
  f.get(a).i32x4(0).get(a).op("i32x4.abs").i32x4(1).op("i32x4.eq");
  f.get(b).i32x4(0).op("i32x4.ge_s").op("v128.or").op("v128.bitselect").set(base);
  f.get(b).op("i32x4.abs").set(exponent);
  f.i32x4(1).set(result);
  f.loop(() => {
    f.get(result).get(base).op("i32x4.mul").get(result);
    f.get(exponent).i32x4(1).op("v128.and").i32x4(1).op("i32x4.eq").op("v128.bitselect").set(result);
    f.get(base).get(base).op("i32x4.mul").set(base);
    f.get(exponent).i32(1).op("i32x4.shr_u").tee(exponent).op("v128.any_true").brIf(0);
  });
  f.get(result);
  return f;
}
