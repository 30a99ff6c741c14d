import { ConflictError } from '#core/errors.ts';
import { emptyDeployment, type Mandate, promoteModel } from '#core/registry/change-deployment.ts';
import type { DeploymentChange } from '#core/registry/deployment-records.ts';
import type { Fence, ModelVersion } from '#core/registry/records.ts';
import { stagesOf } from '#core/rollout/stages.ts';
import type { RolloutSpec } from '#core/spec/rollout.ts';
import type { ModelRegistry } from '#ports/registry.ts';

export interface PromotionRequest extends Mandate {
  readonly version: ModelVersion;
  /** The manifest hash that was approved. */
  readonly approvedSha256: string;
  /** The champion of its evaluation. */
  readonly comparedWith: number | null;
  readonly rollout: RolloutSpec;
}

/** `rollout`: it is to be tried beside the champion first; `held`: the deployment is frozen. */
export interface Promoted {
  readonly outcome: 'promoted' | 'rollout' | 'held';
  /** Of the deployment. */
  readonly rev: number;
  /** What was done; absent when it had been done before. */
  readonly change?: DeploymentChange;
}

/**
 * Makes an approved version champion, unless its spec wants it to be tried first and there is a champion to try it
 * beside. Done again, it finds that it was done.
 * @throws ConflictError when it was compared with another champion, may not answer, or another writer was first
 */
export async function promoteVersion(
  registry: ModelRegistry,
  { version: record, approvedSha256, comparedWith, rollout, ...mandate }: PromotionRequest,
  fence?: Fence,
): Promise<Promoted> {
  const { model, version } = record;
  const current = (await registry.deployment(model)) ?? emptyDeployment(model, mandate.at);
  const champion = current.champion?.version ?? null;
  const { rev } = current;
  if (champion !== version) {
    requireCompared(record, comparedWith, champion);
    if (current.frozen) return { outcome: 'held', rev };
    if (stagesOf(rollout).length > 0 && champion !== null) return { outcome: 'rollout', rev };
  }
  const change = promoteModel(current, { version: record, approvedSha256, ...mandate });
  if (!change) return { outcome: 'promoted', rev };
  return { outcome: 'promoted', rev: (await registry.commitDeployment(change, fence)).rev, change };
}

/** What a version was judged against must still be what it replaces. @throws ConflictError when it is not */
export function requireCompared(
  { model, version }: Pick<ModelVersion, 'model' | 'version'>,
  comparedWith: number | null,
  champion: number | null,
): void {
  if (champion === comparedWith) return;
  throw new ConflictError(
    `${model}@${version} was compared with ${describe(comparedWith)}, now the champion is ${describe(champion)}: train again`,
  );
}

const describe = (version: number | null) => (version === null ? 'no champion' : `version ${version}`);
