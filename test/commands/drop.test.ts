import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { problem } from '#core/data/report.ts';
import type { DropOutcome } from '#lib/client/leeboard-client.ts';
import { UsageError } from '#lib/commands/arguments.ts';
import { drop } from '#lib/commands/drop.ts';
import { captured } from './captured.ts';
import { outputs } from './outputs.ts';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leeboard-drop-'));
  file = join(folder, 'may.csv');
  await writeFile(file, 'a,b\n');
});
afterAll(() => rm(folder, { recursive: true }));

/** A client whose drops end as given. */
function clientWhere(outcome: DropOutcome) {
  const dropped: string[] = [];
  return {
    dropped,
    outputs,
    drop: async (_file: string, dataset: string, name = '') => {
      const key = `incoming/${dataset}/${name}`;
      dropped.push(key);
      return { key, versionId: 'v1', size: 4 };
    },
    ingested: async () => outcome,
    report: async () => ({
      dataset: 'flights',
      source: 's3://incoming/incoming/flights/may.csv',
      rejectedAt: '2026-01-01T00:00:00Z',
      rows: 1200,
      problems: [
        problem('domain', 'one of EWR, JFK', { column: 'origin', count: 7, rows: [1, 2, 3, 4, 5, 6, 7] }),
      ],
    }),
  };
}

it('an accepted file ends with 0 and its version', async () => {
  const { print, text } = captured();
  const client = clientWhere({ version: 5, rows: 109_119, duplicate: false });
  expect(await drop(client, { file, dataset: 'flights' }, print)).toBe(0);
  expect(text()).toBe(
    'dropped 4 bytes at s3://incoming/incoming/flights/may.csv\naccepted: it is in flights@5 (109,119 rows)\n',
  );
});

it('a duplicate ends with 0 and the version that holds it', async () => {
  const { print, document } = captured({ json: true });
  const client = clientWhere({ version: 2, rows: 10, duplicate: true });
  expect(await drop(client, { file, dataset: 'flights' }, print)).toBe(0);
  expect(document()).toMatchObject({ status: 'duplicate', dataset: 'flights', version: 2, rows: 10 });
});

it('a rejected file ends with 2 and says which rows broke which rule', async () => {
  const { print, text } = captured();
  const client = clientWhere({ reportKey: 'quarantine/flights/1/report.json', rules: ['domain'] });
  expect(await drop(client, { file, dataset: 'flights' }, print)).toBe(2);
  expect(text()).toContain('rejected: the file of 1,200 rows breaks a rule');
  expect(text()).toMatch(
    /^domain +origin +7 +1 2 3 4 5 +origin: values are not among .*: expected one of EWR, JFK$/m,
  );
  expect(text()).toContain('report: s3://store/quarantine/flights/1/report.json');
});

it('--no-wait ends when the file is dropped', async () => {
  const { print, document } = captured({ json: true });
  const client = {
    ...clientWhere({ reportKey: '', rules: [] }),
    ingested: () => Promise.reject(new Error('waited')),
  };
  expect(await drop(client, { file, dataset: 'flights', wait: false }, print)).toBe(0);
  expect(document()).toMatchObject({ status: 'dropped', key: 'incoming/flights/may.csv', versionId: 'v1' });
});

it('--name is the name below the dataset', async () => {
  const client = clientWhere({ version: 1, rows: 1, duplicate: false });
  await drop(client, { file, dataset: 'flights', name: '2013/may.csv' }, captured().print);
  expect(client.dropped).toEqual(['incoming/flights/2013/may.csv']);
});

it('an unknown dataset, a folder or a name that is none drops nothing', async () => {
  const client = clientWhere({ version: 1, rows: 1, duplicate: false });
  const { print } = captured();
  await expect(drop(client, { file, dataset: 'weather' }, print)).rejects.toThrow('there are: flights');
  await expect(drop(client, { file: folder, dataset: 'flights' }, print)).rejects.toThrow('is not a file');
  for (const name of ['', 'may/']) {
    await expect(drop(client, { file, dataset: 'flights', name }, print)).rejects.toThrow(UsageError);
  }
  expect(client.dropped).toEqual([]);
});
