/** A dense table of features as the engines take it. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Row-major, rows x columns; NaN = missing; a categorical feature holds its level's index. */
  readonly values: Float32Array;
}

/**
 * A matrix of zeros to be filled, in memory that threads share: a trainer's worker reads it in place,
 * while the values of any other matrix are copied to it. Rows in one stretch are a matrix of their own
 * without a copy (`rowRange`), so one matrix holds train, validation and both together.
 */
export function allocateMatrix(rows: number, columns: number): Matrix {
  return { rows, columns, values: allocateFloats(rows * columns) };
}

/** Zeros in memory that threads share: for labels and weights of many rows. */
export function allocateFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
}

/** The rows `from` to `to - 1` of a matrix, in the same memory. */
export function rowRange({ columns, values }: Matrix, from: number, to: number): Matrix {
  return { rows: to - from, columns, values: values.subarray(from * columns, to * columns) };
}

/** One column of a training matrix, in the matrix's order. */
export interface TrainingFeature {
  readonly name: string;
  /** Number of levels of a categorical feature, its values being 0 to levels - 1; absent: a number. */
  readonly levels?: number;
}

/** Rows to learn from or to judge by. */
export interface TrainingSet {
  readonly features: Matrix;
  /**
   * One a row: 0 or 1 for `binary:logistic`, a class's index for `multi:softprob`, 0 or more for
   * `count:poisson` and `reg:tweedie`, any finite number for the others.
   */
  readonly labels: Float32Array;
  /** One a row, 0 or more; absent: every row counts 1. */
  readonly weights?: Float32Array;
}

/**
 * What trees are grown to minimise, as XGBoost names it, and the metrics that can be watched for it; the
 * first is what the objective itself minimises, and the default.
 */
export const TRAINING_METRICS = {
  'binary:logistic': ['logloss', 'auc', 'aucpr'],
  'multi:softprob': ['mlogloss', 'merror', 'auc'],
  'reg:squarederror': ['rmse', 'mae'],
  'reg:absoluteerror': ['mae', 'rmse'],
  'reg:quantileerror': ['quantile', 'mae', 'rmse'],
  'count:poisson': ['poisson-nloglik', 'mae', 'rmse'],
  'reg:tweedie': ['tweedie-nloglik', 'mae', 'rmse'],
} as const;

export type TrainingObjective = keyof typeof TRAINING_METRICS;

/**
 * Losses in nats (`logloss`, `mlogloss`, `poisson-nloglik`, `tweedie-nloglik`), the share of wrong classes
 * (`merror`), errors in the label's unit (`rmse`, `mae`, `quantile`: the pinball loss), or areas that are to
 * be large (`auc`, for classes one against the rest by their weight; `aucpr`, precision and recall).
 */
export type TrainingMetric = (typeof TRAINING_METRICS)[TrainingObjective][number];

/** Whether `value` is strictly better than `other`; nothing is better than no value (NaN). */
export function isBetter(metric: TrainingMetric, value: number, other: number): boolean {
  return metric === 'auc' || metric === 'aucpr' ? value > other : value < other;
}

/** Settings of trees, boosted or in a random forest; those left out are the engine's own defaults. */
export interface TrainingParameters {
  readonly objective: TrainingObjective;
  /** What early stopping and pruning watch. @default the objective's first in `TRAINING_METRICS` */
  readonly metric?: TrainingMetric;
  /** Number of classes, 2 to 1024; with `multi:softprob`, and only then. */
  readonly classes?: number;
  /** Which quantile is predicted, in (0, 1); with `reg:quantileerror`, and only then. */
  readonly quantile?: number;
  /** Variance power, in (1, 2); only with `reg:tweedie`. @default 1.5 */
  readonly tweediePower?: number;
  /** Rounds at most, 1 or more. */
  readonly rounds: number;
  /** Stops after this many rounds without a better validation metric; needs a validation set. */
  readonly earlyStop?: number;
  /**
   * Trees a round and output, 1 or more. A random forest is one round of many trees with `learningRate` 1
   * and `subsample` and `columnSampleByNode` below 1. @default 1
   */
  readonly treesPerRound?: number;
  /** Levels of a tree, 1 to 30. */
  readonly maxDepth?: number;
  /** In (0, 1]. */
  readonly learningRate?: number;
  readonly minChildWeight?: number;
  /** Share of the rows a tree sees, in (0, 1]. */
  readonly subsample?: number;
  /** Share of the columns a tree sees, in (0, 1]. */
  readonly columnSample?: number;
  /** Share of the tree's columns that each split chooses from, in (0, 1]. */
  readonly columnSampleByNode?: number;
  /** L2 penalty on leaves. */
  readonly lambda?: number;
  /** L1 penalty on leaves. */
  readonly alpha?: number;
  /** Loss a split must save. */
  readonly gamma?: number;
  /** Histogram bins a numeric feature, 2 to 65536. */
  readonly maxBins?: number;
  /** Categorical features with fewer levels are split one level against the rest. */
  readonly maxCatToOnehot?: number;
  /** Levels a categorical split may name. */
  readonly maxCatThreshold?: number;
  /** Numeric feature -> 1 when the score may only rise with it, -1 when it may only fall. @default none */
  readonly monotone?: Readonly<Record<string, -1 | 1>>;
  /** Groups of features that may share a path; a feature in no group stands alone. @default any may */
  readonly interactions?: readonly (readonly string[])[];
  readonly seed: number;
  /** Part of the model's identity: another number of threads sums floats in another order. 1 to 256. */
  readonly threads: number;
}

/** A bar to clear: after `round` (0-based) the best validation metric so far must not be worse than `value`. */
export interface PruningBar {
  readonly round: number;
  readonly value: number;
}

export interface TrainingRequest {
  readonly train: TrainingSet;
  /** Same columns as `train`; judges early stopping and is never learned from. */
  readonly validation?: TrainingSet;
  readonly features: readonly TrainingFeature[];
  readonly parameters: TrainingParameters;
  /** Ends a training that is not worth its time; needs a validation set. @default none */
  readonly prune?: readonly PruningBar[];
  /**
   * Whether the metric on the rows trained on is told every round, which costs about a fifth of the time.
   * Without it and without validation it is told for the last round alone. @default false
   */
  readonly evaluateTrain?: boolean;
}

/** The metric after one round (0-based) on the rows that were evaluated. */
export interface TrainingRound {
  readonly round: number;
  readonly metric: TrainingMetric;
  readonly train?: number;
  readonly validation?: number;
}

export interface TrainedModel {
  /** UBJSON (.ubj) of the trees up to the best round only: nobody has to honour `bestRound`. */
  readonly model: Uint8Array;
  /** 0-based round with the best validation metric, the first of equals; the last round without validation. */
  readonly bestRound: number;
  /** The round (0-based) whose bar in `prune` was missed, after which training ended. */
  readonly prunedAt?: number;
  /** Every round trained, also those after the best one. */
  readonly history: readonly TrainingRound[];
  /** Such as `3.2.0`. */
  readonly libraryVersion: string;
}

/** Trains one model. Same request, same bytes. */
export interface Trainer {
  /**
   * The request's arrays must not change until the promise settles.
   * @param onRound called after each round; what it throws ends the training and is thrown on
   * @throws InvalidInputError when sizes, values or parameters do not fit
   * @throws NotFeasibleError when the rows cannot teach the objective: a class is missing, or every count is 0
   */
  train(request: TrainingRequest, onRound?: (round: TrainingRound) => void): Promise<TrainedModel>;
}
