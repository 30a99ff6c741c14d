import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateBinary, superiority } from '#core/evaluate/index.ts';
import type { BinaryPrediction, PredictionAnswer } from '#core/serve/answer.ts';
import { EXIT } from '#lib/commands/printer.ts';
import { why } from '#lib/commands/why.ts';
import { readPredictions } from '#lib/pipelines/read-predictions.ts';
import { readTruths } from '#lib/pipelines/read-truths.ts';
import { captured } from '../commands/captured.ts';
import { decisionsOf, decisionThat, isOver, trainingsOf } from './decisions.ts';
import { drawLot, type Flight, type Lot, SUMMER, WINTER } from './departures.ts';
import { client, registry, store, waitFor } from './deployment.ts';
import { accept } from './orders.ts';
import { departuresLate } from './project/models/departures-late.ts';
import { dropWeather } from './training.ts';

const MODEL = departuresLate.name;
const DAY = 86_400_000;
const ROWS_A_REQUEST = 1000;

let winter: Lot;
let summer: Lot;
/** Other flights of the very same months. */
let heldBack: { readonly winter: Lot; readonly summer: Lot };
/** What version 1 says of flights of the summer that nothing learns from. */
let before: readonly number[];
beforeAll(async () => {
  await dropWeather();
  const [known, other] = [0, 1].map((lot) => Promise.all([drawLot(WINTER, lot), drawLot(SUMMER, lot)]));
  [winter, summer] = await (known as Promise<[Lot, Lot]>);
  const [ofWinter, ofSummer] = await (other as Promise<[Lot, Lot]>);
  heldBack = { winter: ofWinter, summer: ofSummer };
});

/** Drops flights that have landed. @returns the dataset version */
const land = (lot: Lot): Promise<number> => accept('departures', lot.file, 'departures.parquet');

/** Asks about flights before they land, until the log has them. @returns a probability each */
async function ask(flights: readonly Flight[], version: number): Promise<number[]> {
  const since = Date.now();
  const answered: number[] = [];
  for (let start = 0; start < flights.length; start += ROWS_A_REQUEST) {
    const rows = flights.slice(start, start + ROWS_A_REQUEST).map(({ row }) => row);
    const answer = (await client.predict(MODEL, rows)) as PredictionAnswer<BinaryPrediction>;
    expect(answer.version).toBe(version);
    answered.push(...answer.predictions.map(({ probability }) => probability));
  }
  await waitFor(
    'the log',
    async () => (await readPredictions(store, MODEL, since, since + DAY)).length >= flights.length,
  );
  return answered;
}

/** Waits until the loop's own data has told what became of all flights of a dataset version. */
const truthOf = (version: number, { flights }: Lot) =>
  waitFor(`the truth of departures@${version}`, async () => {
    let kept = 0;
    const now = Date.now();
    for await (const { source } of readTruths(store, MODEL, { from: now - DAY, to: now + DAY }))
      if (source === `departures@${version}`) kept++;
    return kept >= flights.length;
  });

/** Monitors as the schedule will tomorrow: the window that was asked in is over then, and nobody has to wait for it. */
async function monitor(): Promise<void> {
  const asOf = new Date(Date.now() + DAY + 5000).toISOString();
  await client.finish(await client.start('monitor-model', MODEL, { scheduled: true, asOf }));
}

/** Every third of a lot is asked about. */
const thirdOf = ({ flights }: Lot) => flights.filter((_, index) => index % 3 === 0);

/** What monitoring found of a version, its windows together: there are two where a day ended meanwhile. */
async function seenOf(version: number) {
  const windows = (await registry.windows(MODEL, { limit: 100 })).filter(
    (window) => window.version === version,
  );
  return {
    rows: windows.reduce((sum, { rows }) => sum + rows, 0),
    drifted: windows.flatMap(({ drifted }) => drifted),
    shifted: windows.flatMap(({ shifted }) => shifted),
    psi: windows.map(({ alarmPsi }) => alarmPsi ?? 0),
    withTruth: windows.reduce((sum, { performance }) => sum + (performance?.rows ?? 0), 0),
  };
}

it('trains the first version when there are rows enough, and nobody asked', async () => {
  await land(winter);
  const first = await decisionThat(MODEL, 'the first version', isOver);
  expect(first).toMatchObject({ number: 1, status: 'promoted', version: 1 });
  expect(first.triggers).toMatchObject([{ id: 'data:departures@1', kind: 'new-data' }]);
  expect(first.steps.map(({ status }) => status)).toEqual(['waiting', 'judging', 'training', 'promoted']);
  expect(await trainingsOf(MODEL)).toMatchObject([{ by: 'leeboard', status: 'succeeded', version: 1 }]);
});

