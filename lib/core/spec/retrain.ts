import { z } from 'zod';
import { Duration } from './duration.ts';

/** Rows that a retraining may learn from, tried against each other on the newest labelled rows. */
const Window = z.union([
  /** All there are. */
  z.literal('all'),
  /** Those since the data changed: since the first window of predictions, after the champion, whose inputs had drifted. */
  z.literal('since change'),
  /** Those of so long before the newest. */
  Duration,
]);
export type TrainingWindow = z.output<typeof Window>;

/** When a model is trained again without anybody asking. @default never */
export const RetrainSpec = z.strictObject({
  /** When the drift of the inputs rings. @default false */
  onDrift: z.boolean().default(false),
  /** When performance, once truth is in, fell beyond doubt. @default false */
  onPerformance: z.boolean().default(false),
  /** When so many rows came since the champion's dataset version, or since they were judged last. @default never */
  onNewData: z.strictObject({ minRows: z.number().int().min(1) }).optional(),
  /** When the spec, or the code that trains, is not the champion's. @default false */
  onChange: z.boolean().default(false),
  /** At every multiple of this since 1970, UTC. @default never */
  every: Duration.optional(),
  /**
   * How long after a training none begins by itself. It doubles with each training that did not help, up to eightfold,
   * and is as it was after one that did. @default '1 day'
   */
  cooldown: Duration.default('1 day'),
  /** What may be spent in a calendar month, UTC, on trainings that nobody asked for. */
  budget: z
    .strictObject({
      /** @default 10 */
      trainings: z.number().int().min(0).default(10),
      /** Estimate of what they cost, US dollars. @default 50 */
      usd: z.number().min(0).default(50),
    })
    .prefault({}),
  /** @default all, the last 90 days, and since the change */
  windows: z.array(Window).min(1).max(6).default(['all', '90 days', 'since change']),
});
export type RetrainSpec = z.output<typeof RetrainSpec>;

/** Whether anything but a person's wish begins a retraining. */
export const retrainsByItself = (retrain: RetrainSpec): boolean =>
  retrain.onDrift || retrain.onPerformance || retrain.onChange || !!retrain.onNewData || !!retrain.every;
