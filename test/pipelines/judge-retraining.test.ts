import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NotFoundError } from '#core/errors.ts';
import type { Backtest, TriggerKind } from '#core/retrain/records.ts';
import { categorical, linear, type ModelInput, xgboost } from '#core/spec/model.ts';
import { JudgingWorld } from '#test/support/judging-world.ts';
import { rain, trips, tripsLate } from '#test/support/trips.ts';

/** An hour of 2013. */
const hour = (at: number) => new Date(Date.UTC(2013, 0, 1, at)).toISOString();
const model = (changes: Partial<ModelInput> = {}) =>
  tripsLate({ algorithm: xgboost({ rounds: 30, learningRate: 0.3, maxDepth: 2 }), ...changes });

const LATE_IF_FAR = 'km >= 50';
/** One in five is otherwise. */
const noisy = (late: string) => `(${late}) != (hash(i) % 5 = 0)`;

interface Trips {
  readonly late?: string;
  readonly kind?: string;
  readonly km?: string;
}

/** One trip an hour; SQL over the hour's number `i`, and `km`. */
function hourly(from: number, to: number, { late = noisy(LATE_IF_FAR), ...columns }: Trips = {}): string {
  const { kind = "CASE WHEN i % 2 = 0 THEN 'day' ELSE 'dusk' END", km = '(i * 37) % 100' } = columns;
  return `SELECT i + 1 AS id, TIMESTAMP '2013-01-01' + to_hours(CAST(i AS INTEGER)) AS at, 'north' AS city,
      CAST(${kind} AS VARCHAR) AS kind, km, i % 3 = 0 AS express, CASE WHEN ${late} THEN 10.0 ELSE 0.0 END AS delay
    FROM (SELECT i, CAST(${km} AS DOUBLE) AS km FROM range(${from}, ${to}) numbers(i))`;
}

let world: JudgingWorld;
beforeEach(async () => {
  world = await JudgingWorld.open();
  const shower = "SELECT 'north' AS city, TIMESTAMP '2013-01-01' AS measured_at, CAST(0.5 AS DOUBLE) AS mm";
  await world.drop(rain, shower, hour(0));
});
afterEach(() => world.close());

/** A champion of 1500 hours; then so many newer ones. */
async function newer(hours: number, columns: Trips = {}, before: Trips = {}, spec = model()) {
  await world.drop(trips, hourly(0, 1500, before), hour(1500));
  await world.train(spec, hour(1500));
  if (hours > 0) await world.drop(trips, hourly(1500, 1500 + hours, columns), hour(1500 + hours));
  return hour(1500 + hours);
}

const judge = (asOf: string, kinds?: readonly TriggerKind[], changes: Partial<ModelInput> = {}) =>
  world.judge(model(changes), asOf, kinds);

describe('a world that turned over', () => {
  it('is learned from since it did, which the windows of predictions tell', async () => {
    const asOf = await newer(1000, { late: noisy('km < 50') });
    // Looked at before: another version's, one without drift, and one of later than now.
    await world.drift('trips-late', 2, hour(10), hour(11));
    await world.drift('trips-late', 1, hour(1400), hour(1401), []);
    await world.drift('trips-late', 1, hour(1520), hour(1530));
    await world.drift('trips-late', 1, hour(1510), hour(1520));
    await world.drift('trips-late', 1, hour(1300), hour(9999));
    const { verdict, judgement, leftOut } = await judge(asOf, ['drift']);
    const { candidates, ...compared } = judgement.backtest as Backtest;
    expect(judgement).toMatchObject({
      champion: 1,
      seenUntil: hour(1499),
      labelledUntil: hour(2499),
      newRows: 1000,
    });
    expect(compared).toMatchObject({ rows: 300, from: '2013-04-02T16:00:00Z', best: 'since change' });
    expect(leftOut).toEqual([]);
    expect(candidates.map(({ window, since, rows }) => [window, since, rows])).toEqual([
      ['all', null, 2200],
      ['90 days', hour(2200 - 90 * 24), 2160],
      ['since change', hour(1510), 690],
    ]);
    expect(compared.championScore).toBeLessThan(0.3);
    expect(candidates[2]?.score).toBeGreaterThan(0.7);
    expect(verdict).toMatchObject({ action: 'train', since: hour(1510) });
    expect(verdict.reason).toMatch(/^learned from the rows since .* \(since change\), log loss is/);
  });

  it('gives a training the window up to its own newest row', async () => {
    const asOf = await newer(1000, { late: noisy('km < 50') });
    const windows = { retrain: { windows: ['all', '20 days'] as ['all', string] } };
    const { verdict, judgement } = await judge(asOf, ['performance'], windows);
    expect(judgement.backtest?.candidates[1]?.since).toBe(hour(2200 - 20 * 24));
    expect(verdict).toMatchObject({ action: 'train', since: hour(2499 - 20 * 24) });
  });
});

