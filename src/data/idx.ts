/** IDX, the format of MNIST's files: a type, sizes, then numbers in big-endian order. */

import { show } from "../check";
import { FormatError, OptionError } from "../errors";
import { showShape, sizeOf } from "../shape";
import { type Storage, storageOf } from "../tensor/storage";
import { type Tensor, fromStorage } from "../tensor/tensor";
import { ByteStorage } from "./bytes";
import { gunzip, isGzip } from "./gzip";

interface Type {
  readonly width: number;
  /** The numbers as a storage; the view covers them exactly. */
  readonly read: (view: DataView, count: number) => Storage;
}

/** The type that a byte of the header names. */
function typeOf(byte: number): Type | null {
  switch (byte) {
    case 0x08:
      return { width: 1, read: (view, count) => new ByteStorage(new Uint8Array(view.buffer, view.byteOffset, count)) };
    case 0x09:
      return ints(1, (view, at) => view.getInt8(at));
    case 0x0b:
      return ints(2, (view, at) => view.getInt16(at));
    case 0x0c:
      return ints(4, (view, at) => view.getInt32(at));
    case 0x0d:
      return { width: 4, read: (view, count) => floats(new Float32Array(count), (i) => view.getFloat32(4 * i)) };
    case 0x0e:
      return { width: 8, read: (view, count) => floats(new Float64Array(count), (i) => view.getFloat64(8 * i)) };
    default:
      return null;
  }
}

function ints(width: number, get: (view: DataView, at: number) => number): Type {
  return { width, read: (view, count) => storageOf("int32", Int32Array.from({ length: count }, (_, i) => get(view, i * width))) };
}

function floats(out: Float32Array | Float64Array, get: (i: number) => number): Storage {
  for (let i = 0; i < out.length; i++) out[i] = get(i);
  return storageOf(out instanceof Float32Array ? "float32" : "float64", out);
}

/**
 * The numbers of an IDX file, the format of MNIST, as a tensor; gzipped files are unpacked first.
 *
 * Shapes: the sizes in the file: images [N, 28, 28], labels [N]. Whole numbers give int32, floats keep their width.
 * Unsigned bytes count as int32 too, but are kept as bytes: 60,000 images take 47 MB. Only the rows that a
 * {@link Dataset} draws are widened, so scale them there with `map`, as below; an operation on the whole tensor, such
 * as
 * `images.div(255)`, makes a float32 tensor of all of it (188 MB).
 *
 * @throws FormatError for bytes that are not IDX, whose sizes do not match their number, or that are damaged gzip.
 *
 * @example
 * ```ts
 * import { Dataset, parseIDX } from "gradkit";
 * const images = parseIDX(new Uint8Array([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 51, 102, 255]));
 * const labels = parseIDX(new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 7, 3]));
 * const data = Dataset.from({ x: images, y: labels }).map(({ x, y }) => ({ x: x.div(255), y }));
 * data.x.toArray(); // → [[0, 0.2], [0.4, 1]]
 * data.y.toArray(); // → [7, 3]
 * ```
 *
 * Source: LeCun, Cortes and Burges, "The MNIST database", section "file formats".
 */
export function parseIDX(bytes: Uint8Array | ArrayBuffer): Tensor {
  const where = "parseIDX";
  const given = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes;
  if (!(given instanceof Uint8Array)) {
    throw new OptionError(`${where}: not bytes: ${show(bytes)}; pass a Uint8Array, such as readFileSync gives`, { bytes });
  }
  const file = isGzip(given) ? gunzip(given) : given.slice();
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const type = file.length < 4 ? null : typeOf(file[2]!);
  if (type === null || file[0] !== 0 || file[1] !== 0) {
    throw new FormatError(
      `${where}: not an IDX file: it begins with ${[...file.subarray(0, 4)].join(" ") || "nothing"} ` +
        "(0 0, a type from 8, 9, 11 … 14 and the number of sizes are due); pass the file as it was published",
      { begin: [...file.subarray(0, 4)] },
    );
  }
  const rank = file[3]!;
  const header = 4 + 4 * rank;
  if (rank === 0 || file.length < header) {
    throw new FormatError(
      `${where}: the header is ${rank === 0 ? "empty" : "cut short"}: ${rank} sizes take ${header} bytes (${file.length} found); ` +
        "fetch the file again",
      { rank, expected: header, found: file.length },
    );
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = sizeOf(shape);
  const expected = header + count * type.width;
  if (file.length !== expected) {
    throw new FormatError(
      `${where}: the file is ${file.length < expected ? "cut short" : "too long"}: ${file.length} bytes found, ${expected} expected ` +
        `(${showShape(shape)} of ${type.width} each, after ${header}); fetch the file again`,
      { expected, found: file.length, shape },
    );
  }
  return fromStorage(type.read(new DataView(file.buffer, file.byteOffset + header), count), shape);
}
