import { z } from 'zod';
import type { SingleAlgorithm } from './algorithm.ts';

export const Task = z.enum(['binary', 'multiclass', 'regression']);
export type Task = z.output<typeof Task>;

/** The metrics of each task, as evaluations name them. */
export const METRICS = {
  binary: ['auc', 'averagePrecision', 'logLoss', 'brier', 'ece', 'accuracy', 'precision', 'recall', 'f1'],
  multiclass: ['logLoss', 'accuracy', 'macroF1', 'macroAuc', 'brier', 'ece'],
  regression: [
    'rmse',
    'mae',
    'mse',
    'r2',
    'medianAbsoluteError',
    'bias',
    'pinball',
    'poissonDeviance',
    'tweedieDeviance',
  ],
} as const satisfies Record<Task, readonly string[]>;

/** Metrics that two models can be compared by, row by row; `auc` for binary models only. */
export const COMPARED_METRICS = [
  'logLoss',
  'brier',
  'auc',
  'mse',
  'mae',
  'pinball',
  'poissonDeviance',
  'tweedieDeviance',
] as const;
export type ComparedMetric = (typeof COMPARED_METRICS)[number];

const COMPARED: Record<Task, readonly ComparedMetric[]> = {
  binary: ['logLoss', 'brier', 'auc'],
  multiclass: ['logLoss', 'brier'],
  regression: ['mse', 'mae', 'pinball', 'poissonDeviance', 'tweedieDeviance'],
};

/** The metrics that two models of a task can be compared by. */
export function comparedMetrics(task: Task): readonly ComparedMetric[] {
  return COMPARED[task];
}

/** Whether more of a metric is better. */
export function isHigherBetter(metric: string): boolean {
  return [
    'auc',
    'averagePrecision',
    'accuracy',
    'precision',
    'recall',
    'f1',
    'macroF1',
    'macroAuc',
    'r2',
  ].includes(metric);
}

const LOSS_METRIC = {
  squared: 'mse',
  absolute: 'mae',
  quantile: 'pinball',
  poisson: 'poissonDeviance',
  tweedie: 'tweedieDeviance',
} as const;

/** What an algorithm minimises on a task's rows: the metric that a model is chosen and compared by unless said otherwise. */
export function primaryMetric(task: Task, algorithm: SingleAlgorithm): Exclude<ComparedMetric, 'auc'> {
  if (task !== 'regression') return 'logLoss';
  return 'loss' in algorithm ? LOSS_METRIC[algorithm.loss] : 'mse';
}
