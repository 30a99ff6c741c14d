import { expect, it } from 'vitest';
import { watchedMetric } from '#core/monitor/watched-metric.ts';
import { soundEvaluation } from '#test/core/evaluate/sound-evaluation.ts';
import { tripsLate } from '#test/support/trips.ts';

it('a model is watched by what its champion is replaced by, as far as that may fall', () => {
  const spec = tripsLate({ gates: { champion: { metric: 'brier', margin: 0.01 } } });
  expect(watchedMetric(spec, soundEvaluation())).toEqual({ metric: 'brier', margin: 0.01 });
});

it('else by what its task is told by', () => {
  const of = (task: 'binary' | 'multiclass' | 'regression') =>
    watchedMetric({ task, gates: tripsLate().gates }, soundEvaluation({ metric: 'mae' }));
  expect(of('binary')).toEqual({ metric: 'auc', margin: 0 });
  expect(of('multiclass')).toEqual({ metric: 'macroF1', margin: 0 });
  expect(of('regression')).toEqual({ metric: 'mae', margin: 0 });
});
