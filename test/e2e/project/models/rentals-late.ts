import { defineModel, xgboost } from '#core/spec/model.ts';
import { rentals } from '../datasets/rentals.ts';

/** Does a rental come back late? It trains itself again: for the tests of that alone. */
export const rentalsLate = defineModel({
  name: 'rentals-late',
  monitor: { every: '30 days', latencyMs: 29_000 },
  task: 'binary',
  from: rentals,
  label: 'hours > 1',
  available: { hours: 'after' },
  features: { days: 'days', age: 'age' },
  minRows: 500,
  algorithm: xgboost({ rounds: 40, maxDepth: 2 }),
  gates: { metrics: { auc: { min: 0.6 } } },
  retrain: {
    onDrift: true,
    onPerformance: true,
    onNewData: { minRows: 1000 },
    // A minute has sixty seconds, and the pace of the tests is sixty.
    cooldown: '1 minute',
    budget: { trainings: 50 },
    windows: ['all', '10 days'],
  },
});
