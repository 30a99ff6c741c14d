import type { TreesSpec } from '#core/spec/algorithm.ts';
import type { ComparedMetric, Task } from '#core/spec/task.ts';
import type { TrainingMetric, TrainingObjective, TrainingParameters } from '#ports/trainer.ts';

const REGRESSION: Record<TreesSpec['loss'], TrainingObjective> = {
  squared: 'reg:squarederror',
  absolute: 'reg:absoluteerror',
  quantile: 'reg:quantileerror',
  poisson: 'count:poisson',
  tweedie: 'reg:tweedie',
};

const WATCHED: Record<ComparedMetric, TrainingMetric | undefined> = {
  logLoss: undefined,
  brier: undefined,
  auc: 'auc',
  mse: 'rmse',
  mae: 'mae',
  pinball: undefined,
  poissonDeviance: undefined,
  tweedieDeviance: undefined,
};

/**
 * A spec's trees as the engine is asked for them.
 * @param metric what the version is chosen by; one that the engine does not know is watched through the loss itself
 * @param rounds of boosting, in place of the spec's most
 */
export function treeParameters(
  algorithm: TreesSpec,
  task: Task,
  classes: number | undefined,
  metric: ComparedMetric,
  threads: number,
  rounds?: number,
): TrainingParameters {
  const { loss, quantile, tweediePower, monotone, interactions } = algorithm;
  const objective =
    task === 'binary' ? 'binary:logistic' : task === 'multiclass' ? 'multi:softprob' : REGRESSION[loss];
  const watched = task === 'multiclass' ? undefined : WATCHED[metric];
  return {
    objective,
    ...(watched && { metric: watched }),
    ...(objective === 'multi:softprob' && { classes: classes as number }),
    ...(objective === 'reg:quantileerror' && { quantile }),
    ...(objective === 'reg:tweedie' && { tweediePower }),
    ...(Object.keys(monotone).length > 0 && { monotone }),
    ...(interactions.length > 0 && { interactions }),
    ...shapeOf(algorithm, rounds),
    threads,
  };
}

/** Boosting goes on for rounds; a forest is one round of many trees that are not shrunk. */
function shapeOf(algorithm: TreesSpec, rounds: number | undefined) {
  const { maxDepth, minChildWeight, subsample, lambda, alpha, gamma, seed } = algorithm;
  const shared = { maxDepth, minChildWeight, subsample, lambda, alpha, gamma, seed };
  if (algorithm.kind === 'forest') {
    const { trees: treesPerRound, columnSampleByNode } = algorithm;
    return { ...shared, rounds: 1, treesPerRound, learningRate: 1, columnSampleByNode };
  }
  const { learningRate, columnSample, earlyStop } = algorithm;
  const length = rounds === undefined ? { rounds: algorithm.rounds, earlyStop } : { rounds };
  return { ...shared, ...length, learningRate, columnSample };
}
