/** Inflate: DEFLATE-compressed bytes unpacked (RFC 1951), synchronously and without dependencies. */

import { FormatError } from "../errors";

const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const DISTANCE_BITS = /* @__PURE__ */ DISTANCE_BASE.map((_, code) => Math.max(0, (code >> 1) - 1));

/** What of the input a symbol is, by the next `bits` bits: symbol · 16 + code length; 0 where no code begins so. */
interface Table {
  readonly bits: number;
  readonly entries: Uint16Array;
}

function damaged(why: string, at: number): FormatError {
  return new FormatError(`inflate: the compressed data is damaged: ${why} (near byte ${at}); fetch the file again`, { at, why });
}

/** The lookup table of a canonical Huffman code; `lone` allows a code of one symbol, or of none. */
function tableOf(lengths: Uint8Array, lone: boolean, at: number): Table {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length]!++;
  counts[0] = 0;
  let bits = 15;
  while (bits > 1 && counts[bits] === 0) bits--;
  const next = new Uint16Array(17);
  let left = 1;
  for (let length = 1; length <= 15; length++) {
    left = 2 * left - counts[length]!;
    if (left < 0) throw damaged("a code with too many symbols", at);
    next[length + 1] = (next[length]! + counts[length]!) << 1;
  }
  if (left > 0 && !(lone && bits === 1)) throw damaged("a code with too few symbols", at);
  const entries = new Uint16Array(1 << bits);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    const step = 1 << length;
    for (let i = reversed(next[length]!++, length); i < entries.length; i += step) entries[i] = (symbol << 4) | length;
  });
  return { bits, entries };
}

function reversed(code: number, length: number): number {
  let out = 0;
  for (let i = 0; i < length; i++) out |= ((code >> i) & 1) << (length - 1 - i);
  return out;
}

let fixed: { literals: Table; distances: Table } | null = null;

/** The code of blocks that bring none. */
function fixedTables(): { literals: Table; distances: Table } {
  if (fixed === null) {
    const lengths = new Uint8Array(288).fill(8);
    lengths.fill(9, 144, 256).fill(7, 256, 280);
    fixed = { literals: tableOf(lengths, false, 0), distances: tableOf(new Uint8Array(32).fill(5), false, 0) };
  }
  return fixed;
}

/** Unpacks DEFLATE streams out of `input` from `position` on; `take` gives the bytes of one. */
export class Inflater {
  private out = new Uint8Array(0);
  private size = 0;
  private buffer = 0;
  private held = 0;

  constructor(
    private readonly input: Uint8Array,
    /** The next byte of the input; after `take`, the one behind the stream. */
    public position: number,
  ) {}

  /** The bytes of the stream that begins here; `expected` is a guess of how many. */
  take(expected: number): Uint8Array {
    this.out = new Uint8Array(Math.max(expected, 256));
    this.size = this.buffer = this.held = 0;
    let last = false;
    while (!last) {
      last = this.bits(1) === 1;
      const type = this.bits(2);
      if (type === 0) this.stored();
      else if (type === 1) this.block(fixedTables());
      else if (type === 2) this.block(this.readTables());
      else throw damaged("a block of unknown type", this.position);
    }
    this.position -= this.held >> 3; // whole bytes that were read ahead
    return this.size === this.out.length ? this.out : this.out.slice(0, this.size);
  }

  /** Has at least `count` ≤ 24 bits in the buffer, or all that are left. */
  private fill(count: number): void {
    while (this.held < count && this.position < this.input.length) {
      this.buffer |= this.input[this.position++]! << this.held;
      this.held += 8;
    }
  }

  private bits(count: number): number {
    this.fill(count);
    if (this.held < count) throw this.cut();
    const value = this.buffer & ((1 << count) - 1);
    this.buffer >>>= count;
    this.held -= count;
    return value;
  }

  private symbol({ bits, entries }: Table): number {
    if (this.held < 15) this.fill(15);
    const entry = entries[this.buffer & ((1 << bits) - 1)]!;
    const length = entry & 15;
    if (length > this.held) throw this.cut();
    if (length === 0) throw this.held < bits ? this.cut() : damaged("bits that are no symbol", this.position);
    this.buffer >>>= length;
    this.held -= length;
    return entry >> 4;
  }

  private cut(): FormatError {
    return new FormatError(
      `inflate: the compressed data is cut short: it ends after ${this.input.length} bytes (a block is unfinished); fetch the file again`,
      { length: this.input.length },
    );
  }

  private room(count: number): void {
    if (this.size + count <= this.out.length) return;
    const larger = new Uint8Array(Math.max(2 * this.out.length, this.size + count));
    larger.set(this.out);
    this.out = larger;
  }

  private stored(): void {
    this.bits(this.held & 7); // up to the next whole byte
    const length = this.bits(16);
    if ((this.bits(16) ^ length) !== 0xffff) throw damaged("a stored block whose length is given twice, differently", this.position);
    this.position -= this.held >> 3;
    this.buffer = this.held = 0;
    if (this.position + length > this.input.length) throw this.cut();
    this.room(length);
    this.out.set(this.input.subarray(this.position, this.position + length), this.size);
    this.position += length;
    this.size += length;
  }

  private readTables(): { literals: Table; distances: Table } {
    const literals = this.bits(5) + 257;
    const distances = this.bits(5) + 1;
    const codes = this.bits(4) + 4;
    if (literals > 286 || distances > 30) throw damaged("a code with symbols that do not exist", this.position);
    const codeLengths = new Uint8Array(19);
    for (let i = 0; i < codes; i++) codeLengths[ORDER[i]!] = this.bits(3);
    const table = tableOf(codeLengths, false, this.position);
    const lengths = new Uint8Array(literals + distances);
    for (let i = 0; i < lengths.length; ) {
      const symbol = this.symbol(table);
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw damaged("a repetition of nothing", this.position);
      const value = symbol === 16 ? lengths[i - 1]! : 0;
      const count = symbol === 16 ? 3 + this.bits(2) : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7);
      if (i + count > lengths.length) throw damaged("more code lengths than symbols", this.position);
      lengths.fill(value, i, (i += count));
    }
    if (lengths[256] === 0) throw damaged("a block that cannot end", this.position);
    return {
      literals: tableOf(lengths.subarray(0, literals), true, this.position),
      distances: tableOf(lengths.subarray(literals), true, this.position),
    };
  }

  private block({ literals, distances }: { literals: Table; distances: Table }): void {
    for (;;) {
      const symbol = this.symbol(literals);
      if (symbol < 256) {
        if (this.size === this.out.length) this.room(1);
        this.out[this.size++] = symbol;
      } else if (symbol === 256) {
        return;
      } else {
        this.copy(symbol - 257, distances);
      }
    }
  }

  /** Repeats bytes that were unpacked before. */
  private copy(code: number, distances: Table): void {
    if (code >= LENGTH_BASE.length) throw damaged("a length that does not exist", this.position);
    const length = LENGTH_BASE[code]! + this.bits(LENGTH_BITS[code]!);
    const far = this.symbol(distances);
    if (far >= DISTANCE_BASE.length) throw damaged("a distance that does not exist", this.position);
    const distance = DISTANCE_BASE[far]! + this.bits(DISTANCE_BITS[far]!);
    if (distance > this.size) throw damaged("a repetition of bytes before the first", this.position);
    this.room(length);
    const { out } = this;
    for (let from = this.size - distance, end = this.size + length; this.size < end; ) out[this.size++] = out[from++]!;
  }
}
