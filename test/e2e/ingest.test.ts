import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { openDuckDbReader } from '#adapters/duckdb/duckdb-reader.ts';
import { sha256 } from '#adapters/hash.ts';
import type { DatasetManifest } from '#core/data/manifest.ts';
import { readManifest } from '#lib/pipelines/commit-dataset-version.ts';
import {
  client,
  config,
  type Drop,
  dropAt,
  dropText,
  ingestOutcome,
  outputs,
  registry,
  sfn,
  store,
} from './deployment.ts';

const HEADER = 'sensor,at,value\n';
const lambda = new LambdaClient(config);

async function versionCount(dataset: string): Promise<number> {
  return (await client.dataset(dataset)).versions.length;
}

async function manifestOf(dataset: string, version: number): Promise<DatasetManifest> {
  const found = await registry.datasetVersion(dataset, version);
  if (!found) throw new Error(`${dataset}@${version} does not exist`);
  return readManifest(store, found.manifest);
}

/** Delivers S3's event of a drop to `start-ingest`. */
async function deliver({ key, versionId }: Drop, size: number): Promise<unknown> {
  const event = {
    version: '0',
    id: '17793124-05d4-b198-2fde-7ededc63b103',
    'detail-type': 'Object Created',
    source: 'aws.s3',
    time: '2026-01-01T00:00:00Z',
    detail: { bucket: { name: outputs.incomingBucket }, object: { key, size, 'version-id': versionId } },
  };
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: 'leeboard-local-start-ingest', Payload: JSON.stringify(event) }),
  );
  expect(FunctionError).toBeUndefined();
  return JSON.parse(Buffer.from(Payload ?? []).toString());
}

async function rowsOf(bytes: Uint8Array) {
  const folder = await mkdtemp(join(tmpdir(), 'leeboard-part-'));
  try {
    await writeFile(join(folder, 'part.parquet'), bytes);
    return await openDuckDbReader(join(folder, 'spill')).readColumns(join(folder, 'part.parquet'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

it('a dropped CSV file is version 1, and its part is kept byte for byte', async () => {
  const text = `${HEADER}a,2026-01-01T00:00:00Z,1.5\nb,2026-01-01T00:00:00Z,-2\n`;
  const drop = await dropText('readings', 'first.csv', text);
  expect(await ingestOutcome(drop)).toEqual({ accepted: true, version: 1, rows: 2, duplicate: false });

  const manifest = await manifestOf('readings', 1);
  expect(manifest).toMatchObject({ dataset: 'readings', version: 1, parent: null, mode: 'append', rows: 2 });
  expect(manifest.parts).toHaveLength(1);
  const [part] = manifest.parts as [(typeof manifest.parts)[number]];
  expect(part.source).toEqual({
    bucket: outputs.incomingBucket,
    ...drop,
    sha256: sha256(Buffer.from(text)),
    size: text.length,
  });
  const bytes = await store.read(part.key, part.s3VersionId);
  expect([sha256(bytes), bytes.length]).toEqual([part.sha256, part.size]);
  const at = Date.parse('2026-01-01T00:00:00Z');
  expect(await rowsOf(bytes)).toEqual({
    rows: 2,
    columns: { sensor: ['a', 'b'], at: [at, at], value: [1.5, -2] },
  });
});

it('an event that is delivered three times is one version', async () => {
  const before = await versionCount('readings');
  const text = `${HEADER}a,2026-01-02T00:00:00Z,1\n`;
  const drop = await dropText('readings', 'thrice.csv', text);
  const runs = await Promise.all([deliver(drop, text.length), deliver(drop, text.length)]);
  expect(runs[0]).toEqual(runs[1]);
  const outcome = await ingestOutcome(drop);
  expect(outcome).toMatchObject({ accepted: true, version: before + 1 });
  await deliver(drop, text.length);
  expect(await versionCount('readings')).toBe(before + 1);
});

it('a drop that is ingested again under another name of the run is still one version', async () => {
  const text = `${HEADER}a,2026-01-03T00:00:00Z,1\n`;
  const drop = await dropText('readings', 'again.csv', text);
  const outcome = await ingestOutcome(drop);
  const input = JSON.stringify({
    dataset: 'readings',
    ...drop,
    size: text.length,
    asOf: '2026-01-03T01:00:00Z',
  });
  const { executionArn = '' } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn: outputs.stateMachines['ingest-dataset'], input }),
  );
  const { accepted: _, ...first } = outcome as Extract<typeof outcome, { accepted: true }>;
  expect(await client.finish(executionArn)).toEqual(first);
  expect(await versionCount('readings')).toBe(first.version);
});

it('the same content under another name is known already', async () => {
  const text = `${HEADER}a,2026-01-04T00:00:00Z,1\n`;
  const first = await ingestOutcome(await dropText('readings', 'content.csv', text));
  const second = await ingestOutcome(await dropText('readings', 'copy of content.csv', text));
  expect(second).toEqual({ ...first, duplicate: true });
  expect(await versionCount('readings')).toBe((first as { version: number }).version);
});

it('ten files dropped at once are ten versions in a row, and none is lost', async () => {
  const before = await manifestOf('readings', await versionCount('readings'));
  const drops = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      dropText('readings', `crowd-${index}.csv`, `${HEADER}crowd-${index},2026-01-05T00:00:00Z,${index}\n`),
    ),
  );
  const outcomes = await Promise.all(drops.map(ingestOutcome));
  const numbers = outcomes.map((outcome) => (outcome.accepted ? outcome.version : 0)).sort((a, b) => a - b);
  expect(numbers).toEqual(drops.map((_, index) => before.version + 1 + index));
  const after = await manifestOf('readings', before.version + 10);
  expect(after.rows).toBe(before.rows + 10);
  expect(new Set(after.parts.map(({ source }) => source.key))).toEqual(
    new Set([...before.parts.map(({ source }) => source.key), ...drops.map(({ key }) => key)]),
  );
});

