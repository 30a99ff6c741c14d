import type { Notification } from '../notify/notification.ts';
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
export function rollbackNotification({
  model,
  champion,
  challenger,
  rev,
  by,
  reason,
  asOf,
}: Pick<
  DeploymentChanged,
  'model' | 'champion' | 'challenger' | 'rev' | 'by' | 'reason' | 'asOf'
>): Notification {
  const taken = challenger === undefined ? `the champion of ${model}` : `${model}@${challenger}`;
  return {
    format: 1,
    // A change has a revision of its own: the same one, however often the bus delivers the event.
    id: `rollback/${model}/${rev}`,
    at: asOf,
    subject: `ROLLBACK: ${taken}`,
    text: `${by} took back ${taken}: version ${champion} answers every request.\n\n${reason}`,
    numbers: [
      ...(champion !== null ? [{ name: 'version that answers', value: champion }] : []),
      ...(challenger !== undefined ? [{ name: 'version taken back', value: challenger }] : []),
    ],
    command: `npx leeboard rollouts ${model}`,
  };
}