describe('a candidate', () => {
  const windows = { retrain: { windows: ['all', '20 days'] as ['all', string] } };

  it('is fitted once, by the spec and with the rounds that the champion came to', async () => {
    const stops = xgboost({ rounds: 200, earlyStop: 3, learningRate: 0.3, maxDepth: 2 });
    const asOf = await newer(1000, {}, {}, model({ algorithm: stops }));
    const [{ rounds } = { rounds: 0 }] = world.fits.slice(1);
    expect(rounds).toBeLessThan(100);
    await judge(asOf, ['schedule'], { algorithm: { ...stops, maxDepth: 3 }, ...windows });
    const asked = expect.objectContaining({ rounds, maxDepth: 3 });
    expect(world.fits.slice(2)).toEqual([asked, asked]);
    expect(world.fits[2]).not.toHaveProperty('earlyStop');
  });

  it('has the settings that a search found for the champion, where the spec searches', async () => {
    await world.drop(trips, hourly(0, 2500), hour(1500));
    await world.drop(trips, hourly(2500, 3500), hour(3500));
    const searched = { search: { trials: 2 }, ...windows };
    await world.train(model(searched), hour(1500), { 'algorithm.maxDepth': 4 });
    await judge(hour(3500), ['schedule'], searched);
    expect(world.fits.slice(2)).toEqual([
      expect.objectContaining({ maxDepth: 4 }),
      expect.objectContaining({ maxDepth: 4 }),
    ]);
  });

  it('is calibrated as the spec says, on rows before those that it is compared on', async () => {
    const calibrated = { calibration: 'platt', ...windows } as const;
    const asOf = await newer(1000, {}, {}, model(calibrated));
    await judge(asOf, ['schedule'], calibrated);
    expect(world.fits).toHaveLength(2 + 2 * 2);
  });
});

describe('a world that stayed as it was', () => {
  it('or has nothing to learn at all: to train again would not help', async () => {
    const chance = { late: 'hash(i * 7919) % 100 < 30' };
    const { verdict, judgement } = await judge(await newer(1500, chance, chance), ['drift', 'new-data']);
    expect(judgement.backtest?.rows).toBe(450);
    expect(verdict).toMatchObject({ action: 'decline', since: null });
    expect(verdict.reason).toMatch(/^would not help: learned from/);
  });

  it('waits for newer rows when drift rings, and is judged anew when it is called again', async () => {
    const asOf = await newer(1);
    const decision = await world.decide('trips-late', ['drift']);
    const first = await world.judge(model(), asOf, [], { decision });
    expect(first.verdict).toMatchObject({ action: 'wait' });
    expect(first.verdict.reason).toMatch(/^no point: 1 labelled row newer than those that version 1 saw/);
    await world.drop(trips, hourly(1501, 2500, { late: noisy('km < 50') }), hour(2500));
    const again = await world.judge(model(), hour(2500), [], { decision, execution: 'decision-1-2' });
    expect(again.verdict.action).toBe('train');
    expect(await world.judge(model(), hour(2500), [], { decision })).toEqual(first);
  });
});

describe('newer rows', () => {
  it('of one label only cannot be judged on', async () => {
    const asOf = await newer(400, { late: 'false' });
    const { verdict, leftOut } = await judge(asOf, ['new-data']);
    const why = 'trips-late: expected both labels among the test rows, got 0 positive of 200 rows';
    expect(verdict.action).toBe('decline');
    expect(verdict.reason).toContain(`cannot be judged on the 400 labelled rows newer`);
    expect(verdict.reason).toMatch(new RegExp(`: ${why}$`));
    expect(leftOut).toEqual([{ window: 'all', reason: why }]);
  });

  it('with levels that the champion never saw are learned from', async () => {
    const kind = "CASE WHEN i % 2 = 0 THEN 'night' ELSE 'dawn' END";
    const asOf = await newer(1000, { kind, late: noisy('i % 2 = 0') });
    const { verdict, judgement } = await judge(asOf);
    expect(judgement.backtest?.championScore).toBeLessThan(0.6);
    expect(judgement.backtest?.candidates[0]?.score).toBeGreaterThan(0.7);
    expect(verdict.action).toBe('train');
  });

  it('with a column that is null in all of them are learned from, but not alone', async () => {
    const asOf = await newer(1000, { kind: 'NULL', late: noisy('km < 50') });
    const { verdict, judgement, leftOut } = await judge(asOf, ['schedule'], {
      retrain: { windows: ['all', '20 days'] },
    });
    expect(judgement.backtest?.candidates.map(({ window }) => window)).toEqual(['all']);
    expect(leftOut).toEqual([
      {
        window: '20 days',
        reason: 'trips-late: expected feature kind to have levels in the training rows, got null in all',
      },
    ]);
    expect(verdict).toMatchObject({ action: 'train', since: null });
  });

  it('without a label are none', async () => {
    await newer(0);
    await world.drop(
      trips,
      `SELECT * REPLACE (CAST(NULL AS DOUBLE) AS delay) FROM (${hourly(1500, 2500)})`,
      hour(2500),
    );
    const { verdict, judgement } = await judge(hour(2500));
    expect(judgement).toMatchObject({ newRows: 0, labelledUntil: hour(1499) });
    expect(verdict.reason).toMatch(/^no point: 0 labelled rows newer/);
  });
});

