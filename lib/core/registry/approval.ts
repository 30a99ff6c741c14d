import { ConflictError } from '../errors.ts';
import { durationSeconds } from '../spec/duration.ts';
import type { Approval, ModelVersion } from './records.ts';

export interface ApprovalRequest {
  readonly sha256: string;
  readonly comparedWith: number | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** A duration, divided by the environment's pace. */
  readonly within: string;
  readonly pace: number;
}

/** What a person says of a version. */
export interface ApprovalWish {
  readonly decision: 'approved' | 'rejected';
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly reason: string;
  /** Of the manifest that they looked at, or its beginning. @default the one that they were asked about */
  readonly sha256?: string | undefined;
}

/** What a person is asked. */
export function askApproval({ sha256, comparedWith, at, within, pace }: ApprovalRequest): Approval {
  const expiresAt = new Date(Date.parse(at) + (durationSeconds(within) * 1000) / pace).toISOString();
  return { requestedAt: at, expiresAt, sha256, comparedWith };
}

/** A version that waited too long. @returns undefined when it does not wait, or may wait longer */
export function expire(version: ModelVersion, asOf: string): ModelVersion | undefined {
  const { status, approval } = version;
  if (status !== 'waiting' || !approval || Date.parse(asOf) < Date.parse(approval.expiresAt))
    return undefined;
  return { ...version, status: 'expired' };
}

/**
 * A version as a person's word leaves it. That it has not expired was seen to before, see `expire`.
 * @returns undefined when it was decided so already
 * @throws ConflictError when it does not wait for a person, was decided otherwise, or is not what was looked at
 */
export function decide(
  version: ModelVersion,
  { sha256, ...decided }: ApprovalWish,
): ModelVersion | undefined {
  const { approval, status, manifest } = version;
  const name = `${version.model}@${version.version}`;
  if (!approval) throw new ConflictError(`${name} waits for nobody: it is ${status}`);
  if (sha256 !== undefined && !approval.sha256.startsWith(sha256)) {
    throw new ConflictError(
      `${name}: approval was asked for the bundle ${approval.sha256}, got ${sha256}: look again, "npx leeboard approvals ${version.model}"`,
    );
  }
  if (manifest?.sha256 !== approval.sha256) {
    throw new ConflictError(
      `${name}: approval was asked for the bundle ${approval.sha256}, now it is ${manifest?.sha256}: train again`,
    );
  }
  const before = approval.decided;
  if (before?.decision === decided.decision) return undefined;
  if (before) {
    throw new ConflictError(
      `${name} was ${before.decision} by ${before.by} at ${before.at} (${before.reason}): train again to be asked again`,
    );
  }
  if (status === 'expired') {
    throw new ConflictError(
      `${name} was to be approved before ${approval.expiresAt}, nobody did: train again to be asked again`,
    );
  }
  return { ...version, status: decided.decision, approval: { ...approval, decided } };
}

/** Detail of the event ApprovalDecided. */
export interface ApprovalDecided {
  readonly detailVersion: 1;
  readonly model: string;
  readonly version: number;
  readonly decision: 'approved' | 'rejected';
  readonly by: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly asOf: string;
}

/** What the bus is told of a decision. */
export function approvalDecided(
  { model, version }: Pick<ModelVersion, 'model' | 'version'>,
  { decision, by, reason, at }: NonNullable<Approval['decided']>,
): ApprovalDecided {
  return { detailVersion: 1, model, version, decision, by, reason, asOf: at };
}
