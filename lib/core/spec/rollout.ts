import { z } from 'zod';
import { ColumnName } from './dataset.ts';
import { Duration } from './duration.ts';

const CanaryStep = z.strictObject({
  /** Share of the entities, or of the requests, that the challenger answers. */
  percent: z.number().int().min(1).max(99),
  /** How long it is watched before the next step. */
  for: Duration,
});

/** When a challenger is taken back. A judgement of few predictions is none: `minRequests` says how many it needs. */
const Health = z.strictObject({
  /** Fewest requests, and rows with truth, that each of the two must have answered. @default 100 */
  minRequests: z.number().int().min(10).default(100),
  /** Share of requests, 0 to 1, that the challenger may fail more often than the champion. @default 0.01 */
  errors: z.number().min(0).max(1).default(0.01),
  /** How many times the champion's 95th percentile the challenger's may be. @default 3 */
  slower: z.number().min(1).default(3),
  /** PSI between the scores of the two, on the same traffic, from which they are not alike. @default 0.5 */
  scorePsi: z.number().gt(0).default(0.5),
  /**
   * How much larger the challenger's loss on truth may be: log loss of a probability, squared error of a number.
   * @default 0
   */
  worse: z.number().min(0).default(0),
});

/** How a version that passed its gates becomes champion. @default at once */
export const RolloutSpec = z.strictObject({
  /** How long the challenger is scored beside the champion without answering. @default not at all */
  shadow: Duration.optional(),
  /** Steps in which it answers a growing share. @default none */
  canary: z.array(CanaryStep).max(10).default([]),
  /**
   * A column of the request: rows with the same value are answered by the same version throughout a step.
   * @default the prediction's id, so each request for itself
   */
  stickTo: ColumnName.optional(),
  health: Health.prefault({}),
});
export type RolloutSpec = z.output<typeof RolloutSpec>;
export type RolloutHealth = RolloutSpec['health'];
