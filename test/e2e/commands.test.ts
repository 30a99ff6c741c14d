import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BinaryPrediction, PredictionAnswer } from '#core/serve/answer.ts';
import { drop } from '#lib/commands/drop.ts';
import { logs } from '#lib/commands/logs.ts';
import { predict } from '#lib/commands/predict.ts';
import { runs } from '#lib/commands/runs.ts';
import { type Status, status } from '#lib/commands/status.ts';
import { train } from '#lib/commands/train.ts';
import { readPredictions } from '#lib/pipelines/read-predictions.ts';
import { root } from '#local/work-directory.ts';
import { captured } from '../commands/captured.ts';
import { client, outputs, store, waitFor } from './deployment.ts';

const MODEL = 'visits-long';
const BLOCK = 20;
const ROWS = 30 * BLOCK;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leeboard-commands-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** A CSV of visits, one a minute from row `first` on; each block of 20 has every number of pages once. */
function visits(first: number, minutes: (pages: number, row: number) => number): string {
  const lines = Array.from({ length: ROWS }, (_, index) => {
    const row = first + index;
    const pages = (row * 7) % BLOCK;
    return `v${row},${new Date(Date.UTC(2026, 0, 1, 0, row)).toISOString()},${pages},${minutes(pages, row)}`;
  });
  return `visitor,at,pages,minutes\n${lines.join('\n')}\n`;
}

const stayersReadOn = visits(0, (pages, row) => (pages >= 10 !== (row % 9 === 0) ? 9 : 1));
/** Who stays no longer has to do with pages: a block stays, the next does not. */
const stayersByChance = visits(ROWS, (_, row) => (Math.floor(row / BLOCK) % 2 === 0 ? 9 : 1));

describe('drop', () => {
  it('an accepted file is a version; the same content again is a duplicate of it', async () => {
    const path = await file('visits.csv', stayersReadOn);
    const [first, again] = [captured({ json: true }), captured({ json: true })];
    expect(await drop(client, { file: path, dataset: 'visits' }, first.print)).toBe(0);
    expect(first.document()).toMatchObject({ status: 'accepted', version: 1, rows: ROWS });
    expect(await drop(client, { file: path, dataset: 'visits', name: 'again.csv' }, again.print)).toBe(0);
    expect(again.document()).toMatchObject({ status: 'duplicate', version: 1, rows: ROWS });
  });

  it('a rejected file names rule, column, count and first rows', async () => {
    const path = await file(
      'bad.csv',
      'visitor,at,pages,minutes\na,2026-01-01T00:00:00Z,1,1\nb,2026-01-01T00:00:00Z,101,1\n',
    );
    const { print, text } = captured();
    expect(await drop(client, { file: path, dataset: 'visits' }, print)).toBe(2);
    expect(text()).toMatch(/^range +pages +1 +2 +pages: /m);
  });
});

it('a drop whose ingestion never starts is not waited for without end', async () => {
  const never = { key: 'incoming/visits/never.csv', versionId: 'none', size: 1 };
  await expect(client.ingested(never, 500)).rejects.toThrow('did not start within 0.5 s');
});

