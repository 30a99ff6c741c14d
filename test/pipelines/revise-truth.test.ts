import { beforeEach, describe, expect, it } from 'vitest';
import type { WindowReport } from '#core/monitor/report.ts';
import type { DeployedVersion, Deployment } from '#core/registry/deployment-records.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import type { Outcome } from '#core/serve/join-truth.ts';
import { reviseTruth } from '#lib/pipelines/revise-truth.ts';
import { at } from '#test/core/serve/truths.ts';
import {
  HOUR,
  leaveWatched,
  replaceChampion,
  tripsAt,
  VERSION,
  WatchedTrips,
} from '#test/support/watched-trips.ts';

const MODEL = 'trips-late';
const NINE = 9 * HOUR;
const TEN = 10 * HOUR + 120;

let world: WatchedTrips;
let rows: readonly LoggedPrediction[];
beforeEach(async () => {
  world = new WatchedTrips();
  await leaveWatched(world, { since: NINE });
  rows = tripsAt(NINE, 300).map(
    (row, index) => ({ ...row, probability: (index % 10) / 10 }) as LoggedPrediction,
  );
  await world.deliver('a', NINE, rows);
  await world.run(world.request(TEN));
});

/** What became of the rows: late when it was said to be likely, but for every so many-th. */
const outcomes = (wrong = 5, of = rows): Outcome[] =>
  of.map((prediction, index) => ({
    prediction,
    actual: (prediction as { probability: number }).probability >= 0.5 !== (index % wrong === 0),
    at: at(TEN),
  }));
const revise = (told: readonly Outcome[], from = 0) =>
  reviseTruth(world.ports, world.request(TEN + 60), { outcomes: told, from: Date.parse(at(from)) });
const recorded = async () => (await world.registry.windows(MODEL, { limit: 10 }))[0];

