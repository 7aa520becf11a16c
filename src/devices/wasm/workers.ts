/** The one file that starts threads: workers of Node or of the browser, or the reason why there are none. */

/** A thread that can be sent messages. */
export interface Thread {
  send(message: object): void;
  stop(): void;
}

interface NodeWorker {
  postMessage(message: object): void;
  terminate(): unknown;
  on(event: "error" | "exit", listener: () => void): void;
  unref(): void;
}

interface NodeThreads {
  readonly Worker: new (source: string, options: object) => NodeWorker;
}

interface WebWorker {
  postMessage(message: object): void;
  terminate(): void;
  onerror: (() => void) | null;
}

interface Web {
  readonly Worker?: new (url: string) => WebWorker;
  readonly Blob?: new (parts: readonly string[], options: object) => object;
  readonly URL?: { createObjectURL(blob: object): string; revokeObjectURL(url: string): void };
  readonly SharedArrayBuffer?: unknown;
  readonly crossOriginIsolated?: boolean;
  readonly process?: { getBuiltinModule?(name: string): unknown };
}

const web = globalThis as unknown as Web;

function nodeThreads(): NodeThreads | null {
  return (web.process?.getBuiltinModule?.("node:worker_threads") as NodeThreads | undefined) ?? null;
}

/** Whether threads can share memory and be started here. */
export function hasThreads(): boolean {
  if (web.SharedArrayBuffer === undefined || web.crossOriginIsolated === false) return false;
  return nodeThreads() !== null || (web.Worker !== undefined && web.Blob !== undefined && web.URL !== undefined);
}

/** Starts a thread on a script for Node and browsers; `lost` is called if it ends. Throws where it is refused. */
export function startThread(source: string, lost: () => void): Thread {
  const node = nodeThreads();
  if (node !== null) {
    const worker = new node.Worker(source, { eval: true, execArgv: [], name: "gradkit" });
    worker.on("error", lost);
    worker.on("exit", lost);
    worker.unref(); // it never keeps a process alive
    return { send: (message) => { worker.postMessage(message); }, stop: () => void worker.terminate() };
  }
  const url = web.URL!.createObjectURL(new web.Blob!([source], { type: "text/javascript" }));
  const worker = new web.Worker!(url);
  worker.onerror = lost;
  web.URL!.revokeObjectURL(url);
  return { send: (message) => { worker.postMessage(message); }, stop: () => { worker.terminate(); } };
}
