import type { DeploymentChanged } from '../registry/deployment-event.ts';
import type { AuditRecord } from '../registry/deployment-records.ts';

/** A reason that tells people which rollout it belongs to. */
export function rolloutReason(id: string, reason: string): string {
  return `rollout ${id}: ${reason}`;
}

/** The changes that a rollout made, oldest first. @param audit newest first */
export function changesOf(id: string, audit: readonly AuditRecord[]): AuditRecord[] {
  return audit.filter(({ rollout }) => rollout === id).reverse();
}

/** What people are told of a version that was taken back: a challenger, or the champion itself. */
export function rollbackMessage({
  model,
  champion,
  challenger,
  by,
  reason,
}: Pick<DeploymentChanged, 'model' | 'champion' | 'challenger' | 'by' | 'reason'>): {
  readonly subject: string;
  readonly message: string;
} {
  const taken = challenger === undefined ? `the champion of ${model}` : `${model}@${challenger}`;
  return {
    subject: `ROLLBACK: ${taken}`,
    message: [
      `${by} took back ${taken}: version ${champion} answers every request.`,
      reason,
      `Look: npx leeboard rollouts ${model}`,
    ].join('\n\n'),
  };
}
