import { defineModel, xgboost } from '#core/spec/model.ts';
import { parcels } from '../datasets/parcels.ts';

/** Does a parcel take more than a day? For the tests of truth alone. */
export const parcelsLate = defineModel({
  name: 'parcels-late',
  monitor: { every: '30 days', latencyMs: 29_000 },
  task: 'binary',
  from: parcels,
  label: 'hours > 24',
  available: { hours: 'after' },
  features: { weight: 'weight' },
  minRows: 100,
  algorithm: xgboost({ rounds: 20, maxDepth: 2 }),
  gates: { metrics: { auc: { min: 0.7 } } },
  truth: { within: '1 hour' },
});
