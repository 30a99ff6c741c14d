import type { AuditRecord } from '../registry/deployment-records.ts';

/** What `DeploymentChanged` says on the bus. Plain JSON. */
export interface DeploymentChanged {
  readonly detailVersion: 1;
  readonly model: string;
  readonly champion: number | null;
  readonly rev: number;
  readonly asOf: string;
  readonly action: AuditRecord['action'];
  readonly by: string;
  /** The champion before. */
  readonly from: number | null;
  /** The challenger that it is about; null: it is about the champion. */
  readonly of: number | null;
  readonly reason: string;
}

/** The event of a change that was made. */
export function deploymentChanged({
  model,
  to,
  rev,
  at,
  action,
  by,
  from,
  of,
  reason,
}: AuditRecord): DeploymentChanged {
  const about = { action, by, from, of: of ?? null, reason };
  return { detailVersion: 1, model, champion: to, rev, asOf: at, ...about };
}

/** A reason that says which rollout it belongs to, so that a step that is done again finds that it was done. */
export function rolloutReason(id: string, reason: string): string {
  return `rollout ${id}: ${reason}`;
}

/** The changes that a rollout made, oldest first. @param audit newest first */
export function changesOf(id: string, audit: readonly AuditRecord[]): AuditRecord[] {
  return audit.filter(({ reason }) => reason.startsWith(rolloutReason(id, ''))).reverse();
}

/** What people are told of a version that was taken back, a challenger or the champion itself. */
export function rollbackMessage({
  model,
  champion,
  from,
  of,
  by,
  reason,
}: Pick<DeploymentChanged, 'model' | 'champion' | 'from' | 'of' | 'by' | 'reason'>): {
  readonly subject: string;
  readonly message: string;
} {
  const taken = `${model}@${of ?? from}`;
  return {
    subject: `ROLLBACK: ${taken}`,
    message: [
      `${taken} was taken back by ${by}; version ${champion} answers every request.`,
      reason,
      `Look: npx leeboard rollouts ${model}`,
    ].join('\n\n'),
  };
}
