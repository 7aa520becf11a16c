/** Small pictures as PNG files in a data address: indexed colours, lightly compressed. */

/** A palette entry: red, green, blue, opacity, each 0 … 255. */
export type Rgba = readonly [number, number, number, number];

/** A PNG of `width` × `pixels.length / width` palette indices as a `data:` address. Source: RFC 2083. */
export function pngAddress(pixels: Uint8Array, width: number, palette: readonly Rgba[]): string {
  const height = pixels.length / width;
  const lines = new Uint8Array((width + 1) * height); // each line begins with its filter: 0, none
  for (let row = 0; row < height; row++)
    lines.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  const bytes = [
    0x89,
    0x50,
    0x4e,
    0x47,
    0x0d,
    0x0a,
    0x1a,
    0x0a,
    ...chunk("IHDR", [...word(width), ...word(height), 8, 3, 0, 0, 0]),
    ...chunk(
      "PLTE",
      palette.flatMap(([r, g, b]) => [r, g, b]),
    ),
    ...chunk(
      "tRNS",
      palette.map(([, , , opacity]) => opacity),
    ),
    ...chunk("IDAT", deflated(lines)),
    ...chunk("IEND", []),
  ];
  return `data:image/png;base64,${btoa(bytes.map((byte) => String.fromCharCode(byte)).join(""))}`;
}

const word = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

function chunk(kind: string, data: readonly number[]): number[] {
  const named = [...kind].map((letter) => letter.charCodeAt(0)).concat(data);
  return [...word(data.length), ...named, ...word(crc32(named))];
}

/**
 * Bytes as a zlib stream: one block of deflate with its fixed codes, in which a byte that repeats is written once. That
 * is little work, and much for pictures of a few colours. Source: RFC 1951, 3.2.5 and 3.2.6.
 */
function deflated(bytes: Uint8Array): number[] {
  const bits = new BitWriter([0x78, 0x01]);
  bits.low(0b011, 3); // the last block, with fixed codes
  for (let at = 0; at < bytes.length;) {
    writeSymbol(bits, bytes[at]!);
    let repeats = 0;
    while (at + 1 + repeats < bytes.length && bytes[at + 1 + repeats] === bytes[at] && repeats < 258) repeats++;
    if (repeats >= 3) {
      writeRepeat(bits, repeats);
      at += repeats;
    }
    at++;
  }
  writeSymbol(bits, 256);
  return [...bits.finish(), ...word(adler32(bytes))];
}

class BitWriter {
  private byte = 0;
  private filled = 0;

  constructor(private readonly bytes: number[]) {}

  /** Writes a number's `count` bits, the lowest first. */
  low(value: number, count: number): void {
    for (let bit = 0; bit < count; bit++) {
      this.byte |= ((value >> bit) & 1) << this.filled++;
      if (this.filled === 8) {
        this.bytes.push(this.byte);
        this.byte = this.filled = 0;
      }
    }
  }

  /** Writes a code's `count` bits, the highest first. */
  code(value: number, count: number): void {
    for (let bit = count - 1; bit >= 0; bit--) this.low(value >> bit, 1);
  }

  finish(): number[] {
    if (this.filled > 0) this.bytes.push(this.byte);
    return this.bytes;
  }
}

function writeSymbol(bits: BitWriter, symbol: number): void {
  if (symbol < 144) bits.code(0x30 + symbol, 8);
  else if (symbol < 256) bits.code(0x190 + symbol - 144, 9);
  else if (symbol < 280) bits.code(symbol - 256, 7);
  else bits.code(0xc0 + symbol - 280, 8);
}

/** Writes "the last byte, so many times more", 3 to 258. */
function writeRepeat(bits: BitWriter, count: number): void {
  if (count === 258) {
    writeSymbol(bits, 285);
  } else {
    const beyond = count - 3;
    const extra = Math.max(0, Math.floor(Math.log2(beyond || 1)) - 2);
    writeSymbol(bits, 257 + 4 * extra + (beyond >> extra));
    bits.low(beyond, extra);
  }
  bits.code(0, 5); // one byte back
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return ((b << 16) | a) >>> 0;
}

function crc32(bytes: readonly number[]): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
