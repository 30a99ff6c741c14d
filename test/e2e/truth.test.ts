import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BinaryPrediction, PredictionAnswer } from '#core/serve/answer.ts';
import type { Outcome } from '#core/serve/join-truth.ts';
import { predictionId } from '#core/serve/prediction-id.ts';
import type { Truth } from '#core/serve/truth.ts';
import { ApiError } from '#lib/client/errors.ts';
import { feedback } from '#lib/commands/feedback.ts';
import { truth } from '#lib/commands/truth.ts';
import { readOutcomes } from '#lib/pipelines/read-outcomes.ts';
import { readTruths } from '#lib/pipelines/read-truths.ts';
import type { TruthFileReport } from '#lib/pipelines/record-truth-file.ts';
import { captured } from '#test/commands/captured.ts';
import { client, config, dropAt, outputs, store, waitFor } from './deployment.ts';
import { accept, asCsv } from './orders.ts';
import { champion } from './training.ts';

const MODEL = 'parcels-late';
const DAY = 86_400_000;

const parcel = (index: number, late: boolean | null) => ({
  parcel: `p${index}`,
  at: new Date(Date.UTC(2026, 0, 1, index)).toISOString(),
  weight: (index * 7) % 20,
  hours: late === null ? null : late ? 30 : 5,
});
const asRequest = ({ hours: _, ...row }: ReturnType<typeof parcel>) => row;
const keyOf = ({ parcel: name, at }: ReturnType<typeof parcel>) => ({ parcel: name, at });

/** Six parcels that are on their way. */
const onTheirWay = Array.from({ length: 6 }, (_, index) => parcel(1000 + index, null));
let answer: PredictionAnswer<BinaryPrediction>;
let start: number;

const idOf = (row: number) => `${answer.predictionId}#${row}`;
const tell = (...truths: object[]) => client.feedback(MODEL, truths);
const refusal = async (...truths: object[]) => {
  const error = await tell(...truths).then(
    () => undefined,
    (thrown: ApiError) => thrown,
  );
  expect(error).toBeInstanceOf(ApiError);
  return { status: error?.status, errors: error?.problem.errors };
};
const outcomes = async () => {
  const to = Date.now() + DAY;
  const { joined } = await readOutcomes(store, MODEL, { from: start, to, asOf: to, within: '1 hour' });
  return joined.outcomes;
};
const keptTruths = async () => {
  const kept: Truth[] = [];
  for await (const one of readTruths(store, MODEL, { from: start, to: Date.now() + DAY })) kept.push(one);
  return kept;
};
/** The outcome of a row, once it has one that is wanted. */
const outcomeOf = (row: number, isWanted: (outcome: Outcome) => boolean = () => true) =>
  waitFor(`truth of row ${row}`, async () =>
    (await outcomes()).find((outcome) => outcome.prediction.id === idOf(row) && isWanted(outcome)),
  );

beforeAll(async () => {
  // One in seven is not as its weight says: what tells all would be refused as a leak.
  const history = Array.from({ length: 400 }, (_, index) =>
    parcel(index, (index * 7) % 20 >= 10 !== (index % 7 === 0)),
  );
  await champion(MODEL, () => accept('parcels', asCsv(history)));
  start = Date.now() - 1000;
  answer = (await client.predict(MODEL, onTheirWay.map(asRequest))) as PredictionAnswer<BinaryPrediction>;
});

describe('truth through the API', () => {
  it('by id counts once, however often it is told, and is joined to its prediction', async () => {
    const told = { predictionId: answer.predictionId, row: 0, actual: true };
    expect(await tell(told)).toEqual({ accepted: 1, repeated: 0 });
    expect(await tell(told)).toEqual({ accepted: 1, repeated: 0 });
    const { prediction, actual } = await outcomeOf(0);
    expect([prediction.version, actual]).toEqual([answer.version, true]);
  });

  it('by key is joined to the prediction with that key', async () => {
    expect(await tell({ key: keyOf(onTheirWay[1] as never), actual: false })).toEqual({
      accepted: 1,
      repeated: 0,
    });
    expect((await outcomeOf(1)).actual).toBe(false);
  });

  it('that differs from what was told before counts as the later one says', async () => {
    expect(await tell({ id: idOf(0), actual: false })).toEqual({ accepted: 1, repeated: 0 });
    await outcomeOf(0, ({ actual }) => actual === false);
  });

  it('of what was never predicted is taken, and counted later', async () => {
    const nobodys = `${predictionId(Date.now() - 60_000, new Uint8Array(10))}#0`;
    expect(await tell({ id: nobodys, actual: true })).toEqual({ accepted: 1, repeated: 0 });
  });

  it('is refused with the field that is wrong, and then nothing of the request is kept', async () => {
    const old = `${predictionId(Date.now() - 2 * 3_600_000, new Uint8Array(10))}#0`;
    const right = { id: idOf(5), actual: true };
    expect(await refusal(right, { id: old, actual: true })).toMatchObject({
      status: 422,
      errors: [{ field: 'truths[1].id', expected: expect.stringContaining('at most 1 hour ago') }],
    });
    expect(
      await refusal(right, { id: idOf(4), actual: 1 }, { key: { parcel: 7 }, actual: true }),
    ).toMatchObject({
      status: 422,
      errors: [
        { field: 'truths[1].actual' },
        { field: 'truths[2].key.at' },
        { field: 'truths[2].key.parcel' },
      ],
    });
    expect(await refusal(right, { ...right, actual: false })).toMatchObject({
      errors: [{ field: 'truths[1].actual', expected: 'what truths[0] says of the same prediction' }],
    });
  });

  it('of a model that is not deployed is a 404', async () => {
    await expect(client.feedback('no-such-model', [{ id: idOf(0), actual: true }])).rejects.toMatchObject({
      status: 404,
    });
  });
});

