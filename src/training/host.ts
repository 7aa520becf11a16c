/**
 * The one file that looks at what gradkit runs in: where progress is written, how time passes, how others get a turn.
 */

/** Something text can be written to, such as `process.stderr`. */
export interface ProgressSink {
  /** Takes a piece of text. */
  write(text: string): unknown;
  /** Whether lines can be overwritten in place; without it, each epoch writes one plain line. */
  readonly isTTY?: boolean | undefined;
  /** Width in characters; default 80. */
  readonly columns?: number | undefined;
}

interface HostProcess {
  readonly stderr?: ProgressSink;
  emitWarning?(message: string): void;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

function hostProcess(): HostProcess | undefined {
  return (globalThis as { process?: HostProcess }).process;
}

/** Node's standard error, or null elsewhere. */
export function terminal(): ProgressSink | null {
  return hostProcess()?.stderr ?? null;
}

/** Whether a person is likely to be watching the terminal. */
export function isWatched(): boolean {
  const process = hostProcess();
  return process?.stderr?.isTTY === true && process.env?.["CI"] === undefined;
}

/** Milliseconds since some fixed moment. */
export function now(): number {
  return performance.now();
}

/** Lets timers, input and drawing have a turn. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Tells the user something: a warning of the process, or of the console. */
export function notice(message: string): void {
  const process = hostProcess();
  if (process?.emitWarning !== undefined) process.emitWarning(message);
  else (globalThis as { console?: { warn(message: string): void } }).console?.warn(message);
}
