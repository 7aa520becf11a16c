/** Writes WebAssembly modules byte by byte: functions of named instructions, loops as callbacks, one memory. */

import { type Part, count, float, instruction, joined, name, section, signed, unsigned } from "./encode";
import { HOST, HOST_NAMES, type HostFunction, LANE, MEMORY, MEMORY_LANE, PLAIN, TYPE, type ValueType } from "./opcodes";

/** A parameter or local of a function. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

/** One function under construction: instructions are appended in the order of a stack machine. */
export class FunctionBuilder {
  readonly params: readonly Local[];
  private readonly code: number[] = [];
  private readonly types: ValueType[] = [];
  private readonly free = new Map<ValueType, Local[]>();

  constructor(
    readonly index: number,
    paramTypes: readonly ValueType[],
    readonly results: readonly ValueType[],
    readonly module: ModuleBuilder,
  ) {
    this.params = paramTypes.map((type, i) => ({ index: i, type }));
  }

  /** A new local, or one that was released. */
  local(type: ValueType): Local {
    const reused = this.free.get(type)?.pop();
    if (reused !== undefined) return reused;
    this.types.push(type);
    return { index: this.params.length + this.types.length - 1, type };
  }

  /** Lets a local be used again for something else. */
  release(...locals: readonly Local[]): void {
    for (const local of locals) {
      const list = this.free.get(local.type) ?? [];
      this.free.set(local.type, list);
      list.push(local);
    }
  }

  /** An instruction without immediates. */
  op(name: keyof typeof PLAIN): this {
    instruction(this.code, PLAIN[name]);
    // These name memories, of which there is but one.
    if (name === "memory.copy") this.code.push(0, 0);
    if (name === "memory.fill") this.code.push(0);
    return this;
  }

  /** An instruction with a lane number. */
  lane(name: keyof typeof LANE, lane: number): this {
    instruction(this.code, LANE[name]);
    this.code.push(lane);
    return this;
  }

  /** A load or store at (address on the stack) + offset bytes. */
  memory(name: keyof typeof MEMORY, offset = 0): this {
    const [code, align] = MEMORY[name];
    return this.access(code, align, offset);
  }

  /** A load or store of one lane. */
  memoryLane(name: keyof typeof MEMORY_LANE, lane: number, offset = 0): this {
    const [code, align] = MEMORY_LANE[name];
    this.access(code, align, offset).code.push(lane);
    return this;
  }

  private access(code: number, align: number, offset: number): this {
    instruction(this.code, code);
    this.code.push(align);
    unsigned(this.code, offset);
    return this;
  }

  /** Bytes of two vectors chosen by 16 positions (0–15 the first, 16–31 the second). */
  shuffle(lanes: readonly number[]): this {
    this.code.push(0xfd, 0x0d);
    for (const lane of lanes) this.code.push(lane);
    return this;
  }

  get(local: Local): this {
    return this.numbered(0x20, local.index);
  }

  set(local: Local): this {
    return this.numbered(0x21, local.index);
  }

  tee(local: Local): this {
    return this.numbered(0x22, local.index);
  }

  private numbered(code: number, index: number): this {
    this.code.push(code);
    unsigned(this.code, index);
    return this;
  }

  i32(value: number): this {
    this.code.push(0x41);
    signed(this.code, value);
    return this;
  }

  /** A 64-bit integer within the safe ones. */
  i64(value: bigint): this {
    this.code.push(0x42);
    let rest = BigInt.asIntN(64, value);
    for (;;) {
      const byte = Number(rest & 0x7fn);
      rest >>= 7n;
      const done = (rest === 0n && (byte & 0x40) === 0) || (rest === -1n && (byte & 0x40) !== 0);
      this.code.push(done ? byte : byte | 0x80);
      if (done) return this;
    }
  }

  f32(value: number): this {
    this.code.push(0x43);
    float(this.code, value, 4, 1);
    return this;
  }

  f64(value: number): this {
    this.code.push(0x44);
    float(this.code, value, 8, 1);
    return this;
  }

  /** A vector of four equal floats. */
  f32x4(value: number): this {
    this.code.push(0xfd, 0x0c);
    float(this.code, value, 4, 4);
    return this;
  }

  /** A vector of two equal doubles. */
  f64x2(value: number): this {
    this.code.push(0xfd, 0x0c);
    float(this.code, value, 8, 2);
    return this;
  }

