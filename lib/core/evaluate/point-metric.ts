import type { ComparedMetric, Task } from '../spec/task.ts';
import { auc } from './auc.ts';
import { meanWithError } from './interval.ts';
import { type LossSettings, lossOf } from './losses.ts';
import { ascendingOrder, scoredRows } from './scored-rows.ts';

/**
 * One metric of labelled rows, without its interval: what a search ranks by.
 * @returns null when the rows do not define it
 * @throws InvalidInputError as `evaluate` does
 */
export function pointMetric(
  metric: ComparedMetric,
  task: Task,
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  settings: LossSettings = {},
): number | null {
  if (metric === 'auc') return auc(scoredRows(labels, scores), ascendingOrder(scores), 0.95).value;
  const losses = lossOf(metric, task, settings)(labels, scores);
  return losses && meanWithError(losses).mean;
}