describe('truth by files', () => {
  it('is sent by the command, which names the line that is wrong', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leeboard-truth-'));
    try {
      const file = join(folder, 'truth.csv');
      const { print, text } = captured();
      await writeFile(file, `id,actual\n${idOf(2)},true\nx,true\n`);
      expect(await feedback(client, { model: MODEL, file }, print)).toBe(2);
      expect(text()).toContain("line 3, id: expected a prediction's id");
      await writeFile(
        file,
        `parcel,at,actual\n${Object.values(keyOf(onTheirWay[2] as never)).join(',')},true\n`,
      );
      expect(await feedback(client, { model: MODEL, file }, captured().print)).toBe(0);
    } finally {
      await rm(folder, { recursive: true });
    }
    expect((await outcomeOf(2)).actual).toBe(true);
  });

  /** What became of a drop. */
  const reportOf = (key: string) =>
    waitFor(`the report on ${key}`, async () => {
      for (const { key: report } of await store.list(`reports/${MODEL}/truth-files/`)) {
        const found = JSON.parse(Buffer.from(await store.read(report)).toString()) as TruthFileReport;
        if (found.source === key) return found;
      }
      return undefined;
    });

  it('is kept when it is dropped, all of it or nothing', async () => {
    const [good, bad] = [`truth/${MODEL}/good.jsonl`, `truth/${MODEL}/bad.csv`];
    await dropAt(bad, `id,actual\n${idOf(5)},true\n${idOf(4)},perhaps\n`);
    await dropAt(good, JSON.stringify({ id: idOf(3), actual: true }));
    expect((await outcomeOf(3)).actual).toBe(true);
    expect(await reportOf(good)).toMatchObject({ accepted: 1, refused: 0, problems: [] });
    expect(await reportOf(bad)).toMatchObject({
      accepted: 0,
      refused: 1,
      problems: [{ line: 3, field: 'actual', expected: 'true or false' }],
    });
    const kept = await keptTruths();
    expect(kept.some(({ of }) => 'id' in of && [idOf(4), idOf(5)].includes(of.id))).toBe(false);
  });
});

it('truth comes by itself from newer data', async () => {
  const next = [{ ...onTheirWay[4], hours: 30 }, { ...onTheirWay[5], hours: null }, parcel(2000, true)];
  await accept('parcels', asCsv(next));
  expect((await outcomeOf(4)).actual).toBe(true);
  const kept = await keptTruths();
  const told = kept.filter(({ source }) => source.startsWith('parcels@'));
  expect(told.map(({ actual }) => actual)).toEqual([true, true]);
  expect((await outcomes()).map((outcome) => outcome.prediction.id).sort()).toEqual(
    [0, 1, 2, 3, 4].map(idOf),
  );
});

it('how much is known is measured, reported and shown', async () => {
  await client.finish(await client.start('monitor-model', MODEL));
  const { print, document } = captured({ json: true });
  expect(await truth(client, { model: MODEL }, print)).toBe(0);
  expect(document()).toMatchObject({
    rows: 6,
    joined: 5,
    repeated: 1,
    conflicting: [idOf(0)],
    unknown: 1,
    late: 0,
    versions: [{ version: answer.version, rows: 5 }],
  });
  const { Metrics = [] } = await new CloudWatchClient(config).send(
    new ListMetricsCommand({
      Namespace: 'Leeboard',
      Dimensions: [
        { Name: 'Environment', Value: outputs.environment },
        { Name: 'Model', Value: MODEL },
      ],
    }),
  );
  expect(Metrics.map(({ MetricName }) => MetricName)).toEqual(
    expect.arrayContaining(['TruthJoinRate', 'TruthDelaySeconds', 'TruthConflicts', 'TruthUnknown']),
  );
});
