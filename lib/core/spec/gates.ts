import { z } from 'zod';
import { COMPARED_METRICS, METRICS } from './task.ts';

const BOUNDS = 'a min, a max or both, min at most max';

const isOrdered = ({ min, max }: { min?: number | undefined; max?: number | undefined }) =>
  min === undefined ? max !== undefined : max === undefined || min <= max;

const isUnbounded = ({ min, max }: { min?: number | undefined; max?: number | undefined }) =>
  min === undefined && max === undefined;

/** What one metric must reach, both bounds included. */
const interval = {
  min: z.number().optional(),
  max: z.number().optional(),
};

const metricGate = z
  .strictObject({
    ...interval,
    /** What is compared: the estimate, or an end of its 95 % interval. @default 'value' */
    use: z.enum(['value', 'low', 'high']).default('value'),
  })
  .refine(isOrdered, BOUNDS);

/** The expected calibration error has no interval: its value is compared. */
const pointGate = z
  .strictObject({ ...interval, use: z.literal('value').default('value') })
  .refine(isOrdered, BOUNDS);

const confidence = z.number().min(0.5).max(0.9999).default(0.95);

const metricNames = [...new Set(Object.values(METRICS).flat())];

/** One rule for the groups of one column or expression. */
const Slice = z.preprocess(
  (value) => (typeof value === 'string' ? { by: value } : value),
  z
    .strictObject({
      /** A text or boolean expression over the raw columns of a row. */
      by: z.string(),
      /** Fewest test rows of a group that is judged. @default 200 */
      minRows: z.number().int().min(20).default(200),
      /**
       * How sure it must be, over all groups together (Benjamini-Hochberg), that the version is worse
       * there than the champion (or, without one, the naive baseline) before it is refused. @default 0.95
       */
      confidence,
      /**
       * How much more than what it replaces the version may lose in a group, as a share of that loss: with many rows
       * a change that nobody would notice is certain, too. @default 0.05
       */
      margin: z.number().min(0).default(0.05),
      /** A metric that every group must keep within bounds. @default none */
      metric: z.enum(metricNames as [string, ...string[]]).optional(),
      ...interval,
    })
    .refine(
      ({ metric, ...bounds }) => (metric === undefined ? isUnbounded(bounds) : isOrdered(bounds)),
      `${BOUNDS}, together with a metric`,
    ),
);

/** One rule for the groups that decisions must treat alike; binary models only. */
const Fairness = z.preprocess(
  (value) => (typeof value === 'string' ? { group: value } : value),
  z.strictObject({
    /** A text or boolean expression over the raw columns of a row. */
    group: z.string(),
    /** The group the others are compared with. @default the largest */
    reference: z.string().optional(),
    /** Fewest test rows of a group that is judged. @default 200 */
    minRows: z.number().int().min(20).default(200),
    /** Least ratio of selection rates, lower to higher: the four-fifths rule. @default 0.8 */
    disparateImpact: z.number().min(0).max(1).default(0.8),
    /** Largest difference of true positive rates. @default 0.1 */
    equalOpportunity: z.number().min(0).max(1).default(0.1),
    /** Largest difference of false positive rates. @default not judged */
    falsePositives: z.number().min(0).max(1).optional(),
  }),
);

/**
 * What a model version must pass before it can be approved. A metric that the test rows do not define
 * fails its gate.
 */
export const GatesSpec = z.strictObject({
  /** Bounds a metric of the evaluation on the test rows. @default none */
  metrics: z
    .strictObject({
      ...(Object.fromEntries(metricNames.map((name) => [name, metricGate.optional()])) as Record<
        (typeof metricNames)[number],
        z.ZodOptional<typeof metricGate>
      >),
      ece: pointGate.optional(),
    })
    .prefault({}),
  /**
   * The version must not be worse than the champion by more than `margin` (in the metric's unit, at
   * least 0), on the same rows, at this one-sided confidence. Holds when there is no champion yet.
   * @default not compared
   */
  champion: z
    .strictObject({
      metric: z.enum(COMPARED_METRICS),
      margin: z.number().min(0),
      /** From 0.5 to 0.9999. @default 0.95 */
      confidence,
    })
    .optional(),
  /** The version must be better than always answering the same, with this one-sided confidence; false: not asked. */
  baseline: z.union([z.literal(false), z.strictObject({ confidence })]).prefault({}),
  /** Groups of rows in none of which the version may be worse than what it replaces. @default none */
  slices: z.array(Slice).max(20).default([]),
  /** @default none */
  fairness: z.array(Fairness).max(20).default([]),
  /** How the training data itself must be. */
  data: z
    .strictObject({
      /** A feature that alone ranks the labels so well (AUC, or its like) is the label in disguise. @default 0.98 */
      leakage: z.number().gt(0.5).max(1).default(0.98),
      /** Least share of rows that find their partner in each joined dataset. @default 0.5 */
      joined: z.number().min(0).max(1).default(0.5),
      /** Largest share of missing values of a feature, in training or test rows. @default 0.95 */
      missing: z.number().min(0).max(1).default(0.95),
      /** A feature that ranks labels this far from 0.5 one way in training and the other way in the newest rows, surely so in ten stretches of time each, has turned over. @default 0.05 */
      inverted: z.number().gt(0).max(0.5).default(0.05),
    })
    .prefault({}),
  /** How much of the primary metric (logLoss, mse, ...) may be lost, as a share of its value. @default not judged */
  robustness: z
    .strictObject({
      /** When a tenth of every input that may be missing is. */
      nulls: z.number().min(0).optional(),
      /** From the older to the newer half of the test rows. */
      timeShift: z.number().min(0).optional(),
    })
    .prefault({}),
  /** Milliseconds that one row takes to score, median, where the version was evaluated. @default not judged */
  latencyMs: z.number().gt(0).optional(),
  /** Largest model file. @default not judged */
  sizeMb: z.number().gt(0).optional(),
});
export type GatesSpec = z.output<typeof GatesSpec>;
export type GatesInput = z.input<typeof GatesSpec>;
export type SliceSpec = GatesSpec['slices'][number];
export type FairnessSpec = GatesSpec['fairness'][number];
