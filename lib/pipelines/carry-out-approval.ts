import { ConflictError } from '#core/errors.ts';
import type { ModelManifest } from '#core/registry/bundle.ts';
import { deploymentChanged } from '#core/registry/deployment-event.ts';
import type { Approval, ModelVersion, ObjectPointer } from '#core/registry/records.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { Events } from '#ports/events.ts';
import type { ModelExecutions } from '#ports/executions.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { ModelRegistry, ServingRegistry } from '#ports/registry.ts';
import { readJson } from './load-bundle.ts';
import { type Promoted, promoteVersion } from './promote-version.ts';
import { tellBus } from './tell-bus.ts';

/** Others can change the deployment first so many times in a row. */
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
export type DecidedVersion = ModelVersion & {
  readonly manifest: ObjectPointer;
  readonly approval: Approval & { readonly decided: NonNullable<Approval['decided']> };
};

/**
 * Promotes what a person approved, or has it tried beside the champion first. Done again, also by several at once, it
 * goes on where it was cut off.
 * @throws ConflictError when it was compared with another champion, or this was done before and is over
 * @throws IntegrityError when the bundle's manifest is not what was recorded
 */
export async function carryOutApproval(
  ports: ApprovalPorts,
  version: DecidedVersion,
  at: string,
): Promise<Pick<Promoted, 'outcome' | 'rev'>> {
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
  version: DecidedVersion,
  at: string,
): Promise<Pick<Promoted, 'outcome' | 'rev'>> {
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

function overAlready({ model, version }: DecidedVersion, what: string): ConflictError {
  const name = `${model}@${version}`;
  return new ConflictError(
    `${name} was approved before, and ${what}: to make it champion now, "npx leeboard promote ${name}"`,
  );
}
