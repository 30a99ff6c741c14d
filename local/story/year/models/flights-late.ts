import { defineModel } from '#core/spec/model.ts';
import { flightsLate as shipped } from '../../../../models/flights-late.ts';

/** The model of the project, with a loop that closes itself. Its settings of learning are the shipped ones. */
export const flightsLate = defineModel({
  ...shipped,
  // The story asks by the month, not by the minute: nobody would answer for a canary.
  rollout: {},
  // A request a week is no silence, and a busy machine is slow: its latency tells nothing.
  monitor: { every: '7 days', silence: '30 days', latencyMs: 29_000 },
  // A month's flights come at once: more often there is nothing new to learn from.
  retrain: { onDrift: true, onPerformance: true, onNewData: { minRows: 20_000 }, cooldown: '30 days' },
});
