import type { ModelSpec } from '../spec/model.ts';
import type { VersionEvaluation } from '../training/evaluation.ts';

/** The metric that a model is watched by, and how much worse it may become, in the metric's unit. */
export interface WatchedMetric {
  readonly metric: string;
  readonly margin: number;
}

/** What its champion is replaced by, where the spec says it; else what its task is usually told by. */
export function watchedMetric(
  { task, gates }: Pick<ModelSpec, 'task' | 'gates'>,
  { metric }: Pick<VersionEvaluation, 'metric'>,
): WatchedMetric {
  if (gates.champion) return { metric: gates.champion.metric, margin: gates.champion.margin };
  return { metric: { binary: 'auc', multiclass: 'macroF1', regression: metric }[task], margin: 0 };
}
