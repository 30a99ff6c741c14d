import { ConflictError } from '../errors.ts';
import type {
  AuditRecord,
  DeployedVersion,
  Deployment,
  DeploymentChange,
  Rollout,
  RolloutStage,
} from './deployment-records.ts';
import type { ModelVersion } from './records.ts';

/** Who changes a deployment, when and why. */
export interface Mandate {
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly reason: string;
}

export interface Promotion extends Mandate {
  readonly version: ModelVersion;
  /** The manifest hash that passed the gates and was approved. */
  readonly approvedSha256: string;
}

/** The first stage of a rollout; the others follow by `nextStage`. */
export interface RolloutStart extends Promotion {
  /** Name of the execution that leads it. */
  readonly id: string;
  readonly stage: RolloutStage;
  readonly stickTo?: string;
  readonly scoreEdges?: readonly number[];
}

/** Whoever leads a rollout says which: a rollout that is not theirs any more is left alone. */
export interface RolloutStep extends Mandate {
  readonly id: string;
}

/** Before the first promotion. */
export function emptyDeployment(model: string, at: string): Deployment {
  return { model, rev: 0, champion: null, changedAt: at };
}

/**
 * Makes an approved version champion; a rollout of another one ends.
 * @returns undefined when it already is: k deliveries equal one
 * @throws ConflictError when the version's bundle is not the approved one, it may not answer, the deployment is
 *   frozen, or a newer version answers already: a promotion that is delivered late takes nothing back
 */
export function promoteModel(current: Deployment, promotion: Promotion): DeploymentChange | undefined {
  if (current.champion?.version === approved(promotion).version) return undefined;
  requireNewer(current, promotion.version);
  return promoteAny(current, promotion);
}

/**
 * Makes an approved version champion because a person says so, older ones too, or lets the champion stay it: what is
 * tried beside it is not tried any more.
 * @returns undefined when it already is, and nothing is tried
 * @throws ConflictError as `promoteModel`, but for older versions
 */
export function promoteAny(current: Deployment, promotion: Promotion): DeploymentChange | undefined {
  const candidate = approved(promotion);
  const isChampion = current.champion?.version === candidate.version;
  if (isChampion && !current.rollout) return undefined;
  requireMoving(current);
  return change(
    current,
    'promote',
    promotion,
    isChampion ? { rollout: undefined } : withChampion(current, candidate),
  );
}

/**
 * Begins to try an approved version beside the champion; it takes the place of another one that is being tried.
 * @returns undefined when this rollout has begun already
 * @throws ConflictError as `promoteModel`, or when there is no champion to compare with
 */
export function beginRollout(current: Deployment, start: RolloutStart): DeploymentChange | undefined {
  const candidate = approved(start);
  if (current.rollout?.id === start.id) return undefined;
  requireMoving(current);
  requireNewer(current, start.version);
  if (!current.champion) {
    throw new ConflictError(
      `${current.model} has no champion: version ${candidate.version} needs no rollout`,
    );
  }
  const { id, stage, at, stickTo, scoreEdges } = start;
  const rollout: Rollout = {
    id,
    candidate,
    stage,
    stageIndex: 0,
    stageStartedAt: at,
    ...(stickTo !== undefined && { stickTo }),
    ...(scoreEdges && { scoreEdges }),
  };
  return change(current, 'begin-rollout', start, { rollout });
}

/**
 * Gives the challenger its next stage.
 * @param stageIndex of the stage; it must follow the one that runs
 * @returns undefined when it runs already
 * @throws ConflictError when the rollout is over or the deployment is frozen
 */
export function nextStage(
  current: Deployment,
  { stage, stageIndex, ...step }: RolloutStep & { stage: RolloutStage; stageIndex: number },
): DeploymentChange | undefined {
  const rollout = running(current, step);
  if (rollout.stageIndex === stageIndex) return undefined;
  requireMoving(current);
  if (rollout.stageIndex !== stageIndex - 1) {
    throw new ConflictError(
      `the stage of ${current.model}@${rollout.candidate.version} must be ${stageIndex - 1}, got ${rollout.stageIndex}`,
    );
  }
  const next = { ...rollout, stage, stageIndex, stageStartedAt: step.at };
  return change(current, 'next-stage', step, { rollout: next });
}

/**
 * Makes the challenger champion after its last stage.
 * @throws ConflictError when the rollout is over or the deployment is frozen
 */
