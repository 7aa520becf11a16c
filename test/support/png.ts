/** Reads back the small PNG files of charts: indexed, eight bits, no filters. */
import * as zlib from "node:zlib";

/** A picture by its palette. */
export interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly palette: readonly (readonly number[])[];
  readonly indices: Uint8Array;
}

/** The picture in a `data:` address; a wrong checksum or anything beyond that kind of PNG is an error. */
export function decoded(address: string): Decoded {
  const bytes = Buffer.from(address.replace("data:image/png;base64,", ""), "base64");
  if (bytes.subarray(0, 8).toString("latin1") !== "\x89PNG\r\n\x1a\n") throw new Error("no PNG");
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    const named = bytes.subarray(at + 4, at + 8 + size);
    // Node 20 has no crc32 before 20.15; zlib checks the pixels' own sum in any case.
    if (typeof zlib.crc32 === "function" && zlib.crc32(named) !== bytes.readUInt32BE(at + 8 + size)) throw new Error("wrong sum");
    chunks.set(named.subarray(0, 4).toString("latin1"), named.subarray(4));
    at += size + 12;
  }
  const header = chunks.get("IHDR")!;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  if (header[8] !== 8 || header[9] !== 3) throw new Error("not indexed with eight bits");
  const [colors, opacities] = [chunks.get("PLTE")!, chunks.get("tRNS")!];
  const palette = Array.from(opacities, (opacity, i) => [...colors.subarray(3 * i, 3 * i + 3), opacity]);
  const lines = zlib.inflateSync(chunks.get("IDAT")!);
  if (lines.length !== (width + 1) * height) throw new Error("wrong size");
  const indices = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    if (lines[row * (width + 1)] !== 0) throw new Error("a filter");
    indices.set(lines.subarray(row * (width + 1) + 1, (row + 1) * (width + 1)), row * width);
  }
  return { width, height, palette, indices };
}
