/** What training tells while it runs, and to whom. */

import type { Module } from "../layers/module";

/** One epoch of training: its mean loss, the learning rate at its end, metrics, and the same on validation data. */
export type EpochRecord = {
  /** Counted from 1. */
  readonly epoch: number;
  /** Mean loss over the epoch's training rows, as each batch met them, without penalties. */
  readonly loss: number;
  /** Learning rate of the epoch's last update. */
  readonly lr: number;
  /** Loss on the validation data after the epoch. */
  readonly validationLoss?: number;
} & {
  // Apart from the optional loss, which it would contradict where exactOptionalPropertyTypes is off.
  /** Each metric under its name, and under `validation<Name>`. */
  readonly [metric: string]: number;
};

/** Where training stands after one batch. */
export interface BatchEvent {
  /** Epoch, counted from 0. */
  readonly epoch: number;
  readonly epochs: number;
  /** Batch within the epoch, counted from 0. */
  readonly batch: number;
  readonly batches: number;
  /** Updates made since the start. */
  readonly step: number;
  /** Loss of this batch, without penalties. */
  readonly loss: number;
}

/** What a callback may look at besides the event itself. */
export interface TrainingContext {
  readonly model: Module;
  readonly epochs: number;
  readonly history: readonly EpochRecord[];
}

/**
 * Functions called during training; each may return a promise, which `fit` waits for (`fitSync` refuses it).
 * To stop early from a callback, abort the `signal` given to `fit`.
 */
export interface Callback {
  /** Before the first epoch. */
  onStart?(context: TrainingContext): void | Promise<void>;
  /** After each update. */
  onBatch?(event: BatchEvent, context: TrainingContext): void | Promise<void>;
  /** After each epoch, with its row of the history. */
  onEpoch?(record: EpochRecord, context: TrainingContext): void | Promise<void>;
  /** After the last epoch, whatever ended the run. */
  onEnd?(context: TrainingContext): void | Promise<void>;
}
