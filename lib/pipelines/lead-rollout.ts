import { completeRollout, emptyDeployment, nextStage, rollBack } from '#core/registry/change-deployment.ts';
import { deploymentChanged } from '#core/registry/deployment-event.ts';
import type {
  AuditRecord,
  Deployment,
  DeploymentChange,
  Rollout,
} from '#core/registry/deployment-records.ts';
import type { RolloutCounts } from '#core/registry/serving-records.ts';
import { judgeRollout, type RolloutEvidence } from '#core/rollout/judge-rollout.ts';
import { secondsToNextLook } from '#core/rollout/next-look.ts';
import { rolloutReason } from '#core/rollout/rollout-changes.ts';
import { type PlannedStage, stagesOf } from '#core/rollout/stages.ts';
import { readOutcomes } from './read-outcomes.ts';
import {
  type LedRollout,
  type RolloutPlan,
  type RolloutPorts,
  type RolloutStep,
  readChanges,
} from './rollout-step.ts';

/** A look at a rollout. */
export interface RolloutLook extends LedRollout {
  readonly plan: RolloutPlan;
  /** The stage that the caller knows of, from 0. */
  readonly stageIndex: number;
  /** Counts looks, from 1. */
  readonly look: number;
}

/** Who makes the changes of a rollout. */
const LEADER = 'deploy-model';
/** Looks between two at truth, which is read from the log; before every step forward it is judged, too. */
const TRUTH_EVERY = 10;

/**
 * Looks at a rollout: takes the challenger back when it is not sound; gives it its next stage, or makes it champion,
 * when its stage is over; else waits. The change is made here, so that it reaches the pointer at once. Done again, it
 * finds what was done.
 * @throws ConflictError when somebody changed the deployment at the same time: call again
 */
export async function leadRollout(ports: RolloutPorts, look: RolloutLook): Promise<RolloutStep> {
  const { registry } = ports;
  const { model, id, plan, now, pace } = look;
  const deployment = (await registry.deployment(model)) ?? emptyDeployment(model, now);
  const { rollout } = deployment;
  const changes = () => readChanges(registry, model, id);
  if (rollout?.id !== id) return ended(look, (await changes()).at(-1));
  const stages = stagesOf(plan.rollout);
  const { stageIndex } = rollout;
  const stage = stages[stageIndex] as PlannedStage;
  if (stageIndex > look.stageIndex) return entered(look, stage, stageIndex, (await changes()).at(-1));

  const left = (Date.parse(rollout.stageStartedAt) - Date.parse(now)) / 1000 + stage.seconds / pace;
  const counts = await registry.served(model, { rollout: id, stageIndex });
  const read =
    left <= 0 || look.look % TRUTH_EVERY === 0
      ? await readTruth(ports, look, deployment, rollout, await changes())
      : undefined;
  const evidence: RolloutEvidence = {
    counts,
    binned: plan.task !== 'regression' || rollout.scoreEdges !== undefined,
    ...(read && { truth: read.truth }),
  };
  const judgement = judgeRollout(evidence, plan.rollout.health);
  const { breaches } = judgement;
  const notes = [...judgement.notes, ...(read?.notes ?? [])];
  const because = (...sentences: readonly string[]) => {
    const reason = rolloutReason(id, [...sentences, describe(rollout)].join('; '));
    return { id, by: LEADER, at: now, reason };
  };
  const commit = async (
    decision: 'promote' | 'rolledBack',
    change: DeploymentChange,
  ): Promise<RolloutStep> => {
    await registry.commitDeployment(change);
    return { decision, stageIndex, waitSeconds: 0, changed: deploymentChanged(change.audit), notes };
  };

  if (breaches.length > 0) return commit('rolledBack', rollBack(deployment, because(...breaches)));
  if (left > 0 || deployment.frozen) {
    const waitSeconds = secondsToNextLook(stage.seconds, left, pace);
    return { decision: left > 0 ? 'wait' : 'held', stageIndex, waitSeconds, changed: null, notes };
  }
  const passed = because(`no breach in ${requestsOf(counts)}`, ...notes);
  const next = stages[stageIndex + 1];
  if (!next) return commit('promote', completeRollout(deployment, passed));
  const change = nextStage(deployment, { ...passed, stage: next.stage, stageIndex: stageIndex + 1 });
  if (change) await registry.commitDeployment(change);
  return { ...entered(look, next, stageIndex + 1, change?.audit), notes };
}

/** A stage has begun. */
function entered(
  { pace }: RolloutLook,
  { seconds }: PlannedStage,
  stageIndex: number,
  by: AuditRecord | undefined,
): RolloutStep {
  const waitSeconds = secondsToNextLook(seconds, seconds / pace, pace);
  return {
    decision: 'nextStage',
    stageIndex,
    waitSeconds,
    changed: by ? deploymentChanged(by) : null,
    notes: [],
  };
}

/** The rollout runs no more: by its own last change, or because others ended it. */
function ended({ stageIndex }: RolloutLook, last: AuditRecord | undefined): RolloutStep {
  const end = { stageIndex, waitSeconds: 0, notes: [] };
  const decision = last && DECISIONS[last.action];
  if (!last || !decision) return { ...end, decision: 'superseded', changed: null };
  return { ...end, decision, changed: deploymentChanged(last) };
}

const DECISIONS: { readonly [Action in AuditRecord['action']]?: 'promote' | 'rolledBack' } = {
  promote: 'promote',
  rollback: 'rolledBack',
};

/** Rows of the rollout whose truth is known. Where the log is large, of its newest part, which is noted. */
async function readTruth(
  { store }: RolloutPorts,
  { model, now, plan }: RolloutLook,
  { champion }: Deployment,
  { candidate, stageStartedAt }: Rollout,
  changes: readonly AuditRecord[],
): Promise<{ readonly truth: NonNullable<RolloutEvidence['truth']>; readonly notes: readonly string[] }> {
  const stageStarts = changes.length > 0 ? changes.map(({ at }) => at) : [stageStartedAt];
  const to = Date.parse(now);
  const from = Date.parse(stageStarts[0] as string);
  const read = await readOutcomes(store, model, { from, to, asOf: to, within: plan.truthWithin });
  const since = new Date(read.from).toISOString();
  return {
    truth: {
      outcomes: read.joined.outcomes,
      stageStarts,
      versions: { champion: champion?.version ?? 0, candidate: candidate.version },
    },
    notes:
      read.from > from ? [`truth judged of answers since ${since}: the log holds more than is read`] : [],
  };
}

function describe({ stage, stageStartedAt }: Rollout): string {
  const what = stage.kind === 'shadow' ? 'shadow' : `canary of ${stage.percent} %`;
  return `${what} since ${stageStartedAt}`;
}

const requestsOf = ({ champion, candidate }: RolloutCounts) =>
  `${candidate.requests} requests of the challenger and ${champion.requests} of the champion`;
