/** Writes WebAssembly modules byte by byte: functions of named instructions, loops as callbacks, one memory. */

import { LANE, MEMORY, MEMORY_LANE, PLAIN, TYPE, type ValueType } from "./opcodes";

/** A parameter or local of a function. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const byte = rest & 0x7f;
    rest = Math.floor(rest / 128);
    bytes.push(rest === 0 ? byte : byte | 0x80);
  } while (rest !== 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0);
    bytes.push(done ? byte : byte | 0x80);
    if (done) return bytes;
  }
}

const scratch = new DataView(new ArrayBuffer(16));

function floatBytes(value: number, size: 4 | 8): number[] {
  if (size === 4) scratch.setFloat32(0, value, true);
  else scratch.setFloat64(0, value, true);
  return Array.from({ length: size }, (_, i) => scratch.getUint8(i));
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
    this.code.push(...PLAIN[name]);
    return this;
  }

  /** An instruction with a lane number. */
  lane(name: keyof typeof LANE, lane: number): this {
    this.code.push(...LANE[name], lane);
    return this;
  }

  /** A load or store at (address on the stack) + offset bytes. */
  memory(name: keyof typeof MEMORY, offset = 0): this {
    const [code, align] = MEMORY[name];
    this.code.push(...code, align, ...unsigned(offset));
    return this;
  }

  /** A load or store of one lane. */
  memoryLane(name: keyof typeof MEMORY_LANE, lane: number, offset = 0): this {
    const [code, align] = MEMORY_LANE[name];
    this.code.push(...code, align, ...unsigned(offset), lane);
    return this;
  }

  /** Bytes of two vectors chosen by 16 positions (0–15 the first, 16–31 the second). */
  shuffle(lanes: readonly number[]): this {
    this.code.push(0xfd, 0x0d, ...lanes);
    return this;
  }

  get(local: Local): this {
    this.code.push(0x20, ...unsigned(local.index));
    return this;
  }

  set(local: Local): this {
    this.code.push(0x21, ...unsigned(local.index));
    return this;
  }

  tee(local: Local): this {
    this.code.push(0x22, ...unsigned(local.index));
    return this;
  }

  i32(value: number): this {
    this.code.push(0x41, ...signed(value));
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
    this.code.push(0x43, ...floatBytes(value, 4));
    return this;
  }

  f64(value: number): this {
    this.code.push(0x44, ...floatBytes(value, 8));
    return this;
  }

  /** A vector of four equal floats. */
  f32x4(value: number): this {
    const lane = floatBytes(value, 4);
    this.code.push(0xfd, 0x0c, ...lane, ...lane, ...lane, ...lane);
    return this;
  }

  /** A vector of two equal doubles. */
  f64x2(value: number): this {
    const lane = floatBytes(value, 8);
    this.code.push(0xfd, 0x0c, ...lane, ...lane);
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
    this.code.push(0x0c, ...unsigned(depth));
    return this;
  }

  brIf(depth: number): this {
    this.code.push(0x0d, ...unsigned(depth));
    return this;
  }

  call(target: FunctionBuilder | number): this {
    this.code.push(0x10, ...unsigned(typeof target === "number" ? target : target.index));
    return this;
  }

  /** Runs the body with the number in a local, one of those there are, and leaves the function. */
  choose(number: Local, bodies: readonly (() => void)[]): this {
    const targets = bodies.flatMap((_, i) => unsigned(i)); // the last is where all other numbers go
    const open = (left: number): void => {
      if (left === 0) {
        this.get(number).code.push(0x0e, ...unsigned(bodies.length - 1), ...targets);
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

  /** The function's body as it stands in the code section. */
  bytes(): number[] {
    const groups: [number, ValueType][] = [];
    for (const type of this.types) {
      const last = groups[groups.length - 1];
      if (last !== undefined && last[1] === type) last[0]++;
      else groups.push([1, type]);
    }
    const locals = [...unsigned(groups.length), ...groups.flatMap(([count, type]) => [...unsigned(count), TYPE[type]])];
    return [...unsigned(locals.length + this.code.length + 1), ...locals, ...this.code, 0x0b];
  }
}

/** The memory a module imports. */
export interface MemoryImport {
  /** Pages of 64 KiB at the start. */
  readonly initial: number;
  readonly maximum: number;
  /** Whether threads share it; then the module also imports `env.late: () → i32`. */
  readonly shared: boolean;
}

/** The number of the imported function of a module whose memory is shared. */
export const LATE = 0;

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
    const first = this.divides ? LATE + 1 : 0;
    const builder = new FunctionBuilder(first + this.functions.length, params, results, this);
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
    const numberOf = (params: readonly ValueType[], results: readonly ValueType[]): number => {
      const key = JSON.stringify([params.map((type) => TYPE[type]), results.map((type) => TYPE[type])]);
      if (!types.includes(key)) types.push(key);
      return types.indexOf(key);
    };
    const late = [...name("env"), ...name("late"), 0x00];
    const imported = this.divides ? [[...late, ...unsigned(numberOf([], ["i32"]))]] : [];
    const indices = this.functions.map(({ params, results }) => numberOf(params.map(({ type }) => type), results));
    const section = (id: number, items: readonly (readonly number[])[]): number[] => {
      const body = [...unsigned(items.length), ...items.flat()];
      return [id, ...unsigned(body.length), ...body];
    };
    const { initial, maximum, shared } = this.memory;
    const imports = [
      [...name("env"), ...name("memory"), 0x02, shared ? 0x03 : 0x01, ...unsigned(initial), ...unsigned(maximum)],
      ...imported,
    ];
    const typeItems = types.map((key) => {
      const [params, results] = JSON.parse(key) as [number[], number[]];
      return [0x60, ...unsigned(params.length), ...params, ...unsigned(results.length), ...results];
    });
    const code = this.functions.map((builder) => builder.bytes());
    return Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, typeItems),
      ...section(2, imports),
      ...section(3, indices.map(unsigned)),
      ...section(
        7,
        this.exports.map(([text, builder]) => [...name(text), 0x00, ...unsigned(builder.index)]),
      ),
      ...section(10, code),
    ]);
  }
}

function name(text: string): number[] {
  return [...unsigned(text.length), ...Array.from(text, (letter) => letter.charCodeAt(0))];
}
