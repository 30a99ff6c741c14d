import type { AuditRecord } from './deployment-records.ts';

/** Detail of the event DeploymentChanged. */
export interface DeploymentChanged {
  readonly detailVersion: 1;
  readonly model: string;
  readonly action: AuditRecord['action'];
  /** After the change. */
  readonly champion: number | null;
  /** The challenger that it is about. */
  readonly challenger?: number;
  readonly rev: number;
  readonly by: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly asOf: string;
}

/** What the bus is told of a change. */
export function deploymentChanged({
  model,
  action,
  to,
  of,
  rev,
  by,
  reason,
  at,
}: AuditRecord): DeploymentChanged {
  return {
    detailVersion: 1,
    model,
    action,
    champion: to,
    ...(of !== undefined && { challenger: of }),
    rev,
    by,
    reason,
    asOf: at,
  };
}
