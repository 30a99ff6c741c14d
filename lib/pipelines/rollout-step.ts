import type { DeploymentChanged } from '#core/registry/deployment-event.ts';
import type { AuditRecord } from '#core/registry/deployment-records.ts';
import { changesOf } from '#core/rollout/rollout-changes.ts';
import type { RolloutSpec } from '#core/spec/rollout.ts';
import type { Task } from '#core/spec/task.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { ModelRegistry, ServingRegistry } from '#ports/registry.ts';

export interface RolloutPorts {
  readonly store: ObjectStore;
  readonly registry: ModelRegistry & ServingRegistry;
}

/** One execution of `deploy-model`, now. */
export interface LedRollout {
  readonly model: string;
  /** The execution's name. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly now: string;
  /** The environment's: stages are divided by it. */
  readonly pace: number;
}

/** What a rollout goes by: the candidate's own spec, so that nothing changes under way. Plain JSON. */
export interface RolloutPlan {
  readonly rollout: RolloutSpec;
  readonly task: Task;
  /** The spec's `truth.within`. */
  readonly truthWithin: string;
}

/** What a step of a rollout came to. Plain JSON. */
export interface RolloutStep {
  /**
   * `begun`, `nextStage`, `promote`, `rolledBack`: the deployment was changed so; `held`: the stage is over, and the
   * deployment frozen; `superseded`: others ended the rollout.
   */
  readonly decision: 'begun' | 'wait' | 'held' | 'nextStage' | 'promote' | 'rolledBack' | 'superseded';
  /** The stage that runs, from 0. */
  readonly stageIndex: number;
  /** Until the next look; 0: there is none. */
  readonly waitSeconds: number;
  readonly changed: DeploymentChanged | null;
  /** What could not be judged, and why. */
  readonly notes: readonly string[];
}

/** A rollout has at most 11 stages: most often the first page has all of its changes. */
const AUDIT_PAGE = 100;

/** The changes that a rollout made, oldest first, however many others were made meanwhile. */
export async function readChanges(
  registry: Pick<ServingRegistry, 'audit'>,
  model: string,
  id: string,
): Promise<AuditRecord[]> {
  for (let limit = AUDIT_PAGE; ; limit *= 4) {
    const audit = await registry.audit(model, { limit });
    const changes = changesOf(id, audit);
    if (changes[0]?.action === 'begin-rollout' || audit.length < limit) return changes;
  }
}
