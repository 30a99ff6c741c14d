import { z } from 'zod';

/** Seed of everything an algorithm draws: rows, columns, split candidates. */
const seed = z.number().int().min(0).max(2_147_483_647).default(1);

/** Weight of a class's rows: `balanced` gives every class the same total; a record names each class's weight. */
const classWeights = z.union([z.literal('balanced'), z.record(z.string(), z.number().gt(0))]).optional();

/** What trees share, boosted or bagged. */
const trees = {
  /** What a regression minimises; binary and multiclass models have log loss. @default 'squared' */
  loss: z.enum(['squared', 'absolute', 'quantile', 'poisson', 'tweedie']).default('squared'),
  /** Which quantile `loss: 'quantile'` predicts. @default 0.5 */
  quantile: z.number().gt(0).lt(1).default(0.5),
  /** Variance power of `loss: 'tweedie'`: near 1 as Poisson, near 2 as gamma. @default 1.5 */
  tweediePower: z.number().gt(1).lt(2).default(1.5),
  lambda: z.number().min(0).default(1),
  alpha: z.number().min(0).default(0),
  gamma: z.number().min(0).default(0),
  /** Feature -> 1 when the prediction may only rise with it, -1 when it may only fall. */
  monotone: z.record(z.string(), z.union([z.literal(1), z.literal(-1)])).default({}),
  /** Groups of features that may share a path; a feature in no group stands alone. @default any may */
  interactions: z.array(z.array(z.string()).min(1)).default([]),
  classWeights,
  seed,
};

const Xgboost = z.strictObject({
  kind: z.literal('xgboost'),
  /** Most boosting rounds. @default 300 */
  rounds: z.number().int().min(1).max(10_000).default(300),
  /** Stop when the validation metric has not improved for so many rounds. @default 20 */
  earlyStop: z.number().int().min(1).max(1000).default(20),
  maxDepth: z.number().int().min(1).max(16).default(6),
  learningRate: z.number().gt(0).max(1).default(0.1),
  minChildWeight: z.number().min(0).default(1),
  subsample: z.number().gt(0).max(1).default(1),
  columnSample: z.number().gt(0).max(1).default(1),
  ...trees,
});

const Forest = z.strictObject({
  kind: z.literal('forest'),
  trees: z.number().int().min(1).max(5000).default(200),
  maxDepth: z.number().int().min(1).max(16).default(10),
  minChildWeight: z.number().min(0).default(5),
  /** Share of the rows each tree sees. @default 0.8 */
  subsample: z.number().gt(0).max(1).default(0.8),
  /** Share of the columns each split may choose from. @default 0.6 */
  columnSampleByNode: z.number().gt(0).max(1).default(0.6),
  ...trees,
});

const Linear = z.strictObject({
  kind: z.literal('linear'),
  /** Ridge penalty on standardised coefficients; the intercept is free. @default 1 */
  l2: z.number().min(0).default(1),
  classWeights,
  seed,
});

const Naive = z.strictObject({ kind: z.literal('naive'), seed });

/** One algorithm and its settings. */
export const SingleAlgorithm = z.discriminatedUnion('kind', [Xgboost, Forest, Linear, Naive]);

const Auto = z.strictObject({
  kind: z.literal('auto'),
  /** Tried under one budget; the best by the search's metric becomes the model. */
  candidates: z.array(SingleAlgorithm).min(1).max(8),
  seed,
});

const everything = (): z.input<typeof Auto> => ({
  kind: 'auto',
  candidates: [{ kind: 'xgboost' }, { kind: 'forest' }, { kind: 'linear' }],
});

/** `'auto'` is the search over boosted trees, a random forest and a linear model. */
export const AlgorithmSpec = z.union([
  z.literal('auto').transform(() => Auto.parse(everything())),
  z.discriminatedUnion('kind', [Xgboost, Forest, Linear, Naive, Auto]),
]);

export type SingleAlgorithm = z.output<typeof SingleAlgorithm>;
export type AlgorithmSpec = z.output<typeof AlgorithmSpec>;
export type TreesSpec = Extract<SingleAlgorithm, { kind: 'xgboost' | 'forest' }>;

/** Gradient-boosted trees by XGBoost. */
export const xgboost = (options: Omit<z.input<typeof Xgboost>, 'kind'> = {}) => ({
  kind: 'xgboost' as const,
  ...options,
});

/** A random forest, by XGBoost: many trees at once, each on a sample of rows and columns. */
export const forest = (options: Omit<z.input<typeof Forest>, 'kind'> = {}) => ({
  kind: 'forest' as const,
  ...options,
});

/** Linear regression, or logistic for a binary or multiclass task, with a ridge penalty. */
export const linear = (options: Omit<z.input<typeof Linear>, 'kind'> = {}) => ({
  kind: 'linear' as const,
  ...options,
});

/** Always the same answer: the classes' shares, the mean, or the median where the absolute error chooses. */
export const naive = () => ({ kind: 'naive' as const });

/** The algorithms a model may end up with: one, or `auto`'s candidates. */
export function candidatesOf(algorithm: AlgorithmSpec): readonly SingleAlgorithm[] {
  return algorithm.kind === 'auto' ? algorithm.candidates : [algorithm];
}
