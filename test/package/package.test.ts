/** The packed tarball, installed as users install it: ESM, CommonJS, a bundler, types, one Tensor class. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../support/sources";

let folder = "";
/** Runs a command beside the installed package and gives what it printed. */
const run = (command: string, ...words: string[]): string => {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`${words.join(" ")} failed:\n${stdout}${stderr}`.slice(0, 4000));
  return stdout.trim();
};
const node = (file: string, text: string): string => {
  writeFileSync(join(folder, file), text);
  return run(process.execPath, file);
};

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}
let packed: Packed;

beforeAll(() => {
  if (!existsSync(`${root}dist/index.js`)) throw new Error("package test: there is no dist/; run npm run build first");
  folder = mkdtempSync(join(tmpdir(), "gradkit-package-"));
  writeFileSync(join(folder, "package.json"), '{ "name": "consumer", "private": true, "type": "module" }');
  const words = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  [packed] = JSON.parse(execFileSync("npm", words, { cwd: root, encoding: "utf8" })) as [Packed];
  run("npm", "install", "--offline", "--no-audit", "--no-fund", `./${packed.filename}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A line of work that needs the methods installed, autograd and a layer. */
const program = `
const x = tensor([[1, 2], [3, 4]], { requiresGrad: true });
x.mul(x).sum().backward();
console.log(JSON.stringify(x.grad.toArray()), new Linear(2, 1).forward(x).shape.join());
`;
const output = "[[2,4],[6,8]] 2,1";

describe("the packed tarball", () => {
  test("holds the build and its papers, nothing else, and depends on nothing", () => {
    const outside = packed.files.map(({ path }) => path).filter((path) => !path.startsWith("dist/"));
    expect(outside.sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
    const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as Record<string, unknown>;
    expect(manifest).not.toHaveProperty("dependencies");
    expect(manifest).not.toHaveProperty("optionalDependencies");
    const peers = Object.keys(manifest["peerDependencies"] as object);
    expect(manifest["peerDependenciesMeta"]).toEqual(Object.fromEntries(peers.map((name) => [name, { optional: true }])));
  });

  test("runs as an ES module", () => {
    expect(node("main.mjs", `import { Linear, tensor } from "gradkit";${program}`)).toBe(output);
  });

  test("runs as CommonJS", () => {
    expect(node("main.cjs", `const { Linear, tensor } = require("gradkit");${program}`)).toBe(output);
  });

  test("has one Tensor class for import and for require, where Node can require ES modules", () => {
    const text = `
      import { createRequire } from "node:module";
      import { Tensor } from "gradkit";
      console.log(!process.features.require_module || createRequire(import.meta.url)("gradkit").Tensor === Tensor);
    `;
    expect(node("same.mjs", text)).toBe("true");
  });

  test("has one Tensor class for gradkit and gradkit/node", () => {
    expect(node("node.mjs", 'import * as node from "gradkit/node"; console.log(Object.keys(node).length > 0);')).toBe("true");
    expect(node("node.cjs", 'console.log(Object.keys(require("gradkit/node")).length > 0);')).toBe("true");
    for (const file of ["node.js", "node.cjs"]) {
      const text = readFileSync(join(folder, "node_modules/gradkit/dist", file), "utf8");
      expect(text, `${file} must import gradkit, not hold a copy of it`).not.toMatch(/class \w* ?extends GradkitError|class Tensor/);
    }
    for (const file of ["node.d.ts", "node.d.cts"]) {
      const text = readFileSync(join(folder, "node_modules/gradkit/dist", file), "utf8");
      expect(text, `${file} must take its types from gradkit`).not.toMatch(/declare (abstract )?class (Tensor|Module)\b/);
    }
  });

  test.each([
    ["charts.mjs", 'import { histogram } from "gradkit"; import { saveChart, saveReport } from "gradkit/node";'],
    ["charts.cjs", 'const { histogram } = require("gradkit"); const { saveChart, saveReport } = require("gradkit/node");'],
  ])("makes charts without vega, and says what writing them needs (%s)", (file, head) => {
    const text = `
      const chart = histogram([1, 2, 2]);
      const say = (error) => console.log(error.constructor.name, error.message.replace(/: Cannot find.*;/, ": …;"));
      console.log(chart.title);
      saveChart("a.svg", chart).catch(say)
        .then(() => saveReport("a.html", { title: "a", sections: [{ chart }] })).catch(say);
    `;
    expect(node(file, head + text).split("\n")).toEqual([
      "3 values: mean 1.67, standard deviation 0.471",
      "GradkitError saveChart: vega and vega-lite are not installed: …; run npm install vega vega-lite",
      "GradkitError saveReport: vega and vega-lite are not installed: …; run npm install vega vega-lite",
    ]);
    expect(existsSync(join(folder, "a.svg")) || existsSync(join(folder, "a.html"))).toBe(false);
  });

  test.each(["write.mjs", "write.cjs"])("writes charts with the vega that its user has installed (%s)", (file) => {
    const packages = join(folder, "node_modules");
    const links = readdirSync(`${root}node_modules`).filter((name) => !existsSync(join(packages, name)));
    for (const name of links) symlinkSync(`${root}node_modules/${name}`, join(packages, name));
    const names = ["{ histogram }", "{ saveChart }"];
    const head = file.endsWith("mjs")
      ? `import ${names[0]} from "gradkit"; import ${names[1]} from "gradkit/node";`
      : `const ${names[0]} = require("gradkit"); const ${names[1]} = require("gradkit/node");`;
    try {
      node(file, `${head} for (const kind of ["svg", "html"]) saveChart(\`b.\${kind}\`, histogram([1, 2, 2]));`);
    } finally {
      for (const name of links) rmSync(join(packages, name));
    }
    expect(readFileSync(join(folder, "b.svg"), "utf8")).toMatch(/^<svg/);
    expect(readFileSync(join(folder, "b.html"), "utf8")).toContain("vegaLite");
  });

  test.each(["main.mjs", "main.cjs"])("ends by itself after threads have worked (%s)", (file) => {
    const names = "compile, randn, wasm";
    const head = file.endsWith("mjs") ? `import { ${names} } from "gradkit";` : `const { ${names} } = require("gradkit");`;
    const text = `
      const x = randn([200, 200]);
      const f = compile(() => x.matmul(x).sum(), { device: wasm({ threads: 2 }) });
      const end = Date.now() + 300;
      while (Date.now() < end) f();
      console.log(f.program().slice(0, 26));
    `;
    expect(node(file, head + text)).toBe("program on wasm, 2 threads");
  });

  test.each(["esm", "iife"] as const)("survives a bundler that drops unused code (%s)", async (format) => {
    const entry = join(folder, "app.js");
    writeFileSync(entry, `import { Linear, tensor } from "gradkit";${program}`);
    const outfile = join(folder, `app.${format}.mjs`);
    await build({ entryPoints: [entry], outfile, format, bundle: true, minify: true, platform: "browser", logLevel: "error" });
    expect(run(process.execPath, outfile)).toBe(output);
  });

  test("names its errors by their classes when it is minified", async () => {
    const entry = join(folder, "names.js");
    writeFileSync(entry, 'import { tensor } from "gradkit"; try { tensor([1]).matmul([[1], [2]]); } catch (error) { console.log(String(error)); }');
    const outfile = join(folder, "names.min.mjs");
    await build({ entryPoints: [entry], outfile, format: "esm", bundle: true, minify: true, logLevel: "error" });
    expect(run(process.execPath, outfile)).toMatch(/^ShapeError: matmul: inner dimensions differ/);
  });

  test.each([
    ["consumer.mts", "nodenext", "nodenext", true],
    ["consumer.cts", "nodenext", "nodenext", true],
    ["consumer.mts", "esnext", "bundler", true],
    ["consumer.mts", "nodenext", "nodenext", false], // `strict` alone, as most projects have it
  ])("has types for %s with module %s and resolution %s, without the DOM (exact optional: %s)", (file, module, moduleResolution, exact) => {
    const text = `
      import { Linear, type Tensor, tensor } from "gradkit";
      const x: Tensor = tensor([[1, 2]]);
      const shape: readonly number[] = new Linear(2, 1).forward(x).shape;
      // @ts-expect-error a shape is no text
      export const wrong: string = shape;
    `;
    writeFileSync(join(folder, file), text);
    const strict = { strict: true, exactOptionalPropertyTypes: exact, skipLibCheck: false, noEmit: true };
    const compilerOptions = { module, moduleResolution, target: "es2022", lib: ["es2022"], types: [], ...strict };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
    expect(run(process.execPath, `${root}node_modules/typescript/bin/tsc`, "-p", "tsconfig.json")).toBe("");
  });
});
