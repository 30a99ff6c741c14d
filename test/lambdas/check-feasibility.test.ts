import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '#adapters/hash.ts';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { IntegrityError, NotFeasibleError, NotFoundError, SpecError } from '#core/errors.ts';
import type { ModelManifest } from '#core/registry/bundle.ts';
import type { DatasetVersion } from '#core/registry/records.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import type { StoredObject } from '#ports/object-store.ts';
import { leaveRun } from '#test/support/bundle.ts';
import { tripsLate } from '#test/support/trips.ts';
import { handler } from '../../lambdas/check-feasibility.ts';
import { memory, openMemory, run as payload, pointer, readBack } from './memory-resources.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));

const model = tripsLate();
let run = payload;

beforeEach(async () => {
  openMemory();
  const { key, sha256 } = await memory.store.write('spec.json', canonicalJson(model));
  run = { ...payload, spec: { bucket: 'specs', key, sha256 } };
});

async function addVersion(dataset: string, version: number, createdAt: string, rows = 500) {
  const added = { dataset, version, createdAt, rows, manifest: pointer(`${dataset}@${version}`) };
  await memory.registry.addDatasetVersion(added as unknown as DatasetVersion);
}

describe('check-feasibility', () => {
  it('takes the newest version of each dataset as of the run, and keeps the spec', async () => {
    await addVersion('trips', 1, '2013-03-01T00:00:00.000Z');
    await addVersion('trips', 2, run.asOf);
    await addVersion('trips', 3, '2013-04-01T00:00:00.001Z');
    await addVersion('rain', 1, '2013-01-01T00:00:00.000Z', 5);
    const { datasets, spec, specHash, reproduced } = await handler({ run });
    expect(datasets).toEqual([
      { dataset: 'trips', version: 2, manifest: pointer('trips@2') },
      { dataset: 'rain', version: 1, manifest: pointer('rain@1') },
    ]);
    expect(await readBack(spec)).toEqual(JSON.parse(JSON.stringify(model)));
    expect([specHash, reproduced]).toEqual([
      sha256(new TextEncoder().encode(canonicalJson(model))),
      undefined,
    ]);
  });

  it('answers a retry with what it settled first, though newer data came meanwhile', async () => {
    await addVersion('trips', 1, '2013-03-01T00:00:00.000Z');
    await addVersion('rain', 1, '2013-03-01T00:00:00.000Z');
    const first = await handler({ run });
    await addVersion('trips', 2, '2013-03-02T00:00:00.000Z');
    expect(await handler({ run })).toEqual(first);
  });

  it("trains by the deployed spec with the run's own changes, which change its hash", async () => {
    await addVersion('trips', 1, run.asOf);
    await addVersion('rain', 1, run.asOf);
    const plain = await handler({ run });
    const { spec, specHash } = await handler({
      run: { ...run, runId: 'r2', set: { 'algorithm.rounds': 9 } },
    });
    expect((await readBack<ModelSpec>(spec)).algorithm).toEqual({ ...model.algorithm, rounds: 9 });
    expect(specHash).not.toBe(plain.specHash);
    expect(specHash).toBe(spec.sha256);
  });

  it('refuses changes of what a model is judged by', async () => {
    await expect(handler({ run: { ...run, set: { 'gates.baseline': false } } })).rejects.toThrow(SpecError);
  });

  it('refuses a spec that is not the one that was deployed', async () => {
    await memory.store.write('spec.json', canonicalJson(tripsLate({ minRows: 101 })));
    await expect(handler({ run })).rejects.toThrow(IntegrityError);
  });

  it('refuses a dataset without a version as of the run', async () => {
    await addVersion('trips', 1, run.asOf);
    await addVersion('rain', 1, '2013-05-01T00:00:00.000Z');
    const refused = handler({ run });
    await expect(refused).rejects.toThrow(NotFeasibleError);
    await expect(refused).rejects.toThrow(
      'trips-late: dataset rain has no version as of 2013-04-01T00:00:00.000Z: drop a file under incoming/rain/',
    );
  });

  it('refuses fewer rows than the spec asks for, in the dataset that is learned from', async () => {
    await addVersion('trips', 1, run.asOf, 99);
    await addVersion('rain', 1, run.asOf);
    const refused = handler({ run });
    await expect(refused).rejects.toThrow(NotFeasibleError);
    await expect(refused).rejects.toThrow('trips-late: expected at least 100 rows in trips, got 99');
  });

  it('takes all that a version was made of to train it again, whatever is newer or deployed', async () => {
    await addVersion('trips', 9, run.asOf);
    const { store, registry } = memory;
    const { manifest } = await registerVersion(store, registry, await leaveRun(store, 'a'));
    const { datasets, files, specHash } = await readBack<ModelManifest>(manifest as StoredObject);
    const spec = { ...run.spec, sha256: 'another spec is deployed' };
    expect(await handler({ run: { ...run, spec, reproduce: 1 } })).toEqual({
      datasets,
      spec: files['spec.json'],
      specHash,
      reproduced: { version: 1, manifest, training: files['training.json'] },
    });
  });

  it('refuses to train again what does not exist', async () => {
    const refused = handler({ run: { ...run, reproduce: 8 } });
    await expect(refused).rejects.toThrow(new NotFoundError('trips-late@8 does not exist'));
  });
});
