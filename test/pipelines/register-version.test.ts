import { describe, expect, it } from 'vitest';
import { IntegrityError, LeaseLostError } from '#core/errors.ts';
import { bundleFiles, type ModelManifest } from '#core/registry/bundle.ts';
import type { TrainingLease } from '#core/registry/records.ts';
import { loadBundle } from '#lib/pipelines/load-bundle.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import type { StoredObject } from '#ports/object-store.ts';
import { leaveRun, signature } from '#test/support/bundle.ts';
import { crashEverywhere, withFaults } from '#test/support/faults.ts';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { MemoryStore } from '#test/support/memory-store.ts';

const leaseOf = (token: number): TrainingLease => ({
  model: 'trips-late',
  rev: 1,
  token,
  holder: { execution: `e${token}`, runId: `r${token}`, requests: [], token, state: 'training' },
  waiting: [],
});
const open = () => ({ store: new MemoryStore(), registry: new MemoryRegistry() });

describe('registerVersion', () => {
  it('numbers the versions and keeps each bundle, named by its hashes', async () => {
    const { store, registry } = open();
    await registerVersion(store, registry, await leaveRun(store, 'a'));
    const second = await registerVersion(store, registry, await leaveRun(store, 'b'));
    expect(second).toMatchObject({
      version: 2,
      status: 'registered',
      datasets: { trips: 4 },
      metrics: { auc: 0.7 },
    });
    expect(await registry.modelVersion('trips-late', 2)).toEqual(second);
    const bundle = await loadBundle(store, second.manifest as StoredObject);
    expect(bundle.signature).toEqual(signature);
    expect(new TextDecoder().decode(bundle.model)).toBe('model of b');
    expect(bundle.manifest).toMatchObject({ format: 1, version: 2, runId: 'b', seed: 1 });
    for (const name of bundleFiles('xgboost')) {
      expect(bundle.manifest.files[name]?.key).toBe(`models/trips-late/versions/000002/${name}`);
    }
  });

  it('gives a run that is delivered twice the same version', async () => {
    const { store, registry } = open();
    const run = await leaveRun(store, 'a');
    const first = await registerVersion(store, registry, run);
    expect(await registerVersion(store, registry, run)).toEqual(first);
    expect(await registry.modelVersions('trips-late', { limit: 9 })).toHaveLength(1);
  });

  it('leaves a version that was judged meanwhile as it is', async () => {
    const { store, registry } = open();
    const run = await leaveRun(store, 'a');
    const approved = { ...(await registerVersion(store, registry, run)), status: 'approved' } as const;
    await registry.updateModelVersion(approved, 'registered');
    expect(await registerVersion(store, registry, run)).toEqual(approved);
  });

  it('ends as without a crash, wherever it crashed and ran again', async () => {
    const untouched = open();
    const expected = await registerVersion(
      untouched.store,
      untouched.registry,
      await leaveRun(untouched.store, 'a'),
    );
    const steps = await crashEverywhere(
      open,
      async ({ store, registry }, plan) =>
        registerVersion(withFaults(store, plan), withFaults(registry, plan), await leaveRun(store, 'a')),
      async ({ store, registry }, crash) => {
        expect(await registry.modelVersions('trips-late', { limit: 9 }), crash).toEqual([expected]);
        for (const { key } of await store.list('models/')) expect(store.versions(key), crash).toBe(1);
      },
    );
    expect(steps).toBeGreaterThan(2 * bundleFiles('xgboost').length);
  });

  it('writes only while the run holds the lease of its model', async () => {
    const { store, registry } = open();
    const fence = { model: 'trips-late', token: 1 };
    await registry.commitLease(leaseOf(1));
    const run = await leaveRun(store, 'a');
    expect(await registerVersion(store, registry, run, fence)).toMatchObject({
      version: 1,
      status: 'registered',
    });
    await registry.commitLease({ ...leaseOf(2), rev: 2 });
    const late = registerVersion(store, registry, await leaveRun(store, 'b'), fence);
    await expect(late).rejects.toThrow(LeaseLostError);
    expect(await registry.modelVersions('trips-late', { limit: 9 })).toHaveLength(1);
  });

  it('does not finish a version whose run lost the lease on the way', async () => {
    const { store, registry } = open();
    const fence = { model: 'trips-late', token: 1 };
    await registry.commitLease(leaseOf(1));
    const run = await leaveRun(store, 'a');
    let taken: Promise<void> | undefined;
    const stolen = new Proxy(store, {
      get(target, name) {
        const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
        return async (...args: unknown[]) => {
          if (name === 'create') {
            taken ??= registry.commitLease({ ...leaseOf(2), rev: 2 });
            await taken;
          }
          return method.apply(target, args);
        };
      },
    });
    await expect(registerVersion(stolen, registry, run, fence)).rejects.toThrow(LeaseLostError);
    expect((await registry.modelVersion('trips-late', 1))?.status).toBe('claimed');
  });

  it('refuses to keep a bundle without its model file', async () => {
    const { store, registry } = open();
    const { facts, files, metrics } = await leaveRun(store, 'a');
    const { 'model.ubj': _, ...others } = files;
    const incomplete = { facts, files: others as typeof files, metrics };
    await expect(registerVersion(store, registry, incomplete)).rejects.toThrow(/^run a left no model\.ubj$/);
  });

  it('refuses a file that was changed after the run recorded it', async () => {
    const { store, registry } = open();
    const run = await leaveRun(store, 'a');
    store.flipByte(run.files['model.ubj'] as StoredObject);
    await expect(registerVersion(store, registry, run)).rejects.toThrow(IntegrityError);
    expect((await registry.modelVersion('trips-late', 1))?.status).toBe('claimed');
  });

  it('refuses other bytes for a file that an earlier attempt kept', async () => {
    const { store, registry } = open();
    const run = await leaveRun(store, 'a');
    const plan = { calls: 0, failAt: 14, when: 'after' } as const;
    await expect(registerVersion(withFaults(store, plan), registry, run)).rejects.toThrow();
    const retrained = await leaveRun(store, 'a', 'another model');
    await expect(registerVersion(store, registry, retrained)).rejects.toThrow(IntegrityError);
  });
});

describe('loadBundle', () => {
  it.each(['manifest.json', 'signature.json', 'decision.json', 'model.ubj'] as const)(
    'refuses a flipped byte in %s',
    async (name) => {
      const { store, registry } = open();
      const { manifest } = await registerVersion(store, registry, await leaveRun(store, 'a'));
      const pointer = manifest as StoredObject;
      const { files } = (await loadBundle(store, pointer)).manifest;
      store.flipByte(name === 'manifest.json' ? pointer : (files as Required<ModelManifest['files']>)[name]);
      await expect(loadBundle(store, pointer)).rejects.toThrow(IntegrityError);
    },
  );
});
