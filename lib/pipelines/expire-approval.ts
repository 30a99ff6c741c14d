import { ConflictError, NotFoundError } from '#core/errors.ts';
import { expire } from '#core/registry/approval.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import type { ModelRegistry } from '#ports/registry.ts';

/**
 * Ends a request for approval whose time is over: nobody has to ask for that, whoever reads the version does it.
 * @returns the version as it is then
 */
export async function expireApproval(
  registry: Pick<ModelRegistry, 'modelVersion' | 'updateModelVersion'>,
  version: ModelVersion,
  asOf: string,
): Promise<ModelVersion> {
  const expired = expire(version, asOf);
  if (!expired) return version;
  try {
    await registry.updateModelVersion(expired, 'waiting');
    return expired;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    // Somebody decided, or another reader ended it.
    const now = await registry.modelVersion(version.model, version.version);
    if (!now) throw new NotFoundError(`${version.model}@${version.version} does not exist`);
    return now;
  }
}
