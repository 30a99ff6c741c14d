import { rollBack } from '#core/registry/change-deployment.ts';
import { deploymentChanged } from '#core/registry/deployment-event.ts';
import { rolloutReason } from '#core/rollout/rollout-changes.ts';
import type { Events } from '#ports/events.ts';
import { type LedRollout, type RolloutPorts, readChanges } from './rollout-step.ts';

/**
 * Takes back a challenger that nobody watches any more, and tells the bus; a rollout that had ended by itself is left
 * alone. Done again, it finds what was done and tells it again.
 * @param status of the execution that led it
 * @throws ConflictError when somebody changed the deployment at the same time: call again
 */
export async function abandonRollout(
  { registry, events }: Pick<RolloutPorts, 'registry'> & { readonly events: Events },
  { model, id, now }: Omit<LedRollout, 'pace'>,
  status: string,
): Promise<void> {
  const reason = rolloutReason(id, `nobody watches it any more: its execution ended as ${status}`);
  const deployment = await registry.deployment(model);
  if (deployment?.rollout?.id === id) {
    const change = rollBack(deployment, { id, by: 'deploy-model', at: now, reason });
    await registry.commitDeployment(change);
    return events.publish('DeploymentChanged', deploymentChanged(change.audit));
  }
  const last = (await readChanges(registry, model, id)).at(-1);
  if (last?.reason === reason) await events.publish('DeploymentChanged', deploymentChanged(last));
}
