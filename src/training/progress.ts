/** What training shows while it runs: a bar that is redrawn in a terminal, one plain line per epoch elsewhere. */

import { checkBoolean } from "../check";
import { type ProgressSink, isWatched, now, terminal } from "./host";
import type { Callback, EpochRecord } from "./callbacks";

const REDRAW = 80; // milliseconds between drawings of the bar
const CLEAR = "\r\u001b[2K";

/** Where progress goes: a sink as given, standard error for true or for a watched terminal, else nowhere. */
export function progressSink(where: string, progress: boolean | ProgressSink | undefined): ProgressSink | null {
  if (typeof progress === "object" && typeof progress?.write === "function") return progress;
  checkBoolean(where, "progress", progress, false);
  if (progress ?? isWatched()) return terminal();
  return null;
}

/** A callback that shows progress on a sink. */
export function progressCallback(sink: ProgressSink): Callback {
  let drawn = -Infinity;
  let started = 0;
  let epochStarted = 0;
  return {
    onStart() {
      started = epochStarted = now();
    },
    onBatch({ epoch, epochs, batch, batches, loss }) {
      if (sink.isTTY !== true || now() - drawn < REDRAW) return;
      drawn = now();
      const done = (epoch * batches + batch + 1) / (epochs * batches);
      const left = ((drawn - started) * (1 - done)) / done;
      const text = [`loss ${showValue(loss)}`, `${showTime(left)} left`].join(" · ");
      const head = `epoch ${epoch + 1}/${epochs} `;
      const width = Math.min(30, (sink.columns ?? 80) - head.length - text.length - 9);
      sink.write(`${CLEAR}${head}${bar((batch + 1) / batches, width)} ${text}`);
    },
    onEpoch(record, { epochs }) {
      const seconds = (now() - epochStarted) / 1000;
      epochStarted = now();
      sink.write(`${sink.isTTY === true ? CLEAR : ""}${epochLine(record, epochs)} · ${seconds.toFixed(1)} s\n`);
    },
    onEnd() {
      if (sink.isTTY === true) sink.write(CLEAR);
    },
  };
}

/** One epoch in one line. */
export function epochLine(record: EpochRecord, epochs: number): string {
  const { epoch, lr, ...rest } = record;
  const parts = Object.entries(rest).map(([key, value]) => `${key} ${showValue(value)}`);
  return [`epoch ${epoch}/${epochs}`, ...parts, `lr ${showValue(lr)}`].join(" · ");
}

/** A bar of `width` characters, filled to a fraction, with its percentage. */
export function bar(fraction: number, width: number): string {
  const percent = `${Math.floor(100 * fraction)} %`.padStart(5);
  if (width < 5) return percent;
  const full = Math.floor(fraction * width);
  return `${"━".repeat(full)}${"─".repeat(width - full)} ${percent}`;
}

/** A number in four significant digits, in the plain notation where that is short. */
export function showValue(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential(3) : String(Number(value.toPrecision(4)));
}

/** A time in milliseconds as people say it: `42 s`, `3 min 20 s`, `2 h 5 min`. */
export function showTime(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