  /** A vector of four 32-bit integers. */
  i32x4(a: number, b = a, c = a, d = a): this {
    this.code.push(0xfd, 0x0c);
    for (const value of [a, b, c, d])
      this.code.push(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
    return this;
  }

  /** A loop: `br(0)` inside `body` starts it again. */
  loop(body: () => void): this {
    this.code.push(0x03, 0x40);
    body();
    this.code.push(0x0b);
    return this;
  }

  /** A block: `br(0)` inside `body` leaves it. */
  block(body: () => void): this {
    this.code.push(0x02, 0x40);
    body();
    this.code.push(0x0b);
    return this;
  }

  /** Runs one of two bodies by the i32 on the stack. */
  if(then: () => void, otherwise?: () => void): this {
    this.code.push(0x04, 0x40);
    then();
    if (otherwise !== undefined) {
      this.code.push(0x05);
      otherwise();
    }
    this.code.push(0x0b);
    return this;
  }

  br(depth: number): this {
    return this.numbered(0x0c, depth);
  }

  brIf(depth: number): this {
    return this.numbered(0x0d, depth);
  }

  call(target: FunctionBuilder | number): this {
    return this.numbered(0x10, typeof target === "number" ? target : target.index);
  }

  /** Calls a function that JavaScript lends. */
  callHost(name: HostFunction): this {
    return this.call(HOST_NAMES.indexOf(name));
  }

  /** Runs the body with the number in a local, one of those there are, and leaves the function. */
  choose(number: Local, bodies: readonly (() => void)[]): this {
    const open = (left: number): void => {
      if (left === 0) {
        this.get(number).numbered(0x0e, bodies.length - 1);
        bodies.forEach((_, i) => { unsigned(this.code, i); }); // the last is where all other numbers go
        return;
      }
      this.block(() => { open(left - 1); });
      bodies[left - 1]!();
      this.op("return");
    };
    open(bodies.length);
    return this;
  }

  /** for (i = 0; i < count; i += step): `count` is a number known now and > 0; runs ⌈count / step⌉ times. */
  repeat(count: number, step: number, body: (i: Local) => void): this {
    const i = this.local("i32");
    this.i32(0).set(i);
    this.loop(() => {
      body(i);
      this.get(i).i32(step).op("i32.add").tee(i).i32(count).op("i32.lt_u").brIf(0);
    });
    this.release(i);
    return this;
  }

  /** The function as it stands in the code section, in parts. */
  body(): Part[] {
    const groups: [number, ValueType][] = [];
    for (const type of this.types) {
      const last = groups[groups.length - 1];
      if (last !== undefined && last[1] === type) last[0]++;
      else groups.push([1, type]);
    }
    const locals = [...count(groups.length), ...groups.flatMap(([times, type]) => [...count(times), TYPE[type]])];
    return [[...count(locals.length + this.code.length + 1), ...locals], this.code, END];
  }
}

const END = [0x0b];

/** The memory a module imports. */
export interface MemoryImport {
  /** Pages of 64 KiB at the start. */
  readonly initial: number;
  readonly maximum: number;
  /** Whether threads share it. */
  readonly shared: boolean;
}

/** A module under construction: functions that share one imported memory (`env.memory`). */
export class ModuleBuilder {
  private readonly functions: FunctionBuilder[] = [];
  private readonly exports: [string, FunctionBuilder][] = [];
  private readonly helpers = new Map<string, FunctionBuilder>();

  /** `chunkCost`: the nanoseconds of work that are worth handing to another thread; Infinity where there is none. */
  constructor(
    private readonly memory: MemoryImport,
    readonly chunkCost = Infinity,
  ) {}

  /** Whether work is divided among threads. */
  get divides(): boolean {
    return this.memory.shared;
  }

  /** A new function; it can be called by those that are built before and after it. */
  function(params: readonly ValueType[], results: readonly ValueType[] = []): FunctionBuilder {
    const builder = new FunctionBuilder(HOST_NAMES.length + this.functions.length, params, results, this);
    this.functions.push(builder);
    return builder;
  }

  /** A function that others share: made at the first request for its name. */
  shared(name: string, make: (module: this) => FunctionBuilder): FunctionBuilder {
    let builder = this.helpers.get(name);
    if (builder === undefined) this.helpers.set(name, (builder = make(this)));
    return builder;
  }

  /** Makes a function visible outside under a name. */
  export(name: string, builder: FunctionBuilder): void {
    this.exports.push([name, builder]);
  }

  /** The module's bytes. */
  bytes(): Uint8Array {
    const types: string[] = [];
    const typeOf = (params: readonly ValueType[], results: readonly ValueType[]): number[] => {
      const type = `${params.join()}:${results.join()}`;
      return count(types.includes(type) ? types.indexOf(type) : types.push(type) - 1);
    };
    const lent = HOST_NAMES.map((host) => [...name("env"), ...name(host), 0x00, ...typeOf(HOST[host][0], HOST[host][1])]);
    const indices = this.functions.map(({ params, results }) => typeOf(params.map(({ type }) => type), results));
    const listed = (names: string): number[] => {
      const codes = names === "" ? [] : names.split(",").map((type) => TYPE[type as ValueType]);
      return [...count(codes.length), ...codes];
    };
    const { initial, maximum, shared } = this.memory;
    const memory = [0x02, shared ? 0x03 : 0x01, ...count(initial), ...count(maximum)];
    return joined([
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, types.map((type) => [0x60, ...type.split(":").flatMap(listed)])),
      ...section(2, [[...name("env"), ...name("memory"), ...memory], ...lent]),
      ...section(3, indices),
      ...section(7, this.exports.map(([text, { index }]) => [...name(text), 0x00, ...count(index)])),
      ...section(10, this.functions.flatMap((builder) => builder.body()), this.functions.length),
    ]);
  }
}
