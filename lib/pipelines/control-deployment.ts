import { ConflictError, NotFoundError } from '#core/errors.ts';
import {
  emptyDeployment,
  freeze,
  type Mandate,
  promoteAny,
  rollBack,
  unfreeze,
} from '#core/registry/change-deployment.ts';
import { deploymentChanged } from '#core/registry/deployment-event.ts';
import type { Deployment, DeploymentChange } from '#core/registry/deployment-records.ts';
import type { Events } from '#ports/events.ts';
import type { ModelRegistry } from '#ports/registry.ts';
import { tellBus } from './tell-bus.ts';

/** Other writers can come first so many times in a row. */
const MAX_ATTEMPTS = 5;

export interface DeploymentPorts {
  readonly registry: ModelRegistry;
  readonly events: Events;
}

/** What a person wants of a deployment. */
export interface DeploymentWish extends Mandate {
  readonly model: string;
  readonly action: 'promote' | 'rollback' | 'freeze' | 'unfreeze';
  /** To be promoted. */
  readonly version?: number;
  /** The rev that was looked at. @default whatever it is by now */
  readonly rev?: number;
}

/**
 * Changes a deployment because a person says so, and tells the bus. A rollback takes back what could be taken back when
 * it was asked for, or nothing.
 * @returns the deployment, changed or as it was already
 * @throws NotFoundError when there is no such model or version
 * @throws ConflictError when the state of things does not allow it, or `rev` is another by now
 */
export async function controlDeployment(ports: DeploymentPorts, wish: DeploymentWish): Promise<Deployment> {
  let target: string | undefined;
  for (let attempt = 1; ; attempt++) {
    const current = await deploymentOf(ports, wish.model, wish.at);
    target ??= rollbackTarget(current);
    if (wish.action === 'rollback') requireTarget(current, target);
    if (wish.rev !== undefined && wish.rev !== current.rev) {
      throw new ConflictError(
        `rev of ${wish.model} must be ${wish.rev}, got ${current.rev}: look again, then decide`,
      );
    }
    const change = await changeFor(ports, current, wish);
    if (!change) return current;
    try {
      const saved = await ports.registry.commitDeployment(change);
      await tellBus(ports.events, 'DeploymentChanged', deploymentChanged(change.audit));
      return saved;
    } catch (error) {
      // Taking back must work while a rollout moves: what another writer did is read again.
      if (!(error instanceof ConflictError) || wish.rev !== undefined || attempt === MAX_ATTEMPTS)
        throw error;
    }
  }
}

/** What a rollback would take back. */
const rollbackTarget = ({ rollout, champion }: Deployment): string =>
  rollout
    ? `version ${rollout.candidate.version}, tried by rollout ${rollout.id}`
    : `version ${champion?.version}, the champion`;

/** Others may take the challenger back first: then a rollback must not take the champion for it. */
function requireTarget(current: Deployment, target: string): void {
  const now = rollbackTarget(current);
  if (now === target) return;
  throw new ConflictError(
    `${current.model}: ${target}, was to be taken back; meanwhile others changed the deployment, and it would be ${now}: look again, then decide`,
  );
}

async function deploymentOf({ registry }: DeploymentPorts, model: string, at: string): Promise<Deployment> {
  const deployment = await registry.deployment(model);
  if (deployment) return deployment;
  const [latest] = await registry.modelVersions(model, { limit: 1 });
  if (!latest) throw new NotFoundError(`there is no model named ${model}, or it was never trained`);
  return emptyDeployment(model, at);
}

async function changeFor(
  { registry }: DeploymentPorts,
  current: Deployment,
  { action, version: number, ...mandate }: DeploymentWish,
): Promise<DeploymentChange | undefined> {
  if (action === 'rollback')
    return rollBack(current, { by: mandate.by, at: mandate.at, reason: mandate.reason });
  if (action === 'freeze') return freeze(current, mandate);
  if (action === 'unfreeze') return unfreeze(current, mandate);
  const version = number === undefined ? undefined : await registry.modelVersion(current.model, number);
  if (!version) throw new NotFoundError(`model ${current.model} has no version ${number}`);
  // A person means the version as it is registered: its number is its name, and its bundle never changes.
  return promoteAny(current, { ...mandate, version, approvedSha256: version.manifest?.sha256 ?? '' });
}
