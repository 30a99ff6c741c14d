import type { LiveModel } from '#core/api/status.ts';

/** A model that nobody asked anything of. */
export const IDLE: LiveModel = {
  model: 'late',
  champion: null,
  inFlight: 0,
  requestsPerSecond: 0,
  instances: 0,
  rollout: null,
  frozen: false,
  runs: { active: [], waiting: [] },
  batches: [],
};