describe('a quiet time: flights held back from the months that the champion learned from', () => {
  it('are no drift', async () => {
    // The newest of what it learned from are its test rows, and no part of what windows are compared with.
    const judgedFrom = winter.flights[Math.floor(winter.flights.length * 0.85)]?.at as string;
    const asked = thirdOf(heldBack.winter).filter(({ at }) => at < judgedFrom);
    await ask(asked, 1);
    await truthOf(await land(heldBack.winter), heldBack.winter);
    await monitor();
    const { psi, ...seen } = await seenOf(1);
    expect(seen).toEqual({ rows: asked.length, withTruth: asked.length, drifted: [], shifted: [] });
    expect(Math.max(...psi)).toBe(0);
  });

  it('teach nothing new, so nothing is trained, and figures say so', async () => {
    const quiet = await decisionThat(MODEL, 'a judgement', (one) => one.number === 2 && isOver(one));
    expect(quiet.triggers).toMatchObject([{ id: 'data:departures@2', kind: 'new-data' }]);
    expect(quiet).toMatchObject({
      status: 'declined',
      reason: expect.stringMatching(/^no point: \d labelled rows? newer/),
    });
    expect(quiet.judgement?.newRows).toBeLessThan(10);
    expect(await decisionsOf(MODEL)).toHaveLength(2);
    expect(await trainingsOf(MODEL)).toHaveLength(1);
  });
});

describe('a summer after the winter that the champion learned from', () => {
  it('is no cause to train before there are as many new rows as the spec asks for', async () => {
    before = await ask(thirdOf(heldBack.summer), 1);
    await ask(thirdOf(summer), 1);
    await truthOf(await land(summer), summer);
    const waiting = await decisionThat(MODEL, 'rows to wait for', ({ number }) => number === 3);
    const reason = expect.stringMatching(/^waits for rows: 4\d{3} of 5000 came/);
    expect(waiting).toMatchObject({ status: 'waiting', reason });
  });

  it('is found to be other by monitoring, and that alone makes a better champion', async () => {
    await monitor();
    const changed = await decisionThat(MODEL, 'a new champion', (one) => one.number === 3 && isOver(one));
    expect(changed).toMatchObject({ status: 'promoted', version: 2 });
    const { drifted, psi } = await seenOf(1);
    expect(drifted).toContain('temp');
    const drift = changed.triggers.find(({ kind }) => kind === 'drift');
    expect(drift).toMatchObject({ version: 1, by: 'leeboard', reason: expect.stringContaining('temp and ') });
    expect(drift?.figures?.psi).toBeGreaterThan(1);
    expect(psi).toContain(drift?.figures?.psi);
    expect(changed.steps.find(({ status }) => status === 'judging')?.reason).toBe(drift?.reason);
    const { backtest, newRows } = changed.judgement ?? {};
    expect(newRows).toBeGreaterThanOrEqual(summer.flights.length);
    const best = backtest?.candidates.find(({ window }) => window === backtest.best);
    expect(best?.gainAtLeast).toBeGreaterThan(0.01);
    const [run] = await trainingsOf(MODEL);
    expect(run).toMatchObject({ version: 2, by: 'leeboard', status: 'succeeded' });
    expect((await client.deployment(MODEL)).champion).toBe(2);
  });

  it('is predicted better by it, on flights that it never saw', async () => {
    const unseen = thirdOf(heldBack.summer);
    const after = await ask(unseen, 2);
    const labels = unseen.map(({ label }) => label);
    const [aucBefore, aucAfter] = [before, after].map(
      (answers) => evaluateBinary(labels, answers).metrics.auc.value,
    );
    const sides = { labels: Float64Array.from(labels), champion: before, challenger: after };
    const compared = superiority({ task: 'binary', metric: 'logLoss', confidence: 0.99, ...sides });
    expect(compared.holds).toBe(true);
    expect((aucAfter as number) - (aucBefore as number)).toBeGreaterThan(0.03);
  });
});

it('tells people why: each decision, also the one not to act, with its figures', async () => {
  const all = captured();
  expect(await why(client, { model: MODEL }, all.print)).toBe(EXIT.ok);
  expect(all.text()).toMatch(/2 .*declined .*new-data +no point/);
  expect(all.text()).toMatch(/3 .*promoted +2 .*drift/);
  const one = captured();
  await why(client, { model: MODEL, decision: '3' }, one.print);
  expect(one.text()).toMatch(
    /drift +leeboard +the inputs of .* drifted from what version 1 .*PSI of a column is \d/,
  );
  expect(one.text()).toMatch(/better by 0\.\d+, at least 0\.\d+ \(95 %\)/);
  expect(one.text()).toMatch(/champion +- /);
  expect(one.text()).toMatch(/all +[\d,]+ /);
});
