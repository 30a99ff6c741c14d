import { defineModel, xgboost } from '#core/spec/model.ts';
import { visits } from '../datasets/visits.ts';

/** Does a visitor stay? For the tests of the commands alone. */
export const visitsLong = defineModel({
  name: 'visits-long',
  monitor: { every: '30 days', latencyMs: 29_000 },
  task: 'binary',
  from: visits,
  label: 'minutes > 5',
  available: { minutes: 'after' },
  features: { pages: 'pages' },
  minRows: 100,
  algorithm: xgboost({ rounds: 20, maxDepth: 2 }),
  gates: { metrics: { auc: { min: 0.7 } } },
});
