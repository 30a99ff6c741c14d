import { z } from 'zod';
import { Instant } from '../api/instant.ts';
import { DRIFTED_PSI } from '../drift/psi.ts';
import { AlgorithmSpec } from './algorithm.ts';
import { ApprovalSpec } from './approval.ts';
import { checkModel } from './check-model.ts';
import { ColumnName, DatasetSpec } from './dataset.ts';
import { Duration, durationSeconds } from './duration.ts';
import { GatesSpec } from './gates.ts';
import { Name, parseSpec } from './parse-spec.ts';
import { RetrainSpec } from './retrain.ts';
import { RolloutSpec } from './rollout.ts';
import { SearchSpec } from './search.ts';
import { Task } from './task.ts';

const Feature = z.union([
  /** An expression that gives a number or a condition (0 or 1). */
  z.string().transform((expression) => ({ kind: 'number' as const, expression })),
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('number'), expression: z.string() }),
    /** A text expression; its levels are learned, the most frequent `maxLevels` of them. @default 256 */
    z.strictObject({
      kind: z.literal('categorical'),
      expression: z.string(),
      maxLevels: z.number().int().min(2).max(4096).default(256),
    }),
  ]),
]);

const Join = z.strictObject({
  dataset: DatasetSpec,
  /** Column of `from` -> column of the joined dataset. For `asof` one pair is the two time columns. */
  on: z.record(z.string(), z.string()),
  /** `asof`: the newest joined row at or before the row's own time, and not older than `within`. */
  kind: z.enum(['asof', 'exact']).default('exact'),
  /** How old an `asof` row may be; of no meaning for `exact`. @default '1 day' */
  within: Duration.default('1 day'),
});

/** Which probability makes a positive: a number, the best one by a metric, or the cheapest one by what mistakes cost. */
const Threshold = z.union([
  z.number().min(0).max(1),
  z.strictObject({ metric: z.enum(['f1', 'accuracy', 'youden', 'balancedAccuracy']) }),
  z.strictObject({ recall: z.number().gt(0).max(1) }),
  z.strictObject({ precision: z.number().gt(0).max(1) }),
  /** Costs of a row, in any one unit. */
  z.strictObject({
    cost: z.strictObject({ falsePositive: z.number().min(0), falseNegative: z.number().min(0) }),
  }),
]);

const Fields = z.strictObject({
  name: Name,
  task: Task,
  from: DatasetSpec,
  join: z.array(Join).max(8).default([]),
  /**
   * What to predict, over the columns of `from`: a condition (binary), a text (multiclass) or a number
   * (regression). Rows where it is null have no label.
   */
  label: z.string(),
  /** Columns known only after the prediction: refused as features. */
  available: z.record(z.string(), z.literal('after')).default({}),
  features: z
    .record(ColumnName, Feature)
    .refine((features) => Object.keys(features).length > 0, 'at least one feature'),
  /**
   * Labelled rows before it are not learned from, and no version is chosen or judged by them: the split is of the rows
   * from then on. ISO 8601. @default all rows
   */
  since: Instant.optional(),
  /** Shares of the labelled rows, newest last: the rest trains, then validation, then test. */
  split: z
    .strictObject({
      by: z.literal('time').default('time'),
      validation: z.number().min(0.01).max(0.4).default(0.15),
      test: z.number().min(0.01).max(0.4).default(0.15),
    })
    .prefault({}),
  /** Fewest labelled rows to train on. @default 1000 */
  minRows: z.number().int().min(100).default(1000),
  algorithm: AlgorithmSpec.prefault({ kind: 'xgboost' }),
  /** @default none: the algorithm's own settings; for `auto` a search with the defaults of its own, 20 trials */
  search: SearchSpec.optional(),
  /**
   * A step after a binary model that makes its probabilities honest, learned on the validation rows and kept in
   * the bundle. @default 'none'
   */
  calibration: z.enum(['none', 'isotonic', 'platt']).default('none'),
  /** From which probability a row is predicted positive, judged on the validation rows. @default 0.5 */
  threshold: Threshold.default(0.5),
  gates: GatesSpec.prefault({}),
  /** Who promotes a version that passed its gates: policy, or a person. @default 'automatic' */
  approval: ApprovalSpec.default('automatic'),
  rollout: RolloutSpec.prefault({}),
  retrain: RetrainSpec.prefault({}),
  truth: z
    .strictObject({
      /** How long after a prediction its truth is taken. @default '90 days' */
      within: Duration.default('90 days'),
    })
    .prefault({}),
  monitor: z
    .strictObject({
      /** At least a minute: a schedule runs no more often, and each of its runs looks at an hour and a quarter of windows. @default '1 hour' */
      every: Duration.refine((every) => !(durationSeconds(every) < 60), 'a minute or longer').default(
        '1 hour',
      ),
      /** PSI at and above which a column has drifted. @default 0.2 */
      psi: z.number().gt(0).default(DRIFTED_PSI),
      /** Fewest predictions in a window that may raise an alarm. @default 200 */
      minRows: z.number().int().min(1).default(200),
      /** Share of requests that got no answer by our fault, from which the alarm rings. @default 0.05 */
      errors: z.number().gt(0).max(1).default(0.05),
      /**
       * Share of requests refused for their body, or of predictions on rows that the dataset would refuse, from which
       * the alarm rings. @default 0.05
       */
      invalid: z.number().gt(0).max(1).default(0.05),
      /** 99th percentile of an answer's milliseconds, beyond which the alarm rings. @default 2000 */
      latencyMs: z.number().int().min(1).max(29_000).default(2000),
      /** How long nobody may ask, once somebody did. @default '1 day' */
      silence: Duration.default('1 day'),
      /** Share of the predictions that should have their truth by now, below which the alarm rings. @default 0.5 */
      truth: z.number().min(0).max(1).default(0.5),
    })
    .prefault({}),
});

const ModelShape = Fields.transform((fields) => ({
  ...fields,
  ...(fields.algorithm.kind === 'auto' && { search: fields.search ?? SearchSpec.parse({}) }),
}));

export { forest, linear, naive, xgboost } from './algorithm.ts';
export { columnOwner, featureExpressions, inputColumns, modelColumns } from './model-columns.ts';

/** A named model. Plain data: what `defineModel` returns is its own JSON. */
export type ModelSpec = z.output<typeof ModelShape>;
export type ModelInput = z.input<typeof ModelShape>;
export type FeatureSpec = z.output<typeof Feature>;
export type JoinSpec = z.output<typeof Join>;

/** A text feature whose levels are learned from the training rows. */
export const categorical = (expression: string, options: { maxLevels?: number } = {}) => ({
  kind: 'categorical' as const,
  expression,
  ...options,
});

/**
 * Declares a model.
 * @throws SpecError naming field, value and what was expected
 */
export function defineModel(input: ModelInput): ModelSpec {
  return parseSpec(ModelShape, input, `model ${JSON.stringify(input?.name)}`, checkModel);
}
