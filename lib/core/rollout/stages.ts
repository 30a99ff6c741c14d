import type { RolloutStage } from '../registry/deployment-records.ts';
import { durationSeconds } from '../spec/duration.ts';
import type { RolloutSpec } from '../spec/rollout.ts';

/** A stage and how long it is watched. */
export interface PlannedStage {
  readonly stage: RolloutStage;
  readonly seconds: number;
}

/** The stages of a rollout, in order; none when a version becomes champion at once. */
export function stagesOf({ shadow, canary }: RolloutSpec): PlannedStage[] {
  const first = shadow ? [{ stage: { kind: 'shadow' } as const, seconds: durationSeconds(shadow) }] : [];
  const others = canary.map((step) => ({
    stage: { kind: 'canary', percent: step.percent } as const,
    seconds: durationSeconds(step.for),
  }));
  return [...first, ...others];
}
