/** Where the tests run: `unit` is `npm test`; `package` and `browser` need a build and are run by `.ci/run`. */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const setupFiles = ["test/support/setup.ts"];
const source = { "gradkit/node": at("src/node.ts"), gradkit: at("src/index.ts") };

const chromium = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
  .find((path) => path !== undefined && existsSync(path));

/** The flags give Chromium a software WebGPU adapter and keep it from calling home. */
const args = [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];

const launchOptions = chromium === undefined ? { args } : { args, executablePath: chromium };

export default defineConfig({
  test: {
    // Vitest leaves one core free, which on a machine with two would be half of it.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    coverage: { provider: "v8", include: ["src/**"], reporter: ["text-summary", "html"] },
    projects: [
      {
        resolve: { alias: source },
        test: {
          name: "unit",
          pool: "threads",
          include: ["test/**/*.test.ts"],
          exclude: ["test/package/**", "test/browser/**"],
          setupFiles,
          testTimeout: 20_000,
        },
      },
      {
        test: { name: "package", include: ["test/package/**/*.test.ts"], testTimeout: 180_000, hookTimeout: 180_000 },
      },
      {
        resolve: { alias: { gradkit: at("dist/index.js") } },
        server: {
          headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
        },
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
