/** Makes everything that is timed: installs the peers, bundles gradkit as its package is, and the scripts around it. */

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { withoutDocs } from "../tsup.config";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Where the built scripts lie. */
export const dist = join(here, "dist");

/** Installs the peers unless what is there is as new as the lockfile. */
export function install(say: (text: string) => void): void {
  const done = join(here, "node_modules", ".package-lock.json");
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(join(here, "package-lock.json")).mtimeMs) return;
  say("installing the peers (npm ci in bench/)");
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: here, stdio: ["ignore", "ignore", "inherit"] });
}

/** As in the package: one file, not minified. The scripts import it as users do, and find the peers by their names. */
export async function buildAll(): Promise<void> {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  const shared: BuildOptions = { bundle: true, format: "esm", target: "es2022", absWorkingDir: here, logLevel: "warning" };
  await build({
    ...shared,
    platform: "neutral",
    external: ["node:*"],
    entryPoints: [join(here, "..", "src", "index.ts")],
    outfile: join(dist, "gradkit.js"),
  });
  writeFileSync(join(dist, "gradkit.js"), withoutDocs(readFileSync(join(dist, "gradkit.js"), "utf8")));
  const scripts = ["systems", "cold"].flatMap((folder) =>
    readdirSync(join(here, folder))
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name}`),
  );
  await build({
    ...shared,
    platform: "node",
    packages: "external",
    outdir: dist,
    outbase: here,
    entryPoints: ["worker.ts", ...scripts].map((path) => join(here, path)),
    plugins: [
      {
        name: "gradkit",
        setup: ({ onResolve }) =>
          // All scripts that use it lie one folder below it.
          onResolve({ filter: /^gradkit$/ }, () => ({ path: "../gradkit.js", external: true })),
      },
    ],
  });
  for (const folder of ["systems", "cold"]) cpSync(join(here, folder, "pytorch.py"), join(dist, folder, "pytorch.py"));
}
