import { rollBack } from '#core/registry/change-deployment.ts';
import {
  changesOf,
  type DeploymentChanged,
  deploymentChanged,
  rolloutReason,
} from '#core/rollout/rollout-events.ts';
import type { ModelRegistry, ServingRegistry } from '#ports/registry.ts';
import { AUDIT_PAGE, type LedRollout } from './rollout-step.ts';

/**
 * Takes back a challenger that nobody watches any more. Done again, it finds that it was done.
 * @param status of the execution that led it
 * @returns undefined when the rollout had ended by itself
 * @throws ConflictError when somebody changed the deployment at the same time: call again
 */
export async function abandonRollout(
  registry: ModelRegistry & ServingRegistry,
  { model, id, now }: Omit<LedRollout, 'pace'>,
  status: string,
): Promise<DeploymentChanged | undefined> {
  const reason = rolloutReason(id, `nobody watches it any more: its execution ended as ${status}`);
  const deployment = await registry.deployment(model);
  if (deployment?.rollout?.id !== id) {
    const last = changesOf(id, await registry.audit(model, AUDIT_PAGE)).at(-1);
    return last?.reason === reason ? deploymentChanged(last) : undefined;
  }
  const change = rollBack(deployment, { id, by: 'deploy-model', at: now, reason });
  await registry.commitDeployment(change);
  return deploymentChanged(change.audit);
}