it('every version names the one before it by its hash', async () => {
  const { versions } = await client.dataset('readings');
  for (const { version, manifest } of versions.slice(0, -1)) {
    const previous = versions.find((other) => other.version === version - 1);
    expect((await manifestOf('readings', version)).parent).toEqual({
      version: version - 1,
      sha256: previous?.manifest.sha256,
    });
    expect(manifest.sha256).not.toBe(previous?.manifest.sha256);
  }
});

it('in mode replace the newest file alone is the dataset, and an older one may come back', async () => {
  const [old, next] = ['sensor,floor\na,1\nb,2\n', 'sensor,floor\nc,3\n'];
  const drop = async (text: string, name: string) => ingestOutcome(await dropText('sensors', name, text));
  expect(await drop(old, 'old.csv')).toMatchObject({ version: 1, rows: 2 });
  expect(await drop(next, 'next.csv')).toMatchObject({ version: 2, rows: 1 });
  expect(await drop(next, 'next again.csv')).toMatchObject({ version: 2, duplicate: true });
  expect(await drop(old, 'old again.csv')).toMatchObject({ version: 3, rows: 2, duplicate: false });
  const manifests = await Promise.all([1, 2, 3].map((version) => manifestOf('sensors', version)));
  expect(manifests.map(({ rows, parts }) => [rows, parts.length])).toEqual([
    [2, 1],
    [1, 1],
    [2, 1],
  ]);
  expect(manifests[2]?.parts[0]?.sha256).toBe(manifests[0]?.parts[0]?.sha256);
});

it.each([
  ['unheard-of', 'incoming/unheard-of/file.csv', 'unheard-of'],
  ['Readings', 'incoming/Readings/file.csv', 'unknown'],
  ['../weather', 'incoming/../weather/file.csv', 'unknown'],
])('a file for dataset %s, which does not exist, is set aside and says so', async (_, key, filedUnder) => {
  const outcome = await ingestOutcome(await dropAt(key, 'a\n1\n'));
  expect(outcome).toMatchObject({ accepted: false, rules: ['dataset'] });
  const { reportKey } = outcome as { reportKey: string };
  expect(reportKey).toMatch(new RegExp(`^quarantine/${filedUnder}/[0-9a-f]{64}/report.json$`));
  const report = JSON.parse(Buffer.from(await store.read(reportKey)).toString());
  expect(report.problems[0].message).toMatch(/a folder named as a dataset: .*readings.*weather/);
  const kept = await store.read(reportKey.replace('report.json', 'file'));
  expect(Buffer.from(kept).toString()).toBe('a\n1\n');
  const { versions, rejections } = await client.dataset(filedUnder);
  expect(versions).toEqual([]);
  expect(rejections.map((rejection) => rejection.reportKey)).toContain(reportKey);
});

it.each(['incoming/lost.csv', 'incoming/readings/', 'incoming/readings/folder/'])(
  'an object that is no file of a dataset (%s) starts nothing',
  async (key) => {
    expect(await deliver(await dropAt(key, ''), 0)).toEqual({
      ignored: 'not a file below incoming/<dataset>/',
    });
  },
);
