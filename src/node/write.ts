/** Files that are whole or not there: what is written appears under its name only once it is on the disk. */

import { open, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OptionError } from "gradkit";

/** Writes a text to a file beside its place, waits until the disk has it, and only then gives it its name. */
export async function writeWhole(where: string, path: string, text: string): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`);
  try {
    const file = await open(beside, "wx");
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (cause) {
    await unlink(beside).catch(() => undefined);
    const why = (cause as Error).message;
    throw new OptionError(
      `${where}: cannot write the file: ${path} (${why}); check that the folder is there and yours`,
      { path },
    );
  }
}
