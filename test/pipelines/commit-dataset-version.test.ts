import { describe, expect, it } from 'vitest';
import type { ManifestContext, Part } from '#core/data/manifest.ts';
import { ConflictError, IntegrityError } from '#core/errors.ts';
import { commitDatasetVersion, manifestKey, readManifest } from '#lib/pipelines/commit-dataset-version.ts';
import { crashEverywhere, type FaultPlan, withFaults } from '#test/support/faults.ts';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { MemoryStore } from '#test/support/memory-store.ts';

const open = () => ({ store: new MemoryStore(), registry: new MemoryRegistry() });
type State = ReturnType<typeof open>;

function commit(
  { store, registry }: State,
  name: string,
  options: { mode?: 'append' | 'replace'; drop?: string; codeVersion?: string } = {},
  plan?: FaultPlan,
) {
  const { mode = 'append', drop = name, codeVersion = 'code' } = options;
  const part: Part = {
    key: `parts/${name}`,
    sha256: `sha-${name}`,
    size: 1,
    s3VersionId: '0',
    rows: 10,
    source: { bucket: 'incoming', key: `incoming/d/${drop}`, versionId: '0', sha256: 's', size: 1 },
  };
  const context: ManifestContext = {
    dataset: 'd',
    mode,
    createdAt: '2013-01-01T00:00:00.000Z',
    specHash: 'spec',
    codeVersion,
    libraries: { duckdb: 'v1' },
  };
  const request = { part, profile: { rows: 10, columns: { a: { nulls: 0 } } }, context };
  return plan
    ? commitDatasetVersion(withFaults(store, plan), withFaults(registry, plan), request)
    : commitDatasetVersion(store, registry, request);
}

/** Parts of each version, oldest first; every manifest is checked against the registry's hash. */
async function history({ store, registry }: State): Promise<string[][]> {
  const versions = (await registry.datasetVersions('d', { limit: 100 })).reverse();
  expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1));
  const manifests = await Promise.all(versions.map(({ manifest }) => readManifest(store, manifest)));
  manifests.forEach(({ parent }, index) => {
    expect(parent?.sha256).toBe(versions[index - 1]?.manifest.sha256);
  });
  return manifests.map(({ parts }) => parts.map(({ key }) => key.replace('parts/', '')));
}

