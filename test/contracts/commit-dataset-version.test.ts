import { beforeEach, describe, expect, it } from 'vitest';
import type { Part } from '#core/data/manifest.ts';
import type { PartProfile } from '#core/data/report.ts';
import type { DatasetVersion } from '#core/registry/records.ts';
import { type Commit, commitDatasetVersion, readManifest } from '#lib/pipelines/commit-dataset-version.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { DatasetRegistry } from '#ports/registry.ts';
import { openRegistry, openStore } from './emulated.ts';

interface Adapters {
  readonly store: ObjectStore;
  readonly registry: DatasetRegistry;
}

/** The call, counted over both adapters, at which the power fails, before or after it had its effect. */
interface Crash {
  readonly at: number;
  readonly when: 'before' | 'after';
  calls: string[];
}

class PowerFailure extends Error {}

const never = (): Crash => ({ at: -1, when: 'before', calls: [] });

function crashing<Adapter extends object>(adapter: Adapter, crash: Crash): Adapter {
  return new Proxy(adapter, {
    get(target, name) {
      const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        const isLast = crash.calls.push(String(name)) - 1 === crash.at;
        if (isLast && crash.when === 'before') throw new PowerFailure();
        const answer = await method.apply(target, args);
        if (isLast) throw new PowerFailure();
        return answer;
      };
    },
  });
}

async function openAdapters(): Promise<Adapters> {
  return { store: await openStore(), registry: (await openRegistry()).registry };
}

const profile: PartProfile = { rows: 10, columns: { value: { nulls: 0, min: 1, max: 2 } } };

function part(name: string): Part {
  const source = { bucket: 'incoming', key: name, versionId: 'v', sha256: `source of ${name}`, size: 1 };
  return { key: `parts/${name}`, sha256: name, size: 1, s3VersionId: 'v', rows: 10, source };
}

function commit(
  { store, registry }: Adapters,
  name: string,
  crash = never(),
  mode: 'append' | 'replace' = 'append',
): Promise<Commit> {
  const context = {
    dataset: 'readings',
    mode,
    createdAt: '2026-01-01T00:00:00.000Z',
    specHash: 'spec',
    codeVersion: 'code',
    libraries: { duckdb: '1' },
  } as const;
  return commitDatasetVersion(crashing(store, crash), crashing(registry, crash), {
    part: part(name),
    profile,
    context,
  });
}

/** All that a reader can see, without what S3 makes up. */
async function history({ store, registry }: Adapters) {
  const versions = await registry.datasetVersions('readings', { limit: 100 });
  return Promise.all(
    versions.map(async (version: DatasetVersion) => ({
      ...version,
      manifest: { ...version.manifest, versionId: '' },
      content: await readManifest(store, version.manifest),
    })),
  );
}

const partsOf = async (adapters: Adapters) =>
  (await history(adapters))[0]?.content.parts.map(({ sha256 }) => sha256).sort();

describe.each([
  ['the first version', []],
  ['a later version', ['earlier']],
])('a power failure while %s is committed', (_, before) => {
  let untroubled: Adapters;
  let result: Commit;
  let calls: string[];
  beforeEach(async () => {
    untroubled = await openAdapters();
    for (const name of before) await commit(untroubled, name);
    const watched = never();
    result = await commit(untroubled, 'new', watched);
    calls = watched.calls;
  });

  /** Fails at every call of the commit in turn, before it and after it. */
  async function everywhere(check: (adapters: Adapters, crash: Crash) => Promise<void>): Promise<void> {
    expect(calls).toContain('create');
    expect(calls).toContain('addDatasetVersion');
    for (const [at] of calls.entries()) {
      for (const when of ['before', 'after'] as const) {
        const adapters = await openAdapters();
        for (const name of before) await commit(adapters, name);
        const crash = { at, when, calls: [] };
        await expect(commit(adapters, 'new', crash)).rejects.toThrow(PowerFailure);
        await check(adapters, crash);
      }
    }
  }

  it('leaves nothing that another run of the same drop does not mend', async () => {
    const expected = await history(untroubled);
    await everywhere(async (adapters) => {
      expect(await commit(adapters, 'new')).toEqual(result);
      expect(await history(adapters)).toEqual(expected);
      expect(await commit(adapters, 'new')).toEqual(result);
      expect(await history(adapters)).toEqual(expected);
    });
  });

  it('loses nothing when another drop comes before the second run', async () => {
    await everywhere(async (adapters) => {
      await commit(adapters, 'other');
      await commit(adapters, 'new');
      expect(await partsOf(adapters)).toEqual([...before, 'new', 'other'].sort());
      const numbers = (await history(adapters)).map(({ version }) => version);
      expect(numbers).toEqual(numbers.map((_, index) => numbers.length - index));
      expect(numbers).toHaveLength(before.length + 2);
    });
  });
});

it('drops that are committed at once all become versions, one after another', async () => {
  const adapters = await openAdapters();
  const names = Array.from({ length: 10 }, (_, index) => `part ${index}`);
  const commits = await Promise.all(names.map((name) => commit(adapters, name)));
  expect(commits.map(({ version }) => version).sort((a, b) => a - b)).toEqual(
    names.map((_, index) => index + 1),
  );
  expect(await partsOf(adapters)).toEqual(names);
});

it('in mode replace a late second run does not bring its part back over a newer one', async () => {
  const adapters = await openAdapters();
  const replace = (name: string) => commit(adapters, name, never(), 'replace');
  const first = await replace('old');
  await replace('new');
  expect(await replace('old')).toEqual(first);
  expect(await partsOf(adapters)).toEqual(['new']);
  expect(await history(adapters)).toHaveLength(2);
});
