/** The PNG writer, read back with Node's zlib. */
import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Rgba, pngAddress } from "../../src/charts/png";
import { decoded } from "../support/png";

const palette: Rgba[] = Array.from({ length: 256 }, (_, i) => [i, 255 - i, 7, i]);

describe("pngAddress", () => {
  test("holds exactly the pixels it was given, whatever they are", () => {
    const run = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 700 }));
    const pixels = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.array(run, { minLength: 1, maxLength: 8 })
        .map((runs) => Uint8Array.from(runs.flatMap(([value, count]) => new Array<number>(count).fill(value)))),
    );
    fc.assert(
      fc.property(pixels, (values) => {
        const picture = decoded(pngAddress(values, values.length, palette));
        expect([picture.width, picture.height]).toEqual([values.length, 1]);
        expect(picture.indices).toEqual(values);
        expect(picture.palette[200]).toEqual([200, 55, 7, 200]);
      }),
    );
  });

  test("keeps rows apart and writes what repeats once", () => {
    const values = new Uint8Array(100 * 40).fill(3);
    const address = pngAddress(values, 100, palette.slice(0, 4));
    expect(decoded(address)).toMatchObject({ width: 100, height: 40, indices: values });
    expect(address.length).toBeLessThan(900);
    expect(() => inflateSync(new Uint8Array([1, 2, 3]))).toThrow(); // the reader would notice
  });
});
