/** Vector computations as a graph: equal parts are one node, computed once, outside of loops they do not depend on. */

import type { FunctionBuilder, Local } from "./assembler";
import type { PLAIN } from "./opcodes";

/** A vector of 16 bytes that a function computes. */
export interface Vec {
  readonly id: number;
  /** The depth of the loop it changes in: 0 never changes. */
  readonly level: number;
  readonly args: readonly Vec[];
  /** Appends the instruction; its arguments are on the stack. */
  readonly write: (f: FunctionBuilder) => void;
  /** Whether it is as cheap as reading a local: a constant or a local itself. */
  readonly leaf: boolean;
}

type Plain = keyof typeof PLAIN;

/** How deep a tree of instructions may grow before part of it is kept in a local. */
const DEEP = 40;

/** The graph of what one function computes. */
export class Graph {
  private readonly known = new Map<string, Vec>();
  private readonly placed = new Map<Vec, Local>();
  private count = 0;

  /** A vector held in a local, which changes in the loops of a level. */
  local(local: Local, level: number): Vec {
    return this.node(`local ${local.index}`, [], (f) => f.get(local), level, true);
  }

  /** An instruction without immediates. */
  op(name: Plain, ...args: readonly Vec[]): Vec {
    return this.node(name, args, (f) => f.op(name));
  }

  /** A shift of each lane by a number of bits. */
  shift(name: "i32x4.shl" | "i32x4.shr_s" | "i32x4.shr_u" | "i64x2.shl" | "i64x2.shr_u", x: Vec, bits: number): Vec {
    return this.node(`${name} ${bits}`, [x], (f) => f.i32(bits).op(name));
  }

  /** Bytes of two vectors chosen by 16 positions. */
  shuffle(a: Vec, b: Vec, lanes: readonly number[]): Vec {
    return this.node(`shuffle ${lanes.join()}`, [a, b], (f) => f.shuffle(lanes));
  }

  /** The result of another function. */
  call(name: string, make: (f: FunctionBuilder) => FunctionBuilder, ...args: readonly Vec[]): Vec {
    return this.node(`call ${name}`, args, (f) => f.call(make(f)));
  }

  /** Equal floats in all lanes. */
  floats(type: "f32x4" | "f64x2", value: number): Vec {
    return this.node(`${type} ${Object.is(value, -0) ? "-0" : value}`, [], (f) => f[type](value), 0, true);
  }

  /** Equal integers in all lanes, or two in turn. */
  integers(even: number, odd = even): Vec {
    return this.node(`i32x4 ${even} ${odd}`, [], (f) => f.i32x4(even, odd, even, odd), 0, true);
  }

  private node(name: string, args: readonly Vec[], write: (f: FunctionBuilder) => void, level = 0, leaf = false): Vec {
    const key = `${name}:${args.map(({ id }) => id).join()}`;
    let vec = this.known.get(key);
    if (vec === undefined) {
      for (const arg of args) level = Math.max(level, arg.level);
      vec = { id: this.count++, level, args, write, leaf };
      this.known.set(key, vec);
    }
    return vec;
  }

  /** Computes here, into locals kept until the next hoist of the level, what `roots` need that changes at most so. */
  hoist(f: FunctionBuilder, roots: readonly Vec[], level: number): void {
    for (const [node, local] of this.placed) {
      if (node.level !== level) continue;
      this.placed.delete(node);
      f.release(local);
    }
    const targets = new Set<Vec>();
    for (const root of roots) if (root.level <= level) targets.add(root);
    for (const node of this.reachable(roots)) {
      if (node.level > level) for (const arg of node.args) if (arg.level <= level) targets.add(arg);
    }
    const needed = [...targets].filter((node) => !node.leaf && !this.placed.has(node));
    const locals = this.compute(f, needed);
    needed.forEach((node) => this.placed.set(node, locals.get(node)!));
  }

  /** Computes the roots here and hands their locals to `use`; afterwards the locals may serve others. */
  emit(f: FunctionBuilder, roots: readonly Vec[], use: (locals: readonly Local[]) => void): void {
    const locals = this.compute(f, roots);
    use(roots.map((root) => this.placed.get(root) ?? locals.get(root)!));
    for (const local of locals.values()) f.release(local);
  }

