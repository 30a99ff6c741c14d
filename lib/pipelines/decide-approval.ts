import { ConflictError, NotFoundError } from '#core/errors.ts';
import { type ApprovalWish, approvalDecided, decide } from '#core/registry/approval.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import { type ApprovalPorts, carryOutApproval, type DecidedVersion } from './carry-out-approval.ts';
import { expireApproval } from './expire-approval.ts';
import { readJson } from './load-bundle.ts';
import { type Promoted, requireCompared } from './promote-version.ts';
import { tellBus } from './tell-bus.ts';

/** Others can decide first, or end the request, so many times in a row. */
const MAX_ATTEMPTS = 5;

export interface DecidedApproval {
  readonly version: ModelVersion;
  readonly outcome: Promoted['outcome'] | 'rejected';
  /** Of the deployment. */
  readonly rev: number;
}

/**
 * A person approves or rejects a version that waits for it. What is approved is promoted, or tried beside the champion
 * first, as what policy approves. Asked again, it goes on where it was cut off; the same decision twice is one.
 * @throws NotFoundError when there is no such version
 * @throws ConflictError when it does not wait, not any more, was decided otherwise, is not the bundle that was asked
 *   about, or was compared with another champion
 * @throws IntegrityError when the bundle's manifest is not what was recorded
 */
export async function decideApproval(
  ports: ApprovalPorts,
  name: { readonly model: string; readonly version: number },
  wish: ApprovalWish,
): Promise<DecidedApproval> {
  const version = await storeDecision(ports, name, wish);
  const { decided } = version.approval;
  await tellBus(ports.events, 'ApprovalDecided', approvalDecided(version, decided));
  if (decided.decision === 'rejected') {
    const rev = (await ports.registry.deployment(name.model))?.rev ?? 0;
    return { version, outcome: 'rejected', rev };
  }
  return { version, ...(await carryOutApproval(ports, version, wish.at)) };
}

async function storeDecision(
  { registry, store }: ApprovalPorts,
  { model, version: number }: { readonly model: string; readonly version: number },
  wish: ApprovalWish,
): Promise<DecidedVersion> {
  for (let attempt = 1; ; attempt++) {
    const found = await registry.modelVersion(model, number);
    if (!found) throw new NotFoundError(`${model}@${number} does not exist`);
    const version = await expireApproval(registry, found, wish.at);
    const next = decide(version, wish);
    if (!next) return version as DecidedVersion;
    if (wish.decision === 'approved') {
      // Before anything is stored: an approval that comes to nothing would leave nobody to ask again.
      await readJson(store, (next as DecidedVersion).manifest);
      const champion = (await registry.deployment(model))?.champion?.version ?? null;
      requireCompared(version, (next as DecidedVersion).approval.comparedWith, champion);
    }
    try {
      await registry.updateModelVersion(next, 'waiting');
      return next as DecidedVersion;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}
