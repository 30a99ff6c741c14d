import { beforeAll, describe, expect, it } from 'vitest';
import { type BundleFiles, type ModelManifest, modelPointer } from '#core/registry/bundle.ts';
import type { BundleComparison } from '#core/registry/compare-bundle.ts';
import type { Run } from '#core/registry/records.ts';
import { EXIT } from '#lib/commands/printer.ts';
import { reproduce } from '#lib/commands/reproduce.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import type { StoredObject } from '#ports/object-store.ts';
import { captured } from '../commands/captured.ts';
import { client, registry, store } from './deployment.ts';
import { dropOrders } from './orders.ts';
import { versionWith } from './training.ts';

const MODEL = 'orders-searched';

beforeAll(dropOrders);

describe('a version that a search found', () => {
  it('comes out of its manifest again byte for byte, without another search', async () => {
    const { version, bundle } = await versionWith(MODEL);
    const before = await client.model(MODEL);
    const { print, document } = captured({ json: true });
    expect(await reproduce(client, { version: `${MODEL}@${version}` }, print)).toBe(EXIT.ok);
    const { files, ...run } = document<Run & Pick<BundleComparison, 'files'>>();
    expect(run).toMatchObject({ status: 'reproduced', reproduce: version });
    const kept = {
      model: modelPointer(bundle),
      'signature.json': bundle.files['signature.json'],
      'decision.json': bundle.files['decision.json'],
      'baseline.json': bundle.files['baseline.json'],
    };
    expect(files).toEqual(
      Object.entries(kept).map(([file, { sha256 }]) => ({ file, expected: sha256, got: sha256, same: true })),
    );
    const states = run.steps?.map(({ state }) => state) ?? [];
    expect(states.filter((state) => state.startsWith('RunTrial'))).toEqual([]);
    expect(await client.model(MODEL)).toEqual(before);
  });
});

describe('a version whose record tells of other settings than it was trained with', () => {
  /** The version again, but that its training is said to have been that of another one. */
  async function register({ files, ...manifest }: ModelManifest, other: ModelManifest): Promise<number> {
    const { format, version, ...facts } = manifest;
    const claimed = { ...files, 'training.json': other.files['training.json'] } as BundleFiles<StoredObject>;
    const runId = `forged-${version}`;
    const registered = await registerVersion(store, registry, {
      facts: { ...facts, runId },
      files: claimed,
      metrics: {},
    });
    return registered.version;
  }

  it('differs, and the command says in which file', async () => {
    const [own, other] = [await versionWith(MODEL), await versionWith(MODEL, { algorithm: 'auto' })];
    const forged = await register(own.bundle, other.bundle);
    const { print, text } = captured();
    expect(await reproduce(client, { version: `${MODEL}@${forged}` }, print)).toBe(EXIT.differs);
    expect(text()).toMatch(/^differs: /m);
    expect(text()).toMatch(/^model +[0-9a-f]{16} +[0-9a-f]{16} +no$/m);
    expect(text()).toMatch(/^signature\.json +[0-9a-f]{16} +[0-9a-f]{16} +yes$/m);
    const [run] = await client.runs(MODEL);
    expect(run).toMatchObject({ status: 'differs', reproduce: forged });
    expect(run?.verdict?.[0]).toBe(`version ${forged} came out differently in model`);
  });
});

it('a version that there is not cannot be reproduced', async () => {
  const { print, text } = captured();
  expect(await reproduce(client, { version: `${MODEL}@9999` }, print)).toBe(EXIT.failed);
  expect(text()).toContain(`${MODEL}@9999 does not exist`);
});
