import { z } from 'zod';

const BOUNDS = 'a min, a max or both, min at most max';

/** What one metric must reach, both bounds included. */
const interval = {
  min: z.number().optional(),
  max: z.number().optional(),
};
const hasBounds = ({ min, max }: { min?: number | undefined; max?: number | undefined }) =>
  min === undefined ? max !== undefined : max === undefined || min <= max;

const metricGate = z
  .strictObject({
    ...interval,
    /** What is compared: the estimate, or an end of its 95 % interval. @default 'value' */
    use: z.enum(['value', 'low', 'high']).default('value'),
  })
  .refine(hasBounds, BOUNDS);

/** The expected calibration error has no interval: its value is compared. */
const pointGate = z
  .strictObject({ ...interval, use: z.literal('value').default('value') })
  .refine(hasBounds, BOUNDS);

/**
 * What a model version must pass before it can be approved. A metric that the test rows do not define
 * fails its gate.
 */
export const GatesSpec = z.strictObject({
  /** Bounds a metric of the evaluation on the test rows. @default none */
  metrics: z
    .strictObject({
      auc: metricGate.optional(),
      averagePrecision: metricGate.optional(),
      logLoss: metricGate.optional(),
      brier: metricGate.optional(),
      ece: pointGate.optional(),
      accuracy: metricGate.optional(),
      precision: metricGate.optional(),
      recall: metricGate.optional(),
      f1: metricGate.optional(),
    })
    .prefault({}),
  /**
   * The version must not be worse than the champion by more than `margin` (in the metric's unit, at
   * least 0), on the same rows, at this one-sided confidence. Holds when there is no champion yet.
   * @default not compared
   */
  champion: z
    .strictObject({
      metric: z.enum(['logLoss', 'brier', 'auc']),
      margin: z.number().min(0),
      /** From 0.5 to 0.9999. @default 0.95 */
      confidence: z.number().min(0.5).max(0.9999).default(0.95),
    })
    .optional(),
});
export type GatesSpec = z.output<typeof GatesSpec>;
export type GatesInput = z.input<typeof GatesSpec>;
