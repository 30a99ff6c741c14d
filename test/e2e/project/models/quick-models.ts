import { defineModel, xgboost } from '#core/spec/model.ts';
import { silence } from '../datasets/readings.ts';
import { flightsLate } from './flights-late.ts';

const quick = { ...flightsLate, rollout: {}, algorithm: xgboost({ rounds: 20, earlyStop: 20, maxDepth: 4 }) };

/** Asks for what cannot be reached: every version is refused. */
export const flightsStrict = defineModel({
  ...quick,
  name: 'flights-strict',
  gates: { metrics: { auc: { min: 0.99 } } },
});

/** Its predictions are watched closely: nothing but the tests of monitoring calls it. */
export const flightsWatched = defineModel({
  ...quick,
  monitor: { ...quick.monitor, every: '1 hour' },
  name: 'flights-watched',
});

/** Has no data to learn from. */
export const silenceHigh = defineModel({
  name: 'silence-high',
  monitor: { every: '30 days', latencyMs: 29_000 },
  task: 'binary',
  from: silence,
  label: 'value > 0',
  available: { value: 'after' },
  features: { hour: 'hour(at)' },
});