describe('a model', () => {
  it('without a champion answers nothing, and says so', async () => {
    const path = await file('one.json', '{ "pages": 15 }');
    const asked = predict(client, { model: MODEL, file: path }, captured().print);
    await expect(asked).rejects.toMatchObject({ name: 'ApiError', status: 409 });
  });

  it('without a training has no runs, and says so', async () => {
    const { print, text } = captured();
    expect(await runs(client, { model: MODEL }, print)).toBe(0);
    expect(text()).toContain(`${MODEL} has no runs yet`);
  });

  it('is trained and promoted', async () => {
    const { print, text } = captured();
    expect(await train(client, { model: MODEL, reason: 'for ada' }, print)).toBe(0);
    expect(text()).toMatch(/s {2}TrainModel$/m);
    expect(text()).toContain(`promoted: ${MODEL}@1 is the champion`);
  });

  it('predicts rows of a JSON Lines file', async () => {
    const path = await file('rows.jsonl', '{"pages": 15}\n{"pages": 3}\n');
    const { print, document } = captured({ json: true });
    expect(await predict(client, { model: MODEL, file: path }, print)).toBe(0);
    const [many, few] = document<PredictionAnswer<BinaryPrediction>>().predictions;
    expect(many?.probability).toBeGreaterThan(0.7);
    expect(few?.probability).toBeLessThan(0.3);
  });

  it('keeps no name of a visitor in its log, but can tell who came again', async () => {
    const start = Date.now();
    const rows = ['ada@example.org', 'bob@example.org', 'ada@example.org'].map((visitor) => ({
      visitor,
      pages: 15,
    }));
    const { predictionId } = await client.predict(MODEL, rows);
    const logged = await waitFor('the rows in the log', async () => {
      const all = await readPredictions(store, MODEL, start, Date.now() + 1);
      const found = all.filter(({ id }) => id.startsWith(predictionId));
      return found.length === rows.length && found.sort((a, b) => (a.id < b.id ? -1 : 1));
    });
    const [ada, bob, again] = logged.map(({ key }) => key.visitor);
    expect(ada).toMatch(/^hmac:[0-9a-f]{32}$/);
    expect(again).toBe(ada);
    expect(bob).not.toBe(ada);
    expect(JSON.stringify(logged)).not.toContain('example.org');
  });

  it('answers its own example', async () => {
    const example = captured();
    await predict(client, { model: MODEL, example: true }, example.print);
    const path = await file('example.json', example.text());
    expect(await predict(client, { model: MODEL, file: path }, captured().print)).toBe(0);
  });

  it('keeps its champion when a gate refuses the next version', async () => {
    const path = await file('chance.csv', stayersByChance);
    expect(await drop(client, { file: path, dataset: 'visits' }, captured().print)).toBe(0);
    const { print, text } = captured();
    expect(await train(client, { model: MODEL, reason: 'for grace' }, print)).toBe(3);
    expect(text()).toMatch(/AUC 0\.\d+ is below the gate's minimum 0\.7/);
  });

  it('has its runs told: who, what came of it, and why not', async () => {
    const { print, text } = captured();
    expect(await runs(client, { model: MODEL }, print)).toBe(0);
    expect(text()).toMatch(
      /refused +2 .* arn:aws:\S+ +AUC .*below the gate's minimum 0\.7[\s\S]*succeeded +1 .* for ada$/m,
    );
  });
});

it('a model without data fails to train with the reason', async () => {
  const { print, text } = captured();
  expect(await train(client, { model: 'silence-high' }, print)).toBe(1);
  expect(text()).toMatch(/failed: NotFeasibleError: .*silence/);
});

it('status shows the dataset with its rejection, and the champion beside the refused version', async () => {
  const { print, document } = captured({ json: true });
  expect(await status(client, {}, print)).toBe(0);
  const { datasets, models } = document<Status>();
  expect(datasets).toContainEqual(
    expect.objectContaining({ dataset: 'visits', version: 2, rows: 2 * ROWS, rejections: 1 }),
  );
  expect(models).toContainEqual(expect.objectContaining({ model: MODEL, champion: 1, latest: 2, rev: 1 }));
});

it('logs shows what a function wrote', async () => {
  const { print, document } = captured({ json: true });
  expect(await logs(client, { functionName: 'validate-file', since: '1h' }, print)).toBe(0);
  expect(document<{ lines: object[] }>().lines).not.toEqual([]);
});

it('the installed command speaks to the deployment that its outputs name', async () => {
  const path = await file('outputs.json', JSON.stringify(outputs));
  const bin = join(root, 'bin/leeboard-cli.mjs');
  const { stdout, stderr } = await promisify(execFile)(bin, ['runs', MODEL, '--json', '--outputs', path]);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({
    model: MODEL,
    runs: [{ status: 'refused' }, { status: 'succeeded' }],
  });
});
