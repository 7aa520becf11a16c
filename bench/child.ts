/** The other end of a worker: one process for one system and one workload. */

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { dist } from "./build";
import type { Contestant } from "./contestants";
import type { Reply, Request } from "./protocol";

/** A running system. */
export class Child {
  private readonly process: ChildProcess;
  private waiting: ((reply: Reply) => void) | null = null;
  private errors = "";

  constructor(
    readonly contestant: Contestant,
    python: string | null,
    /** Seconds that one reply may take. */
    private readonly patience: number,
  ) {
    const { system, variant } = contestant;
    const [command, ...args] =
      system === "pytorch"
        ? [python ?? "python3", join(dist, "systems", "pytorch.py"), variant]
        : [process.execPath, join(dist, "worker.js"), system, variant];
    this.process = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.process.stderr!.setEncoding("utf8").on("data", (text: string) => (this.errors = (this.errors + text).slice(-2000)));
    createInterface({ input: this.process.stdout! }).on("line", (line) => {
      if (line.startsWith("{")) this.give(JSON.parse(line) as Reply);
    });
    this.process.on("error", (error) => this.give({ error: error.message }));
    this.process.on("exit", (code, signal) => this.give({ error: `ended with ${signal ?? code}: ${this.lastError()}` }));
    this.process.stdin!.on("error", () => undefined); // the end of the process says more
  }

  /** Sends a request and waits for its reply. */
  ask(request: Request): Promise<Reply> {
    if (this.process.exitCode !== null) return Promise.resolve({ error: `ended: ${this.lastError()}` });
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.give({ error: `no answer in ${this.patience} s` }), this.patience * 1000);
      this.waiting = (reply) => {
        clearTimeout(timer);
        resolve(reply);
      };
      this.process.stdin!.write(`${JSON.stringify(request)}\n`);
    });
  }

  /** Ends the process. */
  end(): void {
    this.process.kill("SIGKILL");
  }

  private give(reply: Reply): void {
    const { waiting } = this;
    this.waiting = null;
    waiting?.(reply);
  }

  private lastError(): string {
    return this.errors.trim().split("\n").at(-1) ?? "";
  }
}
