/** The project's own files, for the tests that read them. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of package.json, with a slash at its end. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Text of a file, by its path from the root. */
export function read(path: string): string {
  return readFileSync(root + path, "utf8");
}

/** Paths from the root of the files below a folder whose names end so, in alphabetical order. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(root + folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll("\\", "/").slice(root.length))
    .sort();
}
