/** A dense table of features as the engines take it. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Row-major, rows x columns; NaN = missing; a categorical feature holds its level's index. */
  readonly values: Float32Array;
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
  /** One a row, 0 or 1. */
  readonly labels: Float32Array;
  /** One a row, 0 or more; absent: every row counts 1. */
  readonly weights?: Float32Array;
}

/** What is minimised (logloss, in nats) or maximised (auc) when training stops early. */
export type TrainingMetric = 'logloss' | 'auc';

/** Settings of gradient boosted trees; those left out are the engine's own defaults. */
export interface TrainingParameters {
  readonly objective: 'binary:logistic';
  /** @default 'logloss' */
  readonly metric?: TrainingMetric;
  /** Trees at most, 1 or more. */
  readonly rounds: number;
  /** Stops after this many rounds without a better validation metric; needs a validation set. */
  readonly earlyStop?: number;
  readonly maxDepth?: number;
  readonly learningRate?: number;
  readonly minChildWeight?: number;
  /** Share of the rows a tree sees, in (0, 1]. */
  readonly subsample?: number;
  /** Share of the columns a tree sees, in (0, 1]. */
  readonly columnSample?: number;
  /** L2 penalty on leaves. */
  readonly lambda?: number;
  /** L1 penalty on leaves. */
  readonly alpha?: number;
  /** Loss a split must save. */
  readonly gamma?: number;
  /** Histogram bins a numeric feature. */
  readonly maxBins?: number;
  /** Categorical features with fewer levels are split one level against the rest. */
  readonly maxCatToOnehot?: number;
  /** Levels a categorical split may name. */
  readonly maxCatThreshold?: number;
  readonly seed: number;
  /** Part of the model's identity: another number of threads sums floats in another order. */
  readonly threads: number;
}

export interface TrainingRequest {
  readonly train: TrainingSet;
  /** Same columns as `train`; judges early stopping and is never learned from. */
  readonly validation?: TrainingSet;
  readonly features: readonly TrainingFeature[];
  readonly parameters: TrainingParameters;
}

/** The metric after one round (0-based) on the rows trained on and on the validation rows. */
export interface TrainingRound {
  readonly round: number;
  readonly metric: TrainingMetric;
  readonly train: number;
  readonly validation?: number;
}

export interface TrainedModel {
  /** UBJSON (.ubj) of the trees up to the best round only: nobody has to honour `bestRound`. */
  readonly model: Uint8Array;
  /** 0-based round with the best validation metric, the first of equals; the last round without validation. */
  readonly bestRound: number;
  /** Every round trained, also those after the best one. */
  readonly history: readonly TrainingRound[];
  /** Such as `3.2.0`. */
  readonly libraryVersion: string;
}

/** Trains one model. Same request, same bytes. */
export interface Trainer {
  /**
   * @param onRound called after each round; what it throws ends the training and is thrown on
   * @throws InvalidInputError when sizes, values or parameters do not fit
   * @throws NotFeasibleError when the training labels hold one class only
   */
  train(request: TrainingRequest, onRound?: (round: TrainingRound) => void): Promise<TrainedModel>;
}
