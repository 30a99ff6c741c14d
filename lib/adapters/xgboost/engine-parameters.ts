import {
  TRAINING_METRICS,
  type TrainingFeature,
  type TrainingMetric,
  type TrainingParameters,
} from '#ports/trainer.ts';

export function watchedMetric({ metric, objective }: TrainingParameters): TrainingMetric {
  return metric ?? TRAINING_METRICS[objective][0];
}

/** XGBoost's own names and texts of the parameters given. */
export function engineParameters(
  parameters: TrainingParameters,
  features: readonly TrainingFeature[],
): [name: string, value: string][] {
  const { monotone = {}, interactions = [] } = parameters;
  const columnOf = new Map(features.map(({ name }, column) => [name, column]));
  const named: Record<string, string | number | undefined> = {
    objective: parameters.objective,
    num_class: parameters.classes,
    quantile_alpha: parameters.quantile,
    tweedie_variance_power: parameters.tweediePower,
    eval_metric: metricName(parameters),
    tree_method: 'hist',
    num_parallel_tree: parameters.treesPerRound,
    max_depth: parameters.maxDepth,
    eta: parameters.learningRate,
    min_child_weight: parameters.minChildWeight,
    subsample: parameters.subsample,
    colsample_bytree: parameters.columnSample,
    colsample_bynode: parameters.columnSampleByNode,
    lambda: parameters.lambda,
    alpha: parameters.alpha,
    gamma: parameters.gamma,
    max_bin: parameters.maxBins,
    max_cat_to_onehot: parameters.maxCatToOnehot,
    max_cat_threshold: parameters.maxCatThreshold,
    ...(Object.keys(monotone).length > 0 && {
      monotone_constraints: `(${features.map(({ name }) => monotone[name] ?? 0)})`,
    }),
    ...(interactions.length > 0 && {
      interaction_constraints: JSON.stringify(
        interactions.map((group) => group.map((name) => columnOf.get(name))),
      ),
    }),
    seed: parameters.seed,
    nthread: parameters.threads,
    validate_parameters: 1,
  };
  return Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
}

/** The deviance of Tweedie carries its power in its name. */
function metricName(parameters: TrainingParameters): string {
  const metric = watchedMetric(parameters);
  return metric === 'tweedie-nloglik' ? `${metric}@${parameters.tweediePower ?? 1.5}` : metric;
}