describe('truth of a recorded window', () => {
  it('makes another revision of record, report and page', async () => {
    const before = await recorded();
    const newest = await revise(outcomes());
    const record = await recorded();
    expect(record).toMatchObject({
      revision: 2,
      rows: 300,
      contentSha256: before?.contentSha256,
      logSha256: before?.logSha256,
      performance: { metric: 'auc', rows: 300 },
    });
    expect(record?.reportKey).not.toBe(before?.reportKey);
    const read = async (key: string) => new TextDecoder().decode(await world.store.read(key));
    const report = JSON.parse(await read(record?.reportKey as string)) as WindowReport;
    expect(report).toEqual(newest);
    expect(report.truth).toMatchObject({ rows: 300, asOf: at(TEN + 60) });
    expect(record?.performance?.value).toBe(report.truth?.watched?.now.value);
    expect(await read(record?.pageKey as string)).toBe('page of revision 2, 1 windows');
  });

  it('that is the same as before changes nothing', async () => {
    const first = await revise(outcomes());
    const before = [await recorded(), await world.store.list('reports/')];
    expect(await revise([...outcomes()].reverse())).toEqual(first);
    expect([await recorded(), await world.store.list('reports/')]).toEqual(before);
  });

  it('that changed, or of which there is more, makes yet another', async () => {
    await revise(outcomes().slice(0, 200));
    await revise(outcomes());
    await revise(outcomes(3));
    expect(await recorded()).toMatchObject({ revision: 4, performance: { rows: 300 } });
  });

  it('calls attention to a fall of what the model is watched by', async () => {
    await revise(outcomes(2));
    expect((await recorded())?.attention).toContain('performance');
  });

  it('is of its version and its hour alone', async () => {
    const others = [
      ...outcomes(5, rows.slice(0, 150)),
      ...outcomes(
        5,
        rows.map((row) => ({ ...row, version: VERSION + 1 })),
      ),
      ...outcomes(5, tripsAt(NINE - 300, 300)),
      ...outcomes(5, tripsAt(10 * HOUR, 300)),
    ];
    expect((await revise(others))?.truth?.rows).toBe(150);
  });

  it('is left as it is where not all of the window can be read any more', async () => {
    const first = await revise(outcomes());
    expect(await revise(outcomes(5, rows.slice(200)), NINE + 200)).toEqual(first);
    expect(await recorded()).toMatchObject({ revision: 2 });
  });

  it('is set again after rows came late', async () => {
    await revise(outcomes());
    await world.deliver('b', 10 * HOUR, tripsAt(NINE + 3000, 1));
    await world.run(world.request(TEN + 900));
    expect(await recorded()).toMatchObject({ revision: 3, rows: 301, performance: null });
    await revise(outcomes());
    expect(await recorded()).toMatchObject({ revision: 4, rows: 301, performance: { rows: 300 } });
  });

  it('of two runs at once is set once', async () => {
    const told = outcomes();
    const results = await Promise.all([revise(told), revise(told)]);
    expect(await recorded()).toMatchObject({ revision: 2 });
    expect(results.filter((report) => report?.truth)).not.toEqual([]);
  });

  it("of another version's answers alone changes nothing", async () => {
    const others = rows.map((row) => ({ ...row, version: VERSION + 1 }));
    expect(await revise(outcomes(5, others))).toBeNull();
    expect(await recorded()).toMatchObject({ revision: 1 });
  });

  describe('of several windows', () => {
    const later = tripsAt(10 * HOUR, 300).map((row) => ({ ...row, probability: 0.5 }) as LoggedPrediction);
    const next = (told: readonly Outcome[]) =>
      reviseTruth(world.ports, world.request(TEN + HOUR), { outcomes: told, from: Date.parse(at(0)) });
    beforeEach(async () => {
      await world.deliver('b', 10 * HOUR, later);
      await world.run(world.request(TEN + HOUR));
    });

    it('is told of the newest that can be judged: what comes early is of few rows', async () => {
      const early = outcomes(5, later.slice(0, 10));
      expect((await next([...outcomes(), ...early]))?.from).toBe(at(NINE));
      expect((await next([...outcomes(), ...early]))?.from).toBe(at(NINE));
      expect((await next([...outcomes(), ...outcomes(5, later)]))?.from).toBe(at(10 * HOUR));
    });

    it('is told of the newest when none can be judged', async () => {
      const few = [...outcomes(5, rows.slice(0, 20)), ...outcomes(5, later.slice(0, 10))];
      expect(await next(few)).toMatchObject({ from: at(10 * HOUR), truth: { rows: 10 } });
    });

    it('is not told of an older version while a newer one is known: its fall is over', async () => {
      const { champion, ...deployment } = (await world.registry.deployment(MODEL)) as Deployment;
      const version = VERSION + 1;
      await world.registry.claimModelVersion({ model: MODEL, runId: 'next' } as never);
      const known = (await world.registry.modelVersion(MODEL, VERSION)) as ModelVersion;
      await world.registry.updateModelVersion({ ...known, version }, 'claimed');
      await world.registry.commitDeployment({
        expectedRev: 1,
        next: { ...deployment, rev: 2, champion: { ...(champion as DeployedVersion), version } },
        audit: { model: MODEL, rev: 2, at: at(NINE) } as never,
      });
      const newer = tripsAt(11 * HOUR, 300, { version });
      await world.deliver('c', 11 * HOUR, newer);
      await world.run(world.request(TEN + 2 * HOUR));
      const told = [...outcomes(2), ...outcomes(5, newer.slice(0, 10))];
      const run = world.request(TEN + 2 * HOUR);
      const report = await reviseTruth(world.ports, run, { outcomes: told, from: Date.parse(at(0)) });
      expect(report).toMatchObject({ version, truth: { rows: 10 } });
    });
  });

  describe('of a version that was replaced', () => {
    it('makes another revision, and nothing is told of it: its fall is over', async () => {
      await replaceChampion(world, TEN + 30);
      expect(await revise(outcomes(2))).toBeNull();
      expect(await recorded()).toMatchObject({ version: VERSION, revision: 2, performance: { rows: 300 } });
      expect((await recorded())?.attention).toContain('performance');
    });
  });

  it('nobody told is none', async () => {
    expect(await revise([])).toBeNull();
    expect(await recorded()).toMatchObject({ revision: 1, performance: null });
  });
});
