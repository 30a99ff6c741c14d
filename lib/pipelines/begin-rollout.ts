import { ConflictError, InvalidInputError, NotFoundError } from '#core/errors.ts';
import { quantileOf } from '#core/evaluate/quantile.ts';
import type { ModelManifest } from '#core/registry/bundle.ts';
import { beginRollout as begin } from '#core/registry/change-deployment.ts';
import { deploymentChanged } from '#core/registry/deployment-event.ts';
import type { Deployment } from '#core/registry/deployment-records.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import { SCORE_BINS } from '#core/registry/serving-records.ts';
import { secondsToNextLook } from '#core/rollout/next-look.ts';
import { rolloutReason } from '#core/rollout/rollout-changes.ts';
import { stagesOf } from '#core/rollout/stages.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import { readJson } from './load-bundle.ts';
import { predictionObjects } from './read-predictions.ts';
import {
  type LedRollout,
  type RolloutPlan,
  type RolloutPorts,
  type RolloutStep,
  readChanges,
} from './rollout-step.ts';

/** Which version is to be tried, and who wants it. */
export interface RolloutRequest {
  readonly version: number;
  /** The manifest hash that passed the gates and was approved. */
  readonly approvedSha256: string;
  /** The champion that it was compared with. */
  readonly comparedWith: number | null;
  readonly by: string;
  readonly reason: string;
}

/** Of the champion's logged predictions, to make bins of a regression's scores: the newest that are enough. */
const EDGES_FROM_MS = 3_600_000;
const ENOUGH_FOR_EDGES = 5000;

/**
 * Begins to try a version beside the champion. Done again, it finds that it was done.
 * @throws NotFoundError when there is no such version
 * @throws InvalidInputError when its spec has no stages
 * @throws ConflictError when it may not answer, the champion is not the one that it was compared with, the deployment
 *   is frozen, or somebody changed it at the same time: call again
 */
export async function beginRollout(
  { store, registry }: RolloutPorts,
  { model, id, now, pace }: LedRollout,
  { version, approvedSha256, comparedWith, by, reason }: RolloutRequest,
): Promise<{ readonly step: RolloutStep; readonly plan: RolloutPlan }> {
  const record = await registry.modelVersion(model, version);
  if (!record?.manifest) throw new NotFoundError(`${model}@${version} does not exist, or has no bundle yet`);
  const spec = await specOf(store, record.manifest);
  const plan = { rollout: spec.rollout, task: spec.task, truthWithin: spec.truth.within };
  const [first] = stagesOf(spec.rollout);
  if (!first)
    throw new InvalidInputError([{ field: 'rollout', expected: 'at least one stage', got: 'none' }]);
  const begun = (changed: RolloutStep['changed']): RolloutStep => ({
    decision: 'begun',
    stageIndex: 0,
    waitSeconds: secondsToNextLook(first.seconds, first.seconds / pace, pace),
    changed,
    notes: [],
  });
  const [before] = await readChanges(registry, model, id);
  if (before) return { step: begun(deploymentChanged(before)), plan };

  const current = await registry.deployment(model);
  requireCompared(current, record, comparedWith);
  const scoreEdges =
    spec.task === 'regression' ? await edgesOf(store, current, now, spec.rollout.health.minRequests) : [];
  const { stickTo } = spec.rollout;
  const change = begin(current, {
    version: record,
    approvedSha256,
    id,
    stage: first.stage,
    ...(stickTo !== undefined && { stickTo }),
    ...(scoreEdges.length > 0 && { scoreEdges }),
    by,
    at: now,
    reason: rolloutReason(id, reason),
  });
  if (change) await registry.commitDeployment(change);
  return { step: begun(change ? deploymentChanged(change.audit) : null), plan };
}

async function specOf(
  store: ObjectStore,
  pointer: NonNullable<ModelVersion['manifest']>,
): Promise<ModelSpec> {
  const manifest = await readJson<ModelManifest>(store, pointer);
  return readJson<ModelSpec>(store, manifest.files['spec.json']);
}

function requireCompared(
  current: Deployment | undefined,
  { model, version }: ModelVersion,
  comparedWith: number | null,
): asserts current is Deployment {
  const champion = current?.champion?.version ?? null;
  if (champion === comparedWith && current) return;
  throw new ConflictError(
    `${model}@${version} was compared with version ${comparedWith}, now the champion is ${champion ?? 'no version'}: train again`,
  );
}

/** Edges of bins that hold as many of the champion's newest predictions each; none when those are too few. */
async function edgesOf(
  store: ObjectStore,
  { model, champion }: Deployment,
  now: string,
  needed: number,
): Promise<number[]> {
  const to = Date.parse(now);
  const values: number[] = [];
  for await (const { lines } of predictionObjects(store, model, { from: to - EDGES_FROM_MS, to })) {
    for (const row of lines) if (row.version === champion?.version && 'value' in row) values.push(row.value);
    if (values.length >= Math.max(needed, ENOUGH_FOR_EDGES)) break;
  }
  if (values.length < needed) return [];
  values.sort((a, b) => a - b);
  const shares = Array.from({ length: SCORE_BINS - 1 }, (_, bin) => (bin + 1) / SCORE_BINS);
  return [...new Set(shares.map((share) => quantileOf(values, share)))];
}
