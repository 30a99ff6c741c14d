import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '#adapters/hash.ts';
import { partKey } from '#core/data/manifest.ts';
import { emptyDeployment } from '#core/registry/change-deployment.ts';
import { defineDataset } from '#core/spec/dataset.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { ParquetPress } from '#test/fixtures/parquet.ts';
import { sqlRows, type TestRow } from '#test/support/sql-rows.ts';
import { trips, tripsInput, tripsLate } from '#test/support/trips.ts';
import { handler as derive } from '../../lambdas/derive-truth.ts';
import { leaveSpec, memory, openMemory, pointer } from './memory-resources.ts';
import { keptTruths } from './truth-requests.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
  once: (make: () => unknown) => make, // each test has a model of its own
}));

const folder = mkdtempSync(join(tmpdir(), 'leeboard-derive-'));
const press = await ParquetPress.open(join(folder, 'pressed.parquet'));
afterAll(() => {
  press.close();
  rmSync(folder, { recursive: true });
});

const at = '2026-05-01T10:00:00.000Z';
const trip = (id: number, delay: number | null): TestRow => ({
  id,
  at,
  city: 'north',
  kind: null,
  km: 1,
  express: true,
  delay,
});

/** A deployment of a model that predicts. */
async function openModel(model: ModelSpec = tripsLate()): Promise<void> {
  openMemory();
  await leaveSpec(model);
  const champion = { version: 1, manifest: pointer('manifest') };
  await memory.registry.commitDeployment({
    expectedRev: 0,
    next: { ...emptyDeployment(model.name, at), rev: 1, champion },
    audit: {
      model: model.name,
      rev: 1,
      at,
      by: 'test',
      action: 'promote',
      from: null,
      to: 1,
      reason: 'test',
    },
  });
}
beforeEach(() => openModel());

/** Makes a version of trips whose newest part has these rows. */
async function commit(version: number, rows: readonly TestRow[]) {
  const file = join(folder, `part-${version}.parquet`);
  await press.export(sqlRows(trips, rows), file, 'parquet');
  const body = readFileSync(file);
  const stored = await memory.store.write(partKey('trips', sha256(body)), body);
  const part = { ...stored, s3VersionId: stored.versionId, rows: rows.length };
  const manifest = await memory.store.write(
    `datasets/trips/versions/${version}.json`,
    JSON.stringify({ parts: [part] }),
  );
  await memory.registry.addDatasetVersion({
    dataset: 'trips',
    version,
    createdAt: '2026-05-02T10:00:00.000Z',
    specHash: 's',
    rows: rows.length,
    parts: 1,
    added: { sha256: stored.sha256, rows: rows.length, source: 'incoming/trips/a.csv' },
    manifest,
  });
}

const event = { detail: { dataset: 'trips', version: 1 } };
const said = async () =>
  (await keptTruths()).flat().map(({ of, actual }) => ['key' in of && of.key.id, actual]);

describe('derive-truth', () => {
  it('keeps what the rows of a new part say, by key and time, as it came with the part', async () => {
    await commit(1, [trip(1, 6), trip(2, 5)]);
    expect(await derive(event)).toEqual({ recorded: 2 });
    expect((await keptTruths()).flat()).toEqual([
      {
        model: 'trips-late',
        of: { key: { at: Date.parse(at), id: 1 } },
        actual: true,
        at: '2026-05-02T10:00:00.000Z',
        source: 'trips@1',
      },
      expect.objectContaining({ of: { key: { at: Date.parse(at), id: 2 } }, actual: false }),
    ]);
  });

  it('says nothing of rows whose label is not known yet', async () => {
    await commit(1, [trip(1, null), trip(2, 9)]);
    await derive(event);
    expect(await said()).toEqual([[2, true]]);
  });

  it('keeps the same once, however often it is told', async () => {
    await commit(1, [trip(1, 6)]);
    await derive(event);
    expect(await derive(event)).toEqual({ recorded: 0 });
    expect(await said()).toHaveLength(1);
  });

  it.each<[string, Partial<ModelSpec>, TestRow['delay'], unknown]>([
    ['a number', { task: 'regression', label: 'delay' }, -2.5, -2.5],
    ['a class', { task: 'multiclass', label: "case(delay > 5, 'late', 'on time')" }, 9, 'late'],
  ])('tells %s as the task does', async (_, changes, delay, actual) => {
    await openModel(tripsLate(changes as never));
    await commit(1, [trip(1, delay as number)]);
    await derive(event);
    expect(await said()).toEqual([[1, actual]]);
  });

  it('hashes what the log hashes', async () => {
    const columns = { ...tripsInput.columns, id: { ...tripsInput.columns.id, sensitive: 'hash' as const } };
    await openModel(tripsLate({ from: defineDataset({ ...tripsInput, columns }) }));
    await commit(1, [trip(1, 6)]);
    await derive(event);
    expect(await said()).toEqual([[expect.stringMatching(/^hmac:[0-9a-f]{32}$/), true]]);
  });

  it('looks at nothing before something was predicted, or that no truth could join', async () => {
    await commit(1, [trip(1, 6)]);
    const { deployment } = memory.registry;
    vi.spyOn(memory.registry, 'deployment').mockResolvedValue(undefined);
    expect(await derive(event)).toEqual({ ignored: 'nothing was predicted yet' });
    vi.spyOn(memory.registry, 'deployment').mockImplementation(deployment);
    await openModel(tripsLate({ from: defineDataset({ ...tripsInput, key: [] }) }));
    expect(await derive(event)).toEqual({ ignored: 'the rows of trips have no key' });
    const columns = { ...tripsInput.columns, id: { ...tripsInput.columns.id, sensitive: 'omit' as const } };
    await openModel(tripsLate({ from: defineDataset({ ...tripsInput, columns }) }));
    expect(await derive(event)).toEqual({ ignored: 'the log does not keep the whole key' });
    expect(await keptTruths()).toEqual([]);
  });

  it('looks at no other dataset', async () => {
    expect(await derive({ detail: { dataset: 'rain', version: 1 } })).toEqual({
      ignored: 'not a version of trips',
    });
  });
});
