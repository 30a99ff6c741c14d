import { beforeEach, expect, it } from 'vitest';
import type { Notification } from '#core/notify/notification.ts';
import { askApproval } from '#core/registry/approval.ts';
import type { ApprovalCard } from '#core/registry/approval-card.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import { expireApproval } from '#lib/pipelines/expire-approval.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import { requestApproval } from '#lib/pipelines/request-approval.ts';
import { soundEvaluation } from '#test/core/evaluate/sound-evaluation.ts';
import { leaveRun } from '#test/support/bundle.ts';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { MemoryStore } from '#test/support/memory-store.ts';
import { tripsLate } from '#test/support/trips.ts';

const ASKED = '2026-05-01T00:00:00.000Z';
const EXPIRES = '2026-05-02T00:00:00.000Z';
const PAGE = 'models/trips-late/versions/000001/approval.html';

let registry: MemoryRegistry;
let store: MemoryStore;
let cards: ApprovalCard[];
let told: Notification[];
beforeEach(() => {
  [registry, store, cards, told] = [new MemoryRegistry(), new MemoryStore(), [], []];
});

/** A version that waits for a day. */
async function waiting(): Promise<ModelVersion> {
  const { files, ...run } = await leaveRun(store, 'run-1');
  const reference = { rows: 200, scores: [], label: [], attribution: { km: 3, city: 1 } } as never;
  const changed = await Promise.all(
    Object.entries({
      'evaluation.json': soundEvaluation({ reference }),
      'training.json': { algorithm: { kind: 'xgboost' }, rounds: 12, rows: 700 },
    }).map(
      async ([name, body]) => [name, await store.write(`runs/run-1/${name}`, JSON.stringify(body))] as const,
    ),
  );
  const registration = { ...run, files: { ...files, ...Object.fromEntries(changed) } };
  const version = await registerVersion(store, registry, registration);
  const sha256 = version.manifest?.sha256 as string;
  const approval = askApproval({ sha256, comparedWith: null, at: ASKED, within: '1 day', pace: 1 });
  const asked = { ...version, status: 'waiting', approval } as const;
  await registry.updateModelVersion(asked, 'registered');
  return asked;
}

const request = () =>
  requestApproval(
    {
      ...{ registry, store },
      people: { tell: async (news) => void told.push(news) },
      draw: (card) => {
        cards.push(card);
        return `page of version ${card.version}`;
      },
    },
    { model: 'trips-late', version: 1 },
  );

it('keeps a page with all there is to know, then tells people', async () => {
  const { approval } = await waiting();
  await registry.addDatasetVersion({
    ...{ dataset: 'trips', version: 4, createdAt: ASKED, specHash: 's', rows: 900, parts: 1 },
    ...{
      added: { sha256: 'a', rows: 900, source: 's3://incoming' },
      manifest: { key: 'm', versionId: '0', size: 1, sha256: 's' },
    },
  });
  await request();
  expect(new TextDecoder().decode(await store.read(PAGE))).toBe('page of version 1');
  expect(cards[0]).toMatchObject({
    ...{ model: 'trips-late', approval, rows: 700, algorithm: 'xgboost, 12 rounds' },
    datasets: [{ dataset: 'trips', version: 4, rows: 900 }],
    weights: { km: 0.75, city: 0.25 },
    spec: { label: tripsLate().label },
  });
  expect(told).toMatchObject([{ id: 'approval/trips-late/1', at: ASKED }]);
});

it('does not know the rows of a dataset version that the registry forgot', async () => {
  await waiting();
  await request();
  expect(cards[0]?.datasets).toEqual([{ dataset: 'trips', version: 4, rows: null }]);
});

it('asks nobody about a version that does not wait any more', async () => {
  const version = await waiting();
  await expireApproval(registry, version, EXPIRES);
  await request();
  expect(told).toEqual([]);
});

it('a request ends at the instant that it names, by whoever reads the version then', async () => {
  const version = await waiting();
  expect(await expireApproval(registry, version, '2026-05-01T23:59:59.999Z')).toEqual(version);
  expect(await expireApproval(registry, version, EXPIRES)).toMatchObject({ status: 'expired' });
  expect((await registry.modelVersion('trips-late', 1))?.status).toBe('expired');
});

it('a request that was answered meanwhile has not ended', async () => {
  const version = await waiting();
  const rejected = { ...version, status: 'rejected' } as const;
  await registry.updateModelVersion(rejected, 'waiting');
  expect(await expireApproval(registry, version, EXPIRES)).toEqual(rejected);
});
