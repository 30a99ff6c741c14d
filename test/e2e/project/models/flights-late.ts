import { defineModel } from '#core/spec/model.ts';
import { flightsLate as shipped } from '../../../../models/flights-late.ts';

/** Its tests want every good version at once; rollouts have models of their own. It is watched when a test asks. */
export const flightsLate = defineModel({
  ...shipped,
  rollout: {},
  // A busy machine is slow: its latency tells nothing.
  monitor: { ...shipped.monitor, every: '30 days', latencyMs: 29_000 },
});
