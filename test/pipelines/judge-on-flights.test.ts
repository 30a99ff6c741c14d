import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backtest } from '#core/retrain/records.ts';
import { defineModel, type ModelInput, type ModelSpec } from '#core/spec/model.ts';
import type { JudgedRetraining } from '#lib/pipelines/judge-retraining.ts';
import { example } from '#test/fixtures/nycflights.ts';
import { JudgingWorld } from '#test/support/judging-world.ts';
import { weather } from '../../datasets/weather.ts';
import { flightsLate } from '../../models/flights-late.ts';

/** When the flights of so many months of 2013 are in. */
const until = (months: number) => new Date(Date.UTC(2013, months)).toISOString();

/** An example file, its times as an accepted part has them. */
const source = (name: string) =>
  `SELECT * REPLACE (time_hour AT TIME ZONE 'UTC' AS time_hour) FROM read_parquet('${example(`${name}.parquet`)}')`;
const flightsOf = (month: number) => source(`flights-2013-0${month}`);

const model: ModelSpec = defineModel({
  ...(flightsLate as unknown as ModelInput),
  retrain: { windows: ['all', '30 days', '365 days', 'since change'] },
});

let world: JudgingWorld;
let april: JudgedRetraining;
beforeAll(async () => {
  world = await JudgingWorld.open();
  await world.drop(weather, source('weather-2013'), until(0));
  for (const month of [1, 2, 3, 4]) await world.drop(model.from, flightsOf(month), until(month));
  await world.train(model, until(3));
  april = await world.judge(model, until(4));
});
afterAll(() => world.close());

describe('a champion of January to March', () => {
  it('is not trained again as of then: it saw every labelled row', async () => {
    const fits = world.fits.length;
    const { verdict, judgement } = await world.judge(model, until(3));
    expect({ action: verdict.action, judgement }).toEqual({
      action: 'decline',
      judgement: {
        champion: 1,
        seenUntil: '2013-04-01T03:00:00.000Z',
        labelledUntil: '2013-04-01T03:00:00.000Z',
        newRows: 0,
      },
    });
    expect(verdict.reason).toMatch(/^no point: 0 labelled rows newer than those that version 1 saw/);
    expect(world.fits).toHaveLength(fits);
  });

  it('is surely beaten on the newest flights of April by a model that saw the others', () => {
    const { backtest, ...facts } = april.judgement;
    // 27,564 flights of April have a known delay.
    expect(facts).toEqual({
      champion: 1,
      seenUntil: '2013-04-01T03:00:00.000Z',
      labelledUntil: '2013-05-01T03:00:00.000Z',
      newRows: 27_564,
    });
    const { candidates, ...compared } = backtest as Backtest;
    expect(compared).toMatchObject({ loss: 'logLoss', best: 'all', to: '2013-05-01T03:00:00Z' });
    expect(compared.rows).toBeGreaterThanOrEqual(Math.ceil(27_564 * 0.3));
    expect(compared.rows).toBeLessThan(27_564 * 0.31);
    // The year is longer than all there is, and no window of predictions has drifted.
    expect(candidates.map(({ window }) => window)).toEqual(['all', '30 days']);
    expect(candidates[0]?.rows).toBe(97_156);
    expect(candidates[1]?.since).toBe('2013-03-23T10:00:00.000Z');
    for (const { gain, gainAtLeast, loss } of candidates) {
      expect(gain).toBeCloseTo(compared.championLoss - loss, 12);
      expect(gainAtLeast).toBeGreaterThan(0);
      expect(gainAtLeast).toBeLessThan(gain);
    }
    expect(candidates[0]?.gain).toBeGreaterThan(candidates[1]?.gain as number);
    expect(candidates[0]?.score).toBeGreaterThan(compared.championScore as number);
    expect(april.verdict).toMatchObject({ action: 'train', since: null });
    expect(april.verdict.reason).toMatch(
      /^learned from all older rows, log loss is 0\.6\d+ against 0\.7\d+ of version 1 on 8\d{3} labelled rows of 2013-04-22T\d\d:00:00Z to 2013-05-01T03:00:00Z: better by 0\.0\d+, at least 0\.0\d+ \(95 %\), AUC 0\.\d+ against 0\.\d+$/,
    );
  });

  it('is judged the same again, to the last digit', async () => {
    expect((await world.judge(model, until(4))).judgement).toEqual(april.judgement);
  });

  it('is judged once: called again, the first judgement is the answer', async () => {
    const fits = world.fits.length;
    const again = await world.judge(model, until(4), [], { decision: april.decision });
    expect(again).toEqual(april);
    expect(world.store.versions(april.judgementFile.key)).toBe(1);
    expect(world.fits).toHaveLength(fits);
  });
});

describe('a champion that was trained on everything', () => {
  it('has nothing to learn', async () => {
    expect(await world.train(model, until(4))).toBe(2);
    const {
      verdict: { action, reason },
    } = await world.judge(model, until(4), ['new-data']);
    expect(action).toBe('decline');
    expect(reason).toMatch(/^no point: 0 labelled rows newer than those that version 2 saw/);
  });
});
