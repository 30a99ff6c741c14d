import { ConflictError } from '../errors.ts';
import type { Deployment, DeploymentChange } from './deployment-records.ts';
import type { ModelVersion } from './records.ts';

export interface Promotion {
  readonly version: ModelVersion;
  /** The manifest hash that passed the gates and was approved. */
  readonly approvedSha256: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

/** Before the first promotion. */
export function emptyDeployment(model: string, at: string): Deployment {
  return { model, rev: 0, champion: null, changedAt: at };
}

/**
 * Makes an approved version champion.
 * @returns undefined when it already is: k deliveries equal one
 * @throws ConflictError when the version's bundle is not the approved one, it may not answer, or a newer version
 *   answers already: a promotion that is delivered late takes nothing back
 */
export function promoteModel(current: Deployment, promotion: Promotion): DeploymentChange | undefined {
  const { version, approvedSha256, by, at, reason } = promotion;
  const { manifest } = version;
  if (!manifest || version.status !== 'approved') {
    throw new ConflictError(
      `${version.model}@${version.version} must be approved to be promoted, got status ${version.status}`,
    );
  }
  if (manifest.sha256 !== approvedSha256) {
    throw new ConflictError(
      `${version.model}@${version.version}: the approved bundle is ${approvedSha256}, got ${manifest.sha256}`,
    );
  }
  if (current.champion?.version === version.version) return undefined;
  if (current.champion && current.champion.version > version.version) {
    throw new ConflictError(
      `${version.model}@${version.version}: version ${current.champion.version} is champion, which is newer`,
    );
  }
  const rev = current.rev + 1;
  return {
    expectedRev: current.rev,
    next: { model: version.model, rev, champion: { version: version.version, manifest }, changedAt: at },
    audit: {
      model: version.model,
      rev,
      at,
      by,
      action: 'promote',
      from: current.champion?.version ?? null,
      to: version.version,
      reason,
    },
  };
}