describe('another spec than the champion’s', () => {
  it('is trained without newer rows, and says what is other', async () => {
    const asOf = await newer(0);
    const { verdict } = await judge(asOf, ['schedule'], { label: 'delay > 6' });
    expect(verdict).toMatchObject({ action: 'train', since: null });
    expect(verdict.reason).toMatch(/^the champion was made by another label than is deployed/);
    expect((await judge(asOf, ['schedule'], { monitor: { every: '2 hours' } })).verdict.action).toBe(
      'decline',
    );
  });

  it('is none that differs by what was set for the champion’s run', async () => {
    await world.drop(trips, hourly(0, 1500), hour(1500));
    await world.train(model(), hour(1500), { since: hour(500) });
    expect((await judge(hour(1500), ['change'])).verdict.action).toBe('decline');
  });

  it('that lacks what the champion needs is trained on all rows', async () => {
    const asOf = await newer(1000);
    const { verdict } = await judge(asOf, ['new-data'], {
      join: [],
      features: { km: 'km', kind: categorical('kind') },
    });
    expect(verdict).toMatchObject({ action: 'train', since: null });
    expect(verdict.reason).toMatch(/; the champion needs mm, which the spec no longer has$/);
  });
});

describe('other tasks', () => {
  it('compare a class that nobody knew, and one that only the newer rows have', async () => {
    const spec = {
      task: 'multiclass',
      label: 'kind',
      available: { kind: 'after', delay: 'after' },
      features: { km: 'km', express: 'express' },
      gates: {},
      algorithm: linear(),
    } as const;
    const byKm = (low: string, high: string) => `CASE WHEN km < 50 THEN '${low}' ELSE '${high}' END`;
    const kind = `CASE i WHEN 2499 THEN 'never' WHEN 2498 THEN 'early' ELSE ${byKm('near', 'far out')} END`;
    const before = `CASE WHEN i < 100 THEN 'early' ELSE ${byKm('near', 'far')} END`;
    const changes = { ...spec, retrain: { windows: ['20 days', 'all'] } } as never;
    const asOf = await newer(1000, { kind }, { kind: before }, model(changes));
    const { verdict, judgement } = await world.judge(model(changes), asOf);
    const { rows, championLoss, candidates } = judgement.backtest as Backtest;
    // The last row's class is no candidate's, the one before it is known to the widest window alone.
    expect(rows).toBe(299);
    // Half of the rows are of a class that the champion gives no chance: -ln(1e-15) each.
    expect(championLoss).toBeGreaterThan(15);
    expect(candidates[0]?.loss).toBeLessThan(3);
    expect(verdict.action).toBe('train');
  });

  it('compare squared errors of a regression', async () => {
    const spec = {
      task: 'regression',
      label: 'km',
      available: { km: 'after', delay: 'after' },
      gates: {},
    } as const;
    const features = { features: { express: 'express', kind: categorical('kind') }, algorithm: linear() };
    const changes = { ...spec, ...features } as never;
    const asOf = await newer(1000, { km: 'i % 3 + 40' }, { km: 'i % 3' }, model(changes));
    const { verdict, judgement } = await world.judge(model(changes), asOf);
    expect(judgement.backtest).toMatchObject({ loss: 'squaredError' });
    // The champion is 40 off.
    expect(judgement.backtest?.championLoss).toBeGreaterThan(1500);
    expect(verdict.reason).toMatch(/squared error is .*, R2 /);
  });
});

describe('a first version', () => {
  it('is trained on all rows, once there are enough', async () => {
    await world.drop(trips, hourly(0, 99), hour(99));
    expect((await judge(hour(99))).verdict.reason).toBe(
      'no point: 99 labelled rows to learn from, the spec trains on at least 100',
    );
    await world.drop(trips, hourly(99, 100), hour(100));
    expect((await judge(hour(100))).verdict).toMatchObject({ action: 'train', since: null });
    expect((await judge(hour(-1))).verdict.reason).toMatch(/^no point: 0 labelled rows/);
  });

  it('is not judged for a decision that is none', async () => {
    const none = world.judge(model(), hour(1), [], { decision: 7 });
    await expect(none).rejects.toThrow(new NotFoundError('trips-late: there is no decision 7'));
  });
});
