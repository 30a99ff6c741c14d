import { describe, expect, it } from 'vitest';
import { trainSync } from '#adapters/xgboost/train.ts';
import type { PruningBar, TrainingMetric } from '#ports/trainer.ts';
import { readPythonModel } from './fixture.ts';
import { xgboost } from './library.ts';

const { request } = readPythonModel('categorical');
const trainWith = (prune: readonly PruningBar[], metric: TrainingMetric = 'logloss') =>
  trainSync(xgboost, { ...request, prune, parameters: { ...request.parameters, metric } });

describe('a training with a bar to clear', () => {
  const whole = trainWith([]);
  const losses = whole.history.map(({ validation }) => validation as number);
  const third = losses[3] as number;

  it('ends after the round in which its best loss so far is above the bar, with the best rounds until then', () => {
    const pruned = trainWith([{ round: 3, value: third - 1e-6 }]);
    expect(third).toBe(Math.min(...losses.slice(0, 4)));
    expect(pruned.prunedAt).toBe(3);
    expect(pruned.history).toEqual(whole.history.slice(0, 4));
    expect(pruned.bestRound).toBe(3);
    const { earlyStop: _, ...parameters } = { ...request.parameters, rounds: 4 };
    const short = trainSync(xgboost, { ...request, parameters });
    expect(Buffer.compare(pruned.model, short.model)).toBe(0);
  });

  it('goes on when it just reaches the bar', () => {
    expect(trainWith([{ round: 3, value: third }])).toEqual(whole);
  });

  it('is judged by its best round, not by its latest', () => {
    const later = whole.bestRound + 2;
    const best = losses[whole.bestRound] as number;
    expect(losses[later]).toBeGreaterThan(best);
    expect(trainWith([{ round: later, value: best }]).prunedAt).toBeUndefined();
    expect(trainWith([{ round: later, value: best - 1e-6 }]).prunedAt).toBe(later);
  });

  it('meets each of several bars in its round', () => {
    const bars = [
      { round: 2, value: 1 },
      { round: 5, value: 0 },
      { round: 4, value: 0 },
    ];
    expect(trainWith(bars).prunedAt).toBe(4);
  });

  it.each(['auc', 'aucpr'] as const)('must stay above it when the metric is %s', (metric) => {
    const areas = trainWith([], metric).history.map(({ validation }) => validation as number);
    const best = Math.max(...areas.slice(0, 4));
    expect(trainWith([{ round: 3, value: best }], metric).prunedAt).toBeUndefined();
    expect(trainWith([{ round: 3, value: best + 1e-6 }], metric).prunedAt).toBe(3);
  });

  it('that comes after its last round never meets it', () => {
    expect(trainWith([{ round: 1000, value: 0 }])).toEqual(whole);
  });
});
