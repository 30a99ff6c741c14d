import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ReplayReport } from '#core/replay/report.ts';
import type { Prediction, PredictionAnswer } from '#core/serve/answer.ts';
import { EXIT } from '#lib/commands/printer.ts';
import { replay } from '#lib/commands/replay.ts';
import { readPredictions } from '#lib/pipelines/read-predictions.ts';
import { captured } from '../commands/captured.ts';
import { client, store, waitFor } from './deployment.ts';
import { send } from './http.ts';
import { asRequest, dropOrders, orders } from './orders.ts';
import { champion, versionWith } from './training.ts';

const MODEL = 'orders-late';
const HOUR = 3_600_000;

const rows = orders().slice(-400).map(asRequest);
let begin: number;
let end: number;
let answered: PredictionAnswer;
let first: number;
let other: number;
beforeAll(async () => {
  first = (await champion(MODEL, dropOrders)).version;
  other = (await versionWith(MODEL, { 'algorithm.l2': 2000 })).version;
  begin = Date.now();
  answered = await client.predict(MODEL, rows);
  end = Date.now() + 1;
  const ofThese = ({ id }: { id: string }) => id.startsWith(answered.predictionId);
  await waitFor('the log to have them', async () => {
    const logged = await readPredictions(store, MODEL, begin, end);
    return logged.filter(ofThese).length === rows.length;
  });
});

const body = (changes: object = {}) => ({
  version: answered.version,
  from: new Date(begin).toISOString(),
  to: new Date(end).toISOString(),
  reason: 'test',
  ...changes,
});

async function replayed(version: number): Promise<ReplayReport> {
  const { replayId } = await client.startReplay(MODEL, body({ version }) as never);
  const found = await waitFor('the replay', async () => {
    const now = await client.replay(MODEL, replayId);
    return now.status !== 'running' && now;
  });
  if (found.status !== 'succeeded') throw new Error(JSON.stringify(found));
  return ReplayReport.parse(found.report);
}

const positives = (answers: readonly Prediction[]) =>
  answers.filter((answer) => 'positive' in answer && answer.positive).length;

describe('logged traffic', () => {
  it('scored again by the version that answered changes nothing, to the bit', async () => {
    const report = await replayed(answered.version);
    expect(report).toMatchObject({
      rows: rows.length,
      scored: rows.length,
      change: { equal: rows.length, changed: 0 },
    });
    expect(report.change).toMatchObject({ positive: { before: positives(answered.predictions) } });
  });

  it('scored by another version says what would have changed, in numbers and a picture', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leeboard-replay-'));
    const html = join(folder, 'replay.html');
    const { print, document } = captured({ json: true });
    const [since, until] = [new Date(begin).toISOString(), new Date(end).toISOString()];
    const options = { version: `${MODEL}@${other}`, since, until, html, everyMs: 100 };
    expect(await replay(client, options, print)).toBe(EXIT.ok);
    const report = ReplayReport.parse(document());
    const page = await readFile(html, 'utf8');
    await rm(folder, { recursive: true });
    const { change, champion: today } = report;
    if (change?.task !== 'binary') throw new Error('expected the change of a binary model');
    expect(change.equal).toBeLessThan(rows.length / 2);
    expect(change.positive.before).toBe(positives(answered.predictions));
    expect(change.positive.after - change.positive.before).toBe(change.toPositive - change.toNegative);
    expect(today).toMatchObject({ version: first, change: { rows: rows.length } });
    expect(page).toContain(`${MODEL}@${other}`);
    expect(page.match(/<svg /g)).toHaveLength(2);
  });
});

describe('what cannot be replayed', () => {
  const ask = async (changes: object) => {
    const { status, body: text } = await send(
      'POST',
      `/v1/models/${MODEL}/replays`,
      JSON.stringify(body(changes)),
    );
    return { status, text };
  };

  it.each([
    ['a version that there is not', { version: 999 }, 404, 'has no version 999'],
    ['a version that is no number', { version: 'new' }, 422, '"field":"version"'],
    ['a window that ends before it begins', { from: '2030-01-01T00:00:00Z' }, 422, 'an instant before'],
    ['a window that is too long', { from: '2020-01-01T00:00:00Z' }, 422, 'at most 168 hours before'],
    ['no instant', { to: 'yesterday' }, 422, 'an ISO 8601 instant'],
    ['a field that there is not', { rows: [] }, 422, '"field":"rows"'],
  ])('%s is refused, and says what was expected', async (_, changes, status, text) => {
    expect(await ask(changes)).toEqual({ status, text: expect.stringContaining(text) });
  });

  it('a window without predictions fails and names the window', async () => {
    const [since, until] = [new Date(begin - 30 * 24 * HOUR), new Date(begin - 30 * 24 * HOUR + HOUR)];
    const { print, text } = captured();
    const options = {
      version: `${MODEL}@${first}`,
      since: since.toISOString(),
      until: until.toISOString(),
      everyMs: 100,
    };
    expect(await replay(client, options, print)).toBe(EXIT.failed);
    expect(text()).toContain(`failed: no prediction of ${MODEL} was logged from ${since.toISOString()}`);
  });

  it('a replay of another model, or of none, is not found', async () => {
    const find = async (path: string) => (await send('GET', `/v1/models/${path}`)).status;
    for (const model of [MODEL, 'nobody']) expect(await find(`${model}/replays/${randomUUID()}`)).toBe(404);
    expect(await find(`${MODEL}/replays/nothing`)).toBe(422);
  });
});
