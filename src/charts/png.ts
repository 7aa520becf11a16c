/** Small pictures as PNG files in a data address: indexed colours, not compressed. */

/** A palette entry: red, green, blue, opacity, each 0 … 255. */
export type Rgba = readonly [number, number, number, number];

/** A PNG of `width` × `pixels.length / width` palette indices as a `data:` address. Source: RFC 2083, RFC 1950. */
export function pngAddress(pixels: Uint8Array, width: number, palette: readonly Rgba[]): string {
  const height = pixels.length / width;
  const lines = new Uint8Array((width + 1) * height); // each line begins with its filter: 0, none
  for (let row = 0; row < height; row++) lines.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  const bytes = [
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a,
    ...chunk("IHDR", [...word(width), ...word(height), 8, 3, 0, 0, 0]),
    ...chunk("PLTE", palette.flatMap(([r, g, b]) => [r, g, b])),
    ...chunk("tRNS", palette.map(([, , , opacity]) => opacity)),
    ...chunk("IDAT", stored(lines)),
    ...chunk("IEND", []),
  ];
  return `data:image/png;base64,${btoa(bytes.map((byte) => String.fromCharCode(byte)).join(""))}`;
}

const word = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

function chunk(kind: string, data: readonly number[]): number[] {
  const named = [...kind].map((letter) => letter.charCodeAt(0)).concat(data);
  return [...word(data.length), ...named, ...word(crc32(named))];
}

/** Bytes as a zlib stream of blocks that are only stored. */
function stored(bytes: Uint8Array): number[] {
  const out = [0x78, 0x01];
  const largest = 65_535;
  for (let from = 0; from === 0 || from < bytes.length; from += largest) {
    const block = bytes.subarray(from, from + largest);
    const n = block.length;
    out.push(from + largest >= bytes.length ? 1 : 0, n & 255, n >> 8, ~n & 255, (~n >> 8) & 255);
    for (const byte of block) out.push(byte);
  }
  return [...out, ...word(adler32(bytes))];
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