  /** The instructions of the nodes that are not there yet, in the order they were made. */
  private compute(f: FunctionBuilder, roots: readonly Vec[]): Map<Vec, Local> {
    const order = this.reachable(roots).sort((a, b) => a.id - b.id);
    const uses = new Map<Vec, number>();
    for (const { args } of order) for (const arg of args) uses.set(arg, (uses.get(arg) ?? 0) + 1);
    const kept = new Set(roots);
    const locals = new Map<Vec, Local>();
    const heights = new Map<Vec, number>();
    const push = (node: Vec): void => {
      const local = this.placed.get(node) ?? locals.get(node);
      if (local === undefined) {
        node.args.forEach(push);
        node.write(f);
        return;
      }
      f.get(local);
      if (this.placed.has(node) || kept.has(node)) return;
      const left = uses.get(node)! - 1;
      uses.set(node, left);
      if (left === 0) f.release(local);
    };
    for (const node of order) {
      if (this.placed.has(node) || (node.leaf && !kept.has(node))) continue;
      const height = 1 + Math.max(0, ...node.args.map((arg) => heights.get(arg) ?? 0));
      if (kept.has(node) || uses.get(node)! > 1 || height > DEEP) {
        push(node);
        const local = f.local("v128");
        f.set(local);
        locals.set(node, local);
      } else heights.set(node, height);
    }
    for (const node of locals.keys()) if (!kept.has(node)) locals.delete(node);
    return locals;
  }

  /** The nodes that have to be computed for some roots. */
  private reachable(roots: readonly Vec[]): Vec[] {
    const seen = new Set<Vec>();
    const stack = [...roots];
    while (stack.length > 0) {
      const node = stack.pop()!;
      if (seen.has(node)) continue;
      seen.add(node);
      if (!this.placed.has(node)) stack.push(...node.args);
    }
    return [...seen];
  }
}

/** The arithmetic of one type of float lanes. */
export class Floats {
  constructor(
    readonly graph: Graph,
    readonly type: "f32x4" | "f64x2",
  ) {}

  num(value: number): Vec {
    return this.graph.floats(this.type, value);
  }

  add(a: Vec, b: Vec): Vec {
    return this.graph.op(`${this.type}.add`, a, b);
  }

  sub(a: Vec, b: Vec): Vec {
    return this.graph.op(`${this.type}.sub`, a, b);
  }

  mul(a: Vec, b: Vec): Vec {
    return this.graph.op(`${this.type}.mul`, a, b);
  }

  div(a: Vec, b: Vec): Vec {
    return this.graph.op(`${this.type}.div`, a, b);
  }

  /** A function of one vector. */
  one(name: "neg" | "abs" | "sqrt" | "floor" | "ceil" | "nearest", x: Vec): Vec {
    return this.graph.op(`${this.type}.${name}`, x);
  }

  /** A comparison: lanes of ones where it holds, else of zeros. */
  compare(name: "eq" | "ne" | "lt" | "gt" | "le" | "ge", a: Vec, b: Vec): Vec {
    return this.graph.op(`${this.type}.${name}`, a, b);
  }

  /** x kept within bounds; NaN stays. */
  clamp(x: Vec, low: number, high: number): Vec {
    const { graph, type } = this;
    return graph.op(`${type}.pmax`, graph.op(`${type}.pmin`, x, this.num(high)), this.num(low));
  }

  /** `a` where the mask is set, else `b`. */
  pick(mask: Vec, a: Vec, b: Vec): Vec {
    return this.graph.op("v128.bitselect", a, b, mask);
  }

  /** The number with the size of one and the sign of another. */
  copySign(size: Vec, sign: Vec): Vec {
    return this.graph.op("v128.bitselect", sign, size, this.num(-0));
  }

  /** c[0] + c[1]·x + c[2]·x² + … */
  poly(x: Vec, coefficients: readonly number[]): Vec {
    let sum = this.num(coefficients[coefficients.length - 1]!);
    for (let i = coefficients.length - 2; i >= 0; i--) sum = this.add(this.mul(sum, x), this.num(coefficients[i]!));
    return sum;
  }
}
