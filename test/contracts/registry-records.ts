import { expect } from 'vitest';
import { ConflictError } from '#core/errors.ts';
import type { DeploymentChange } from '#core/registry/deployment-records.ts';
import { emptyLease } from '#core/registry/lease.ts';
import type {
  DatasetVersion,
  ModelVersion,
  ObjectPointer,
  Run,
  TrainingLease,
} from '#core/registry/records.ts';

export const AT = '2026-01-01T00:00:00.000Z';
export const TWENTY = Array.from({ length: 20 }, (_, index) => index + 1);
export const ALL = { limit: 1000 };

export const pointer = (key: string): ObjectPointer => ({
  key,
  versionId: 'v1',
  size: 3,
  sha256: `sha of ${key}`,
});

export const datasetVersion = (
  dataset: string,
  version: number,
  part = `part ${version}`,
): DatasetVersion => ({
  dataset,
  version,
  createdAt: AT,
  specHash: 'spec',
  rows: version * 10,
  parts: version,
  added: { sha256: part, rows: 10, source: `s3://incoming/${part}` },
  manifest: pointer(`${dataset}/${version}`),
});

export const claim = (model: string, runId: string): Omit<ModelVersion, 'version' | 'status'> => ({
  model,
  runId,
  createdAt: AT,
  specHash: 'spec',
  datasets: { flights: 3 },
  metrics: { auc: 0.7 },
});

export const change = (model: string, expectedRev: number, by = 'anna'): DeploymentChange => {
  const rev = expectedRev + 1;
  const champion = { version: rev, manifest: pointer(`${model}/${rev}`) };
  return {
    expectedRev,
    next: { model, rev, champion, changedAt: AT },
    audit: {
      model,
      rev,
      at: AT,
      by,
      action: 'promote',
      from: null,
      to: rev,
      rollout: `r${rev}`,
      reason: 'better',
    },
  };
};

export const run = (model: string, runId: string, startedAt: string): Run => ({
  model,
  runId,
  pipeline: 'train-model',
  status: 'running',
  startedAt,
  by: 'anna',
});

/** The lease after its `rev`-th change, held with the token; 0: by nobody. */
export const leaseOf = (model: string, rev: number, token: number): TrainingLease => ({
  ...emptyLease(model),
  rev,
  token,
  holder: token
    ? { token, state: 'training', runId: `run ${token}`, execution: `run ${token}`, requests: [] }
    : null,
});

/** How many of the writes were too late; fails when one failed for another reason. */
export async function conflicts(writes: readonly Promise<unknown>[]): Promise<number> {
  const settled = await Promise.allSettled(writes);
  const lost = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  for (const reason of lost) expect(reason).toBeInstanceOf(ConflictError);
  return lost.length;
}