describe('commitDatasetVersion', () => {
  it('makes each accepted part the next version', async () => {
    const state = open();
    expect(await commit(state, 'a')).toEqual({ version: 1, rows: 10, duplicate: false });
    expect(await commit(state, 'b')).toEqual({ version: 2, rows: 20, duplicate: false });
    expect(await history(state)).toEqual([['a'], ['a', 'b']]);
    expect(await state.registry.datasetVersion('d', 2)).toMatchObject({
      rows: 20,
      parts: 2,
      added: { sha256: 'sha-b', rows: 10, source: 's3://incoming/incoming/d/b?versionId=0' },
    });
  });

  it('keeps one part in mode replace', async () => {
    const state = open();
    for (const name of ['a', 'b']) await commit(state, name, { mode: 'replace' });
    expect(await history(state)).toEqual([['a'], ['b']]);
  });

  it('answers the same drop again with the version it made, also after newer ones', async () => {
    for (const mode of ['append', 'replace'] as const) {
      const state = open();
      const first = await commit(state, 'a', { mode });
      await commit(state, 'b', { mode });
      expect(await commit(state, 'a', { mode, codeVersion: 'deployed meanwhile' })).toEqual(first);
      expect(await history(state)).toHaveLength(2);
    }
  });

  it('calls another drop of the same content a duplicate of its version', async () => {
    const state = open();
    await commit(state, 'a');
    await commit(state, 'b');
    expect(await commit(state, 'a', { drop: 'copy of a' })).toEqual({
      version: 1,
      rows: 10,
      duplicate: true,
    });
    expect(await history(state)).toHaveLength(2);
  });

  it('lets old content become the newest again when it is dropped again, in mode replace', async () => {
    const state = open();
    for (const name of ['a', 'b']) await commit(state, name, { mode: 'replace' });
    expect(await commit(state, 'a', { mode: 'replace', drop: 'a again' })).toMatchObject({
      version: 3,
      duplicate: false,
    });
    expect(await history(state)).toEqual([['a'], ['b'], ['a']]);
  });

  it('loses none of 20 drops that come together', async () => {
    const state = open();
    const names = Array.from({ length: 20 }, (_, index) => `p${index}`);
    const commits = await Promise.all(names.map((name) => commit(state, name, {}, { calls: 0 })));
    expect(commits.map(({ version }) => version).sort((a, b) => a - b)).toEqual(
      names.map((_, index) => index + 1),
    );
    const versions = await history(state);
    expect(versions).toHaveLength(20);
    expect([...(versions.at(-1) as string[])].sort()).toEqual([...names].sort());
  });

  it('makes one version of one drop that is delivered five times at once', async () => {
    const state = open();
    await commit(state, 'a');
    const commits = await Promise.all(Array.from({ length: 5 }, () => commit(state, 'b', {}, { calls: 0 })));
    expect(new Set(commits.map(({ version }) => version))).toEqual(new Set([2]));
    expect(await history(state)).toEqual([['a'], ['a', 'b']]);
  });

  it.each(['append', 'replace'] as const)(
    'ends as without a crash, wherever it crashed and ran again (%s)',
    async (mode) => {
      const steps = await crashEverywhere(
        open,
        async (state, plan) => {
          await commit(state, 'a', { mode });
          return commit(state, 'b', { mode }, plan);
        },
        async (state, crash) => {
          expect(await history(state), crash).toEqual(
            mode === 'append' ? [['a'], ['a', 'b']] : [['a'], ['b']],
          );
        },
      );
      expect(steps).toBeGreaterThanOrEqual(4);
    },
  );

  it.each(['append', 'replace'] as const)(
    'finishes what a crashed drop began before its own, and the rerun changes nothing (%s)',
    async (mode) => {
      await crashEverywhere(
        open,
        async (state, plan) => {
          const crashed = await commit(state, 'a', { mode }, plan).catch((error: Error) => error);
          await commit(state, 'b', { mode });
          if (crashed instanceof Error) throw crashed;
        },
        async (state, crash) => {
          const versions = await history(state);
          expect(versions.length, crash).toBe(2);
          expect([...versions.flat()].sort().join(), crash).toMatch(
            mode === 'append' ? /^(a,a,b|a,b,b)$/ : 'a,b',
          );
        },
      );
    },
  );

  it('waits out another drop’s conditional write that came to nothing', async () => {
    const state = open();
    let refused = 0;
    const create = state.store.create.bind(state.store);
    state.store.create = async (key, body) => (refused++ === 0 ? undefined : create(key, body));
    expect(await commit(state, 'a')).toMatchObject({ version: 1 });
  });

  it('gives up when others are first all the time, and says so', async () => {
    const state = open();
    state.store.create = async () => undefined;
    await expect(commit(state, 'a')).rejects.toThrow(
      new ConflictError('d: other drops were first 20 times: commit this one again'),
    );
  });

  it('builds on no manifest that was changed after it was recorded', async () => {
    const state = open();
    await commit(state, 'a');
    state.store.flipByte({ key: manifestKey('d', 1), versionId: '0', size: 0, sha256: '' });
    await expect(commit(state, 'b')).rejects.toThrow(IntegrityError);
    expect(await state.registry.datasetVersions('d', { limit: 9 })).toHaveLength(1);
  });

  it('does not take another record under its number for its own', async () => {
    const state = open();
    state.registry.addDatasetVersion = async () => {
      throw new ConflictError('taken');
    };
    await expect(commit(state, 'a')).rejects.toThrow(new ConflictError('taken'));
  });
});
