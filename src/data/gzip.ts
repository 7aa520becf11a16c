/** Gzip files unpacked and checked (RFC 1952). */

import { FormatError } from "../errors";
import { Inflater } from "./inflate";

const HEADER = 10;
const TRAILER = 8;
const RATIO = 1032; // DEFLATE packs no byte tighter than this, so a larger size in the trailer is not believed

/** Whether bytes begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The bytes of a gzip file, all its members one after another; length and CRC-32 of each are checked. */
export function gunzip(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let position = 0;
  while (position < bytes.length) {
    const inflater = new Inflater(bytes, afterHeader(bytes, position));
    const guess = Math.min(word(bytes, bytes.length - 4), RATIO * (bytes.length - position));
    const part = inflater.take(guess);
    checkTrailer(bytes, inflater.position, part);
    parts.push(part);
    position = inflater.position + TRAILER;
    if (bytes.subarray(position).every((byte) => byte === 0)) break; // files may be padded
  }
  return parts.length === 1 ? parts[0]! : joined(parts);
}

/** Where the compressed data of a member begins. */
function afterHeader(bytes: Uint8Array, begin: number): number {
  if (bytes.length < begin + HEADER + TRAILER) throw cut(bytes);
  const [method, flags] = [bytes[begin + 2]!, bytes[begin + 3]!];
  if (!isGzip(bytes.subarray(begin)) || method !== 8 || (flags & 0xe0) !== 0) {
    throw new FormatError(
      `gunzip: not a gzip member: bytes ${[...bytes.subarray(begin, begin + 4)].join(" ")} at ${begin} (31 139 8 are due); fetch the file again`,
      { at: begin },
    );
  }
  let at = begin + HEADER;
  if ((flags & 4) !== 0) at += 2 + bytes[at]! + 256 * bytes[at + 1]!;
  for (const flag of [8, 16]) {
    if ((flags & flag) !== 0) at = bytes.indexOf(0, at) + 1 || Infinity; // a text that ends with 0
  }
  if ((flags & 2) !== 0) at += 2;
  if (at > bytes.length) throw cut(bytes);
  return at;
}

function checkTrailer(bytes: Uint8Array, at: number, part: Uint8Array): void {
  if (at + TRAILER > bytes.length) throw cut(bytes);
  const [sum, length] = [word(bytes, at), word(bytes, at + 4)];
  if (length !== part.length % 2 ** 32) {
    throw new FormatError(`gunzip: the length differs: ${part.length} bytes unpacked, ${length} announced; fetch the file again`, {
      expected: length,
      found: part.length,
    });
  }
  const found = crc32(part);
  if (sum !== found) {
    throw new FormatError(
      `gunzip: the checksum differs: ${found.toString(16)} computed, ${sum.toString(16)} announced (the content is damaged); fetch the file again`,
      { expected: sum, found },
    );
  }
}

function cut(bytes: Uint8Array): FormatError {
  return new FormatError(`gunzip: the file is cut short: it ends after ${bytes.length} bytes; fetch the file again`, {
    length: bytes.length,
  });
}

/** A little-endian number of four bytes. */
function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

let table: Uint32Array | null = null;

/** The CRC-32 of gzip, PNG and zip. */
export function crc32(bytes: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]!) & 255]!;
  return (crc ^ 0xffffffff) >>> 0;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