export function completeRollout(current: Deployment, step: RolloutStep): DeploymentChange {
  const { candidate } = running(current, step);
  requireMoving(current);
  return change(current, 'promote', step, withChampion(current, candidate));
}

/**
 * Takes back what was changed last: the challenger of a running rollout, else the champion, for the one before it.
 * It is allowed while the deployment is frozen.
 * @param id of the rollout that it is about, when it is about a challenger only
 * @throws ConflictError when that rollout is over, or no champion before this one is known
 */
export function rollBack(current: Deployment, mandate: Mandate & { id?: string }): DeploymentChange {
  if (mandate.id !== undefined) running(current, { ...mandate, id: mandate.id });
  if (current.rollout) return change(current, 'rollback', mandate, { rollout: undefined });
  if (!current.previous) {
    throw new ConflictError(
      `${current.model} has no champion to go back to: promote one, "npx leeboard promote ${current.model}@<version>"`,
    );
  }
  return change(current, 'rollback', mandate, { champion: current.previous, previous: undefined });
}

/** Lets nothing be promoted until it is lifted. @returns undefined when it is frozen already */
export function freeze(current: Deployment, mandate: Mandate): DeploymentChange | undefined {
  return current.frozen ? undefined : change(current, 'freeze', mandate, { frozen: mandate });
}

/** Lifts a freeze. @returns undefined when there is none */
export function unfreeze(current: Deployment, mandate: Mandate): DeploymentChange | undefined {
  return current.frozen ? change(current, 'unfreeze', mandate, { frozen: undefined }) : undefined;
}

/** The bundle that may answer. @throws ConflictError when it may not, or is not the approved one */
function approved({ version, approvedSha256 }: Promotion): DeployedVersion {
  const name = `${version.model}@${version.version}`;
  const { manifest } = version;
  if (!manifest || version.status !== 'approved') {
    throw new ConflictError(`${name} must be approved to be promoted, got status ${version.status}`);
  }
  if (manifest.sha256 !== approvedSha256) {
    throw new ConflictError(`${name}: the approved bundle is ${approvedSha256}, got ${manifest.sha256}`);
  }
  return { version: version.version, manifest };
}

function requireNewer({ champion }: Deployment, { model, version }: ModelVersion): void {
  if (!champion || champion.version <= version) return;
  throw new ConflictError(`${model}@${version}: version ${champion.version} is champion, which is newer`);
}

function requireMoving({ model, frozen }: Deployment): void {
  if (!frozen) return;
  throw new ConflictError(
    `${model} is frozen by ${frozen.by} since ${frozen.at} (${frozen.reason}): lift it first, "npx leeboard unfreeze ${model}"`,
  );
}

function running({ model, rollout }: Deployment, { id }: RolloutStep): Rollout {
  if (rollout?.id === id) return rollout;
  throw new ConflictError(
    `rollout ${id} of ${model} is over: ${rollout ? `version ${rollout.candidate.version} is tried now` : 'none is tried now'}`,
  );
}

function withChampion(current: Deployment, champion: DeployedVersion): Changes {
  return { champion, previous: current.champion ?? undefined, rollout: undefined };
}

/** Roles that change; undefined ends one. */
type Changes = {
  readonly [Role in 'champion' | 'previous' | 'rollout' | 'frozen']?: Deployment[Role] | undefined;
};

function change(
  current: Deployment,
  action: AuditRecord['action'],
  { by, at, reason, id }: Mandate & { readonly id?: string },
  changes: Changes,
): DeploymentChange {
  const { model } = current;
  const rev = current.rev + 1;
  const { champion, previous, rollout, frozen } = { ...current, ...changes };
  const challenger = (rollout ?? current.rollout)?.candidate.version;
  const isAboutChallenger = action === 'begin-rollout' || action === 'next-stage' || action === 'rollback';
  return {
    expectedRev: current.rev,
    next: {
      model,
      rev,
      champion: champion ?? null,
      changedAt: at,
      ...(previous && { previous }),
      ...(rollout && { rollout }),
      ...(frozen && { frozen: { by: frozen.by, at: frozen.at, reason: frozen.reason } }),
    },
    audit: {
      model,
      rev,
      at,
      by,
      action,
      from: current.champion?.version ?? null,
      to: champion?.version ?? null,
      ...(isAboutChallenger && challenger !== undefined && { of: challenger }),
      ...(id !== undefined && { rollout: id }),
      reason,
    },
  };
}
