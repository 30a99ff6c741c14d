import type { Xgboost } from '#adapters/xgboost/library.ts';
import { loadPredictor } from '#adapters/xgboost/predict.ts';
import { trainSync } from '#adapters/xgboost/train.ts';
import { evaluateBinary } from '#core/evaluate/index.ts';
import { pickWinner, proposeTrials, pruneRule, type Trial, type TrialResult } from '#core/search/index.ts';
import type { TrainingParameters } from '#ports/trainer.ts';
import type { Matrices } from './matrix.ts';
import type { Found, SearchPlan } from './plan.ts';

/** The search as the product runs it: batches of proposals, each knowing the finished batches only. */
export function searchOurs(xgboost: Xgboost, matrices: Matrices, plan: SearchPlan, seed: number): Found {
  const started = performance.now();
  const results: TrialResult[] = [];
  while (results.length < plan.trials) {
    const count = Math.min(plan.parallel, plan.trials - results.length);
    const space = { candidates: { xgboost: plan.space } };
    const first = [{ candidate: 'xgboost', parameters: plan.own }];
    const request = {
      space,
      sampler: 'tpe',
      direction: 'maximize',
      seed,
      count,
      history: results,
      first,
    } as const;
    const bars = pruneRule(results, { candidate: 'xgboost', direction: 'maximize', ...plan.prune });
    results.push(...proposeTrials(request).map((trial) => runTrial(xgboost, matrices, plan, bars, trial)));
  }
  const seconds = (performance.now() - started) / 1000;
  const { parameters, value, rounds = 1 } = pickWinner(results, 'maximize');
  return {
    validation: value,
    september: septemberAuc(xgboost, matrices, { ...fixed(plan), ...parameters, rounds }),
    seconds,
    pruned: results.filter(({ status }) => status === 'pruned').length,
    parameters,
    rounds,
  };
}

/** The AUC in September of the spec's own settings, rounds by early stopping, trained January to August. */
export function trainOwn(xgboost: Xgboost, matrices: Matrices, plan: SearchPlan): number {
  const { rounds = 1 } = runTrial(xgboost, matrices, plan, [], {
    number: 0,
    candidate: 'xgboost',
    parameters: plan.own,
  });
  return septemberAuc(xgboost, matrices, { ...fixed(plan), ...plan.own, rounds });
}

function runTrial(
  xgboost: Xgboost,
  { train, validation, features }: Matrices,
  plan: SearchPlan,
  prune: ReturnType<typeof pruneRule>,
  trial: Trial,
): TrialResult {
  const parameters: TrainingParameters = {
    ...fixed(plan),
    ...trial.parameters,
    rounds: plan.rounds,
    earlyStop: plan.earlyStop,
  };
  const trained = trainSync(xgboost, { train, validation, features, parameters, prune });
  const curve = trained.history.map(({ round, validation: value = Number.NaN }) => [round, value] as const);
  const isPruned = trained.prunedAt !== undefined;
  const best = curve[trained.bestRound]?.[1] ?? null;
  return {
    ...trial,
    status: isPruned ? 'pruned' : 'completed',
    value: isPruned ? (curve.at(-1)?.[1] ?? null) : best,
    curve,
    rounds: trained.bestRound + 1,
  };
}

const fixed = ({ seed, threads }: SearchPlan) =>
  ({ objective: 'binary:logistic', metric: 'auc', seed, threads }) as const;

function septemberAuc(
  xgboost: Xgboost,
  { seen, september, features }: Matrices,
  parameters: TrainingParameters,
): number {
  const { model } = trainSync(xgboost, { train: seen, features, parameters });
  const predictor = loadPredictor(xgboost, model, parameters.threads);
  try {
    return evaluateBinary(september.labels, predictor.scores(september.features)).metrics.auc.value as number;
  } finally {
    predictor.close();
  }
}
