import { defineModel, xgboost } from '#core/spec/model.ts';
import { rentals } from '../datasets/rentals.ts';

/** Does a rental come back late? Small, so that one life of its loop takes seconds. */
export const rentalsLate = defineModel({
  name: 'rentals-late',
  monitor: { every: '30 days', latencyMs: 29_000 },
  task: 'binary',
  from: rentals,
  label: 'hours > 1',
  available: { hours: 'after' },
  features: { days: 'days' },
  minRows: 200,
  algorithm: xgboost({ rounds: 10, maxDepth: 2 }),
  gates: { metrics: { auc: { min: 0.6 } } },
  retrain: {
    onNewData: { minRows: 500 },
    // A minute has sixty seconds, and the pace of a local environment is sixty.
    cooldown: '1 minute',
    budget: { trainings: 10_000, usd: 10_000 },
    windows: ['all', '5 days'],
  },
});
