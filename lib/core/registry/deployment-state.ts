import type { DeploymentState } from '../api/deployments.ts';
import type { Deployment } from './deployment-records.ts';

/** A deployment as the API tells it. */
export function deploymentState({ model, rev, changedAt, ...roles }: Deployment): DeploymentState {
  const { champion, previous, rollout, frozen } = roles;
  return {
    model,
    rev,
    champion: champion?.version ?? null,
    previous: previous?.version ?? null,
    changedAt,
    rollout: rollout
      ? {
          id: rollout.id,
          challenger: rollout.candidate.version,
          stage: rollout.stage,
          stageIndex: rollout.stageIndex,
          stageStartedAt: rollout.stageStartedAt,
          stickTo: rollout.stickTo ?? null,
        }
      : null,
    frozen: frozen ?? null,
  };
}
