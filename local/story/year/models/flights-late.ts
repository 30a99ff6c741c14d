import { defineModel } from '#core/spec/model.ts';
import { flightsLate as shipped } from '../../../../models/flights-late.ts';

/** The model of the project, with a loop that closes itself. Its settings of learning are the shipped ones. */
export const flightsLate = defineModel({
  ...shipped,
  // The story asks by the month, not by the minute: nobody would answer for a canary.
  rollout: {},
  // A request a week is no silence, a busy machine is slow, and truth that comes once a month, all of it, is not missing
  // in between (docs/runbooks/truth-missing.md).
  monitor: { every: '7 days', silence: '30 days', latencyMs: 29_000, truth: 0 },
  // A month's flights come at once: more often there is nothing new to learn from.
  retrain: { onDrift: true, onPerformance: true, onNewData: { minRows: 20_000 }, cooldown: '30 days' },
});
