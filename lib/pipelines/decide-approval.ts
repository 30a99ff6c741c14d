import { ConflictError, NotFoundError } from '#core/errors.ts';
import { type ApprovalWish, approvalDecided, decide } from '#core/registry/approval.ts';
import type { ModelManifest } from '#core/registry/bundle.ts';
import { deploymentChanged } from '#core/registry/deployment-event.ts';
import type { Approval, ModelVersion, ObjectPointer } from '#core/registry/records.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { Events } from '#ports/events.ts';
import type { ModelExecutions } from '#ports/executions.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { ModelRegistry, ServingRegistry } from '#ports/registry.ts';
import { expireApproval } from './expire-approval.ts';
import { readJson } from './load-bundle.ts';
import { type Promoted, promoteVersion, requireCompared } from './promote-version.ts';
import { tellBus } from './tell-bus.ts';

/** Others can decide first, or end the request, so many times in a row. */
const MAX_ATTEMPTS = 5;
/** Changes of the deployment that are looked through for a promotion of before. */
const PAGE = { limit: 100 };

export interface ApprovalPorts {
  readonly registry: ModelRegistry & Pick<ServingRegistry, 'audit'>;
  readonly store: Pick<ObjectStore, 'readVerified'>;
  readonly events: Events;
  /** Of `deploy-model`. */
  readonly rollouts: Pick<ModelExecutions, 'start'>;
}

/** A version that was decided about. */
type Decided = ModelVersion & {
  readonly manifest: ObjectPointer;
  readonly approval: Approval & { readonly decided: NonNullable<Approval['decided']> };
};

export interface DecidedApproval {
  readonly version: ModelVersion;
  readonly outcome: Promoted['outcome'] | 'rejected';
  /** Of the deployment. */
  readonly rev: number;
}

/**
 * A person approves or rejects a version that waits for it. What is approved is promoted, or tried beside the champion
 * first, as what policy approves. Asked again, it goes on where it was cut off; the same decision twice is one.
 * @throws NotFoundError when there is no such version
 * @throws ConflictError when it does not wait, not any more, was decided otherwise, is not the bundle that was asked
 *   about, or was compared with another champion
 * @throws IntegrityError when the bundle's manifest is not what was recorded
 */
export async function decideApproval(
  ports: ApprovalPorts,
  name: { readonly model: string; readonly version: number },
  wish: ApprovalWish,
): Promise<DecidedApproval> {
  const version = await storeDecision(ports, name, wish);
  const { decided } = version.approval;
  await tellBus(ports.events, 'ApprovalDecided', approvalDecided(version, decided));
  if (decided.decision === 'rejected') {
    const rev = (await ports.registry.deployment(name.model))?.rev ?? 0;
    return { version, outcome: 'rejected', rev };
  }
  return { version, ...(await promote(ports, version, wish.at)) };
}

async function storeDecision(
  { registry, store }: ApprovalPorts,
  { model, version: number }: { readonly model: string; readonly version: number },
  wish: ApprovalWish,
): Promise<Decided> {
  for (let attempt = 1; ; attempt++) {
    const found = await registry.modelVersion(model, number);
    if (!found) throw new NotFoundError(`${model}@${number} does not exist`);
    const version = await expireApproval(registry, found, wish.at);
    const next = decide(version, wish);
    if (!next) return version as Decided;
    if (wish.decision === 'approved') {
      // Before anything is stored: an approval that comes to nothing would leave nobody to ask again.
      await readJson(store, (next as Decided).manifest);
      const champion = (await registry.deployment(model))?.champion?.version ?? null;
      requireCompared(version, (next as Decided).approval.comparedWith, champion);
    }
    try {
      await registry.updateModelVersion(next, 'waiting');
      return next as Decided;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/** Others may change the deployment at the same time, another that asks the same among them. */
async function promote(ports: ApprovalPorts, version: Decided, at: string) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await promoteOnce(ports, version, at);
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

async function promoteOnce(
  { registry, store, events, rollouts }: ApprovalPorts,
  version: Decided,
  at: string,
): Promise<Omit<DecidedApproval, 'version'>> {
  const { model, version: number, runId, approval, manifest } = version;
  const { sha256: approvedSha256, comparedWith, decided } = approval;
  const earlier = (await registry.audit(model, PAGE)).find(
    ({ to, from }) => to === number && from !== number,
  );
  const current = await registry.deployment(model);
  if (earlier && current) {
    if (current.champion?.version !== number)
      throw overAlready(version, `it became champion at ${earlier.at}`);
    await tellBus(events, 'DeploymentChanged', deploymentChanged(earlier));
    return { outcome: 'promoted', rev: current.rev };
  }
  const { files } = await readJson<ModelManifest>(store, manifest);
  const { rollout } = await readJson<ModelSpec>(store, files['spec.json']);
  const mandate = { by: decided.by, reason: `run ${runId}: passed its gates, approved: ${decided.reason}` };
  const request = { version, approvedSha256, comparedWith, rollout, at, ...mandate };
  const { outcome, rev, change } = await promoteVersion(registry, request);
  if (change) await tellBus(events, 'DeploymentChanged', deploymentChanged(change.audit));
  if (outcome === 'rollout') {
    const input = { version: number, approvedSha256, comparedWith, ...mandate };
    // A name of the version's own: a rollout that is over does not begin again.
    if (!(await rollouts.start(model, { execution: runId, input })))
      throw overAlready(version, `its rollout ${runId} is over`);
  }
  return { outcome, rev };
}

function overAlready({ model, version }: Decided, what: string): ConflictError {
  const name = `${model}@${version}`;
  return new ConflictError(
    `${name} was approved before, and ${what}: to make it champion now, "npx leeboard promote ${name}"`,
  );
}
