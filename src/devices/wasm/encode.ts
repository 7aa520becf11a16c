/** Numbers, instructions and sections as the bytes of a WebAssembly module. */

/** Some bytes of a module. */
export type Part = readonly number[];

/** Appends a whole number from 0 to 2³² − 1 in as few bytes as it takes. */
export function unsigned(to: number[], value: number): void {
  let rest = value;
  while (rest > 0x7f) {
    to.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  to.push(rest);
}

/** Appends a 32-bit integer in as few bytes as it takes. */
export function signed(to: number[], value: number): void {
  let rest = value | 0;
  while (rest < -0x40 || rest > 0x3f) {
    to.push((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  to.push(rest & 0x7f);
}

/** Appends an instruction's code; see the table for those of more than one byte. */
export function instruction(to: number[], code: number): void {
  if (code < 0x100) to.push(code);
  else {
    to.push(code >> 12);
    unsigned(to, code & 0xfff);
  }
}

const scratch = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8));

/** Appends the lowest bytes of a float, `times` times. */
export function float(to: number[], value: number, size: 4 | 8, times: number): void {
  if (size === 4) scratch.setFloat32(0, value, true);
  else scratch.setFloat64(0, value, true);
  for (; times > 0; times--) for (let i = 0; i < size; i++) to.push(scratch.getUint8(i));
}

/** The bytes of a whole number on its own. */
export function count(value: number): number[] {
  const bytes: number[] = [];
  unsigned(bytes, value);
  return bytes;
}

/** A name and its length. */
export function name(text: string): number[] {
  return [...count(text.length), ...Array.from(text, (letter) => letter.charCodeAt(0))];
}

/** A section of a module: items, which may come in several parts each. */
export function section(id: number, parts: readonly Part[], items = parts.length): Part[] {
  const counted = count(items);
  const size = parts.reduce((sum, { length }) => sum + length, counted.length);
  return [[id, ...count(size)], counted, ...parts];
}

/** All parts, one after another. */
export function joined(parts: readonly Part[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
