import { beforeEach, describe, expect, it } from 'vitest';
import type { WindowReport } from '#core/monitor/report.ts';
import type { DeployedVersion, Deployment } from '#core/registry/deployment-records.ts';
import { examineLoggedWindow } from '#lib/pipelines/examine-window.ts';
import { type PlannedWindow, planWindows, type WindowPart } from '#lib/pipelines/plan-windows.ts';
import { loadWatched, profilePart } from '#lib/pipelines/profile-window.ts';
import { at } from '#test/core/serve/truths.ts';
import { MemoryStore } from '#test/support/memory-store.ts';
import { tripsLate } from '#test/support/trips.ts';
import {
  HOUR,
  leaveWatched,
  replaceChampion,
  type Seen,
  tripAt,
  tripsAt,
  VERSION,
  WatchedTrips,
} from '#test/support/watched-trips.ts';

const MODEL = 'trips-late';
/** 10:00 and a little: the window of nine o'clock is complete. */
const TEN = 10 * HOUR + 120;
const NINE = 9 * HOUR;

let world: WatchedTrips;
const revisions = (seen: readonly Seen[]) =>
  seen.map(({ from, examined }) => [
    from.slice(11, 16),
    examined && [examined.report.revision, examined.fresh ? 'fresh' : 'known'],
  ]);
const last = (seen: readonly Seen[]) => seen.at(-1)?.examined;
const read = async <T>(key: string) => JSON.parse(new TextDecoder().decode(await world.store.read(key))) as T;
const recorded = () => world.registry.windows(MODEL, { limit: 100 });

beforeEach(async () => {
  world = new WatchedTrips();
  await leaveWatched(world, { since: NINE });
});

describe('a run on schedule', () => {
  it('records what the newest complete window shows, with report, page and violations side by side', async () => {
    world = new WatchedTrips();
    await leaveWatched(world);
    await world.deliver('a', NINE, [tripAt(NINE - 1), ...tripsAt(NINE, 300), tripAt(10 * HOUR)]);
    const seen = await world.run(world.request(TEN));
    const examined = last(seen);
    expect(examined).toMatchObject({
      fresh: true,
      newest: at(NINE + 299),
      report: { format: 2, version: VERSION, from: at(NINE), to: at(10 * HOUR), rows: 300, revision: 1 },
    });
    const [record, ...others] = await recorded();
    expect(record).toMatchObject({
      from: at(NINE),
      to: at(10 * HOUR),
      revision: 1,
      rows: 300,
      newest: at(NINE + 299),
      reportKey: examined?.reportKey,
      pageKey: examined?.pageKey,
    });
    // The row of a second before nine is in a window of its own, which is complete too.
    expect(others.map(({ from, rows }) => [from, rows])).toEqual([[at(8 * HOUR), 1]]);
    const prefix = record?.reportKey.replace(/\.json$/, '') as string;
    expect(prefix).toMatch(
      new RegExp(`^reports/${MODEL}/windows/${VERSION}/${at(NINE)}\\.\\.${at(10 * HOUR)}/1-[0-9a-f]{12}$`),
    );
    expect(await read<WindowReport>(`${prefix}.json`)).toEqual(examined?.report);
    expect(record?.pageKey).toBe(`${prefix}.html`);
    expect(await read(`${prefix}/constraint_violations.json`)).toEqual({ violations: expect.any(Array) });
  });

  it('of the same window again has the same result, and leaves everything as it was', async () => {
    await world.deliver('a', NINE, tripsAt(NINE, 300));
    const first = last(await world.run(world.request(TEN)));
    const before = [await recorded(), await world.store.list('reports/')];
    const second = last(await world.run(world.request(TEN + 1800)));
    expect(second).toEqual({ ...first, fresh: false });
    expect([await recorded(), await world.store.list('reports/')]).toEqual(before);
  });

  it('opens a window again when rows come late, and tells of it once', async () => {
    await world.deliver('a', NINE, tripsAt(NINE, 300));
    await world.run(world.request(TEN));
    await world.deliver('b', 10 * HOUR + 600, [tripAt(NINE + 3000)]);
    const seen = await world.run(world.request(TEN + HOUR));
    expect(revisions(seen)).toEqual([
      ['09:00', [2, 'fresh']],
      ['10:00', null],
    ]);
    expect(seen[0]?.examined?.report.rows).toBe(301);
    expect(revisions(await world.run(world.request(TEN + HOUR + 60)))).toEqual([['10:00', null]]);
    expect(await recorded()).toMatchObject([{ revision: 2, rows: 301 }]);
    const [{ reportKey } = { reportKey: '' }] = await recorded();
    expect(await read<WindowReport>(reportKey)).toMatchObject({ rows: 301, revision: 2 });
  });

  it('keeps the revision when what came late is of other windows', async () => {
    await world.deliver('a', NINE, tripsAt(NINE, 300));
    await world.run(world.request(TEN));
    await world.deliver('b', 10 * HOUR + 600, tripsAt(10 * HOUR, 5));
    expect(revisions(await world.run(world.request(TEN + 900)))).toEqual([['09:00', [1, 'known']]]);
    expect(await recorded()).toMatchObject([{ revision: 1 }]);
  });

  it('never opens a window again that rows can no longer come to', async () => {
    await world.deliver('a', NINE, tripsAt(NINE, 300));
    await world.run(world.request(TEN));
    await world.deliver('b', 11 * HOUR, [tripAt(NINE + 3000)]);
    const seen = await world.run(world.request(TEN + 3 * HOUR));
    expect(revisions(seen)).toEqual([
      ['10:00', null],
      ['11:00', null],
      ['12:00', null],
    ]);
    expect(await recorded()).toMatchObject([{ revision: 1, rows: 300 }]);
  });

  it('makes another revision when the settings change', async () => {
    await world.deliver('a', NINE, tripsAt(NINE, 300));
    await world.run(world.request(TEN));
    const spec = tripsLate({ monitor: { psi: 0.3 } });
    const seen = await world.run(world.request(TEN + 60, { spec }));
    expect(revisions(seen)).toEqual([['09:00', [2, 'fresh']]]);
    expect(last(seen)?.report.inputs.threshold).toBe(0.3);
  });

  it('counts a row once that was delivered twice', async () => {
    await world.deliver('a', NINE, tripsAt(NINE, 300));
    await world.deliver('b', 10 * HOUR, tripsAt(NINE, 300));
    expect(last(await world.run(world.request(TEN)))?.report.rows).toBe(300);
  });

  it('beside another run leaves one result: the later one gives the earlier one’s', async () => {
    await world.deliver('a', NINE, tripsAt(NINE, 300));
    const runs = [world.request(TEN), world.request(TEN)];
    const [a, b] = (await Promise.all(runs.map((run) => world.run(run)))).map(last);
    expect([a?.fresh, b?.fresh].sort()).toEqual([false, true]);
    expect(a?.reportKey).toBe(b?.reportKey);
    expect(await recorded()).toMatchObject([{ revision: 1 }]);
  });

  it('that died after it had recorded a window tells of it when it is tried again', async () => {
    await world.deliver('a', NINE, tripsAt(NINE, 300));
    const run = world.request(TEN);
    await world.run(run);
    expect(revisions(await world.run(run))).toEqual([['09:00', [1, 'fresh']]]);
    expect(await recorded()).toMatchObject([{ revision: 1 }]);
  });

  it('holds a window against the one before it', async () => {
    world = new WatchedTrips();
    await leaveWatched(world);
    await world.deliver('a', 8 * HOUR, tripsAt(8 * HOUR, 300));
    await world.run(world.request(TEN - HOUR));
    await world.deliver('b', NINE, tripsAt(NINE, 300, { inputs: { km: 5000, hour: 3, city: 'x' } }));
    const { report } = last(await world.run(world.request(TEN))) ?? {};
    expect(report?.before).toMatchObject({ from: at(8 * HOUR), to: at(NINE) });
    expect(report?.before?.inputs.drifted).toContain('km');
  });

  it('looks at no older window of the time before the champion, nor at one that nobody asked in', async () => {
    await world.deliver('a', 8 * HOUR, tripsAt(8 * HOUR, 300));
    await world.deliver('b', NINE, tripsAt(NINE, 300));
    expect(revisions(await world.run(world.request(TEN)))).toEqual([['09:00', [1, 'fresh']]]);
  });

  it('looks at the window that a failed run left out, whatever else of the deployment changed since', async () => {
    await world.deliver('a', NINE, tripsAt(NINE, 300));
    const deployment = (await world.registry.deployment(MODEL)) as Deployment;
    const changed = (rev: number, minutes: number, audit: object) => ({
      expectedRev: rev - 1,
      next: { ...deployment, rev, changedAt: at(TEN + minutes * 60) },
      audit: { model: MODEL, rev, at: at(TEN + minutes * 60), ...audit } as never,
    });
    await world.registry.commitDeployment(changed(2, -60, { action: 'promote', from: 2, to: VERSION }));
    const canary = { action: 'begin-rollout', from: VERSION, to: VERSION, of: 4 };
    await world.registry.commitDeployment(changed(3, 10, canary));
    await world.registry.commitDeployment(changed(4, 20, { action: 'freeze', from: VERSION, to: VERSION }));
    expect(revisions(await world.run(world.request(TEN + HOUR)))).toEqual([
      ['09:00', [1, 'fresh']],
      ['10:00', null],
    ]);
  });

  describe('of a version that was replaced', () => {
    const late = async () => {
      await world.deliver('a', NINE, tripsAt(NINE, 300));
      await world.run(world.request(TEN));
      const champion = await replaceChampion(world, TEN + 60);
      await world.deliver('b', 10 * HOUR + 600, [tripAt(NINE + 3000)]);
      return champion;
    };
    const compared = (seen: Seen | undefined) =>
      seen?.examined?.report.inputs.columns.map(({ column }) => column);

    it('opens the window again for rows that come late, against its own training rows, and once', async () => {
      const champion = await late();
      const [old, newest, ...others] = await world.run(world.request(TEN + HOUR));
      expect(others).toEqual([]);
      expect(old).toMatchObject({
        from: at(NINE),
        version: VERSION,
        examined: { report: { version: VERSION, rows: 301, revision: 2 } },
      });
      expect(compared(old)).toEqual(['km', 'hour']);
      expect([newest?.version, newest?.examined]).toEqual([champion, null]);
      expect(await recorded()).toMatchObject([{ version: VERSION, revision: 2, rows: 301 }]);
      const again = await world.run(world.request(TEN + HOUR + 60));
      expect(again.map(({ version }) => version)).toEqual([champion]);
    });

    it('opens it beside the champion’s own of the same hour, which is looked at last', async () => {
      const champion = await late();
      const seen = await world.run(world.request(TEN + 900));
      expect(seen.map(({ from, version }) => [from, version])).toEqual([
        [at(NINE), VERSION],
        [at(NINE), champion],
      ]);
      expect(seen.map(compared)).toEqual([['km', 'hour'], ['km']]);
      expect((await recorded()).map(({ version, rows }) => [version, rows])).toEqual([
        [champion, 301],
        [VERSION, 301],
      ]);
      const again = await world.run(world.request(TEN + 960));
      expect(again.map(({ version }) => version)).toEqual([champion]);
    });

    it('counts it in parts against its own training rows, too', async () => {
      const champion = await late();
      const { windows } = await planWindows(world.ports, world.request(TEN + 900), 1000);
      expect(new Set(windows.map(({ parts }) => parts)).size).toBe(2);
      const seen = await world.run(world.request(TEN + 900), 1000);
      expect(seen.map(({ version }) => version)).toEqual([VERSION, champion]);
      expect(seen.map(compared)).toEqual([['km', 'hour'], ['km']]);
    });

    it('opens none of another length, after that was changed', async () => {
      const champion = await late();
      const spec = tripsLate({ monitor: { every: '3 hours' } });
      const seen = await world.run(world.request(TEN + 2 * HOUR, { spec }));
      expect(seen.map(({ from, version }) => [from, version])).toEqual([[at(NINE), champion]]);
    });

    it('opens none that had no result, nor one whose log is gone', async () => {
      await world.deliver('a', 8 * HOUR, tripsAt(8 * HOUR, 300));
      const champion = await late();
      const seen = await world.run(world.request(TEN + HOUR));
      expect(seen.map(({ from }) => from)).toEqual([at(NINE), at(10 * HOUR)]);
      const gone = { ...world.ports, store: new MemoryStore() };
      const { windows } = await planWindows(gone, world.request(TEN + HOUR + 60));
      expect(windows.map(({ version }) => version.version)).toEqual([champion]);
    });
  });

  it('of a window that nobody asked in leaves nothing', async () => {
    expect(revisions(await world.run(world.request(TEN)))).toEqual([['09:00', null]]);
    expect([await recorded(), await world.store.list('reports/')]).toEqual([[], []]);
  });

  it('looks at the newest 24 windows and leaves the others to the next run', async () => {
    const spec = tripsLate({ monitor: { every: '1 minute' } });
    const rows = Array.from({ length: 60 }, (_, minute) => tripAt(NINE + minute * 60));
    await world.deliver('a', NINE, rows);
    const ask = async () =>
      (await world.run(world.request(10 * HOUR + 60, { spec }))).filter(({ examined }) => examined?.fresh);
    const [first, second] = [await ask(), await ask()];
    expect([first.length, first[0]?.from, first.at(-1)?.from]).toEqual([
      24,
      at(NINE + 36 * 60),
      at(NINE + 59 * 60),
    ]);
    expect([second.length, second[0]?.from]).toEqual([23, at(NINE + 13 * 60)]);
  });
});

describe('a window in parts', () => {
  const objects = async () => {
    // Half of the first ten minutes comes twice, an hour later.
    await world.deliver('a', NINE, tripsAt(NINE, 1800, { latencyMs: 3 }));
    await world.deliver('b', NINE + 1800, tripsAt(NINE + 1800, 1800, { latencyMs: 30 }));
    await world.deliver('c', 10 * HOUR, tripsAt(NINE, 300, { latencyMs: 3 }));
  };

  it('is the same as the whole, whatever the parts', async () => {
    await objects();
    const whole = last(await world.run(world.request(TEN)))?.report;
    expect(whole?.rows).toBe(3600);
    const log = (await world.store.list('predictions/')).reduce((sum, { size }) => sum + size, 0);
    for (const bytes of [log / 2, log / 20, log / 100]) {
      world = new WatchedTrips();
      await leaveWatched(world, { since: NINE });
      await objects();
      const request = world.request(TEN);
      const { windows } = await planWindows(world.ports, request, bytes);
      expect(windows.at(-1)?.parts).toBe(`work/${MODEL}/windows/${request.runId}/${at(NINE)}/parts.json`);
      expect(last(await world.run(request, bytes))?.report).toEqual(whole);
    }
  });

  it('loses no row of an object that comes while its parts are counted', async () => {
    await objects();
    const request = world.request(TEN);
    const { champion, windows } = await planWindows(world.ports, request, 10_000);
    const window = windows.at(-1) as PlannedWindow;
    const watched = await loadWatched(world.store, champion as DeployedVersion);
    const parts = await read<WindowPart[]>(window.parts as string);
    expect(parts.length).toBeGreaterThan(2);
    for (const [index, part] of parts.entries()) {
      // Rows of the first part, which has been counted, and of the last, which has not.
      if (index === 1) await world.deliver('d', 10 * HOUR, [tripAt(NINE + 0.5), tripAt(10 * HOUR - 0.5)]);
      await profilePart(world.ports, request, watched, part);
    }
    await examineLoggedWindow(world.ports, request, window);
    await world.run(world.request(TEN + 60), 10_000);
    expect(await recorded()).toMatchObject([{ rows: 3602 }]);
  });

  it('leaves nothing of its parts but what expires', async () => {
    await objects();
    const keys = async () => (await world.store.list('')).map(({ key }) => key);
    await world.run(world.request(TEN));
    const whole = await keys();
    world = new WatchedTrips();
    await leaveWatched(world, { since: NINE });
    await objects();
    await world.run(world.request(TEN), 10_000);
    const work = (await keys()).filter((key) => key.startsWith('work/'));
    expect(work.length).toBeGreaterThan(2);
    expect((await keys()).filter((key) => !work.includes(key))).toEqual(whole);
  });

  it('has its groups and its estimate of all rows, in parts as in one', async () => {
    const spec = tripsLate({ gates: { fairness: ['city'] } });
    const found = [];
    for (const bytes of [undefined, 20_000]) {
      world = new WatchedTrips();
      await leaveWatched(world, { since: NINE, hidden: false });
      const rows = tripsAt(NINE, 3600).map((trip, index) => {
        const [city, every] = index % 10 === 0 ? ['south', 40] : ['north', 2];
        const positive = index % every === 0;
        return { ...trip, inputs: { ...trip.inputs, city }, probability: positive ? 0.8 : 0.1, positive };
      });
      await world.deliver('a', NINE, rows);
      const request = world.request(TEN, { spec });
      expect((await planWindows(world.ports, request, bytes)).windows.at(-1)?.parts === null).toBe(!bytes);
      found.push(last(await world.run(request, bytes))?.report);
    }
    const [whole, merged] = found;
    expect(whole?.groups).toMatchObject([
      {
        rows: 3600,
        groups: [
          { group: 'north', rows: 3240, breached: false },
          { group: 'south', rows: 360, breached: true },
        ],
      },
    ]);
    expect(whole?.estimate).toMatchObject({ rows: 3600, metrics: { precision: expect.closeTo(0.8, 12) } });
    expect(merged).toEqual(whole);
  });

  it('is not cut again when its result is known', async () => {
    await objects();
    await world.run(world.request(TEN), 10_000);
    const { windows } = await planWindows(world.ports, world.request(TEN + 60), 10_000);
    expect(windows).toMatchObject([{ from: at(NINE), parts: null }]);
  });
});

describe('a look by hand', () => {
  const byHand = { scheduled: false } as const;

  it('is at the time just before, and recorded nowhere', async () => {
    await world.deliver('a', NINE, tripsAt(NINE + 1800, 300));
    const request = world.request(NINE + 3000, byHand);
    const [seen, ...others] = await world.run(request);
    expect(others).toEqual([]);
    expect(seen?.examined).toMatchObject({
      fresh: true,
      reportKey: `reports/${MODEL}/drift/${request.asOf}.json`,
      report: { from: at(8 * HOUR + 2940), to: at(NINE + 2940), rows: 300, revision: 1 },
    });
    expect(await recorded()).toEqual([]);
    expect(last(await world.run(world.request(NINE + 3000, byHand)))?.fresh).toBe(true);
  });

  it('is as long as asked', async () => {
    await world.deliver('a', 2 * HOUR, tripsAt(2 * HOUR, 10));
    await world.deliver('b', NINE, tripsAt(NINE, 10));
    const seen = await world.run(world.request(TEN, { ...byHand, window: '1 day' }));
    expect(last(seen)?.report).toMatchObject({ rows: 20, to: at(TEN - 60), from: at(TEN - 60 - 24 * HOUR) });
  });
});

describe('what the model relies on', () => {
  const reference = {
    rows: 1000,
    scores: { column: 'prediction', kind: 'number', cuts: [0.5], counts: [500, 500], missing: 0, rows: 1000 },
    label: {
      column: 'label',
      kind: 'category',
      levels: ['true'],
      counts: [500],
      other: 500,
      missing: 0,
      rows: 1000,
    },
    attribution: { km: 1, hour: 900 },
  } as const;

  it('is known of the rows that the version can score again', async () => {
    world = new WatchedTrips();
    await leaveWatched(world, { hidden: false, reference });
    await world.deliver('a', NINE, tripsAt(NINE, 300));
    // The predictor's margin is the sum of both: kilometres make most of it, the reference says hours.
    const { attribution } = last(await world.run(world.request(TEN)))?.report ?? {};
    expect(attribution).toMatchObject({ rows: 300, features: [{ feature: 'hour' }, { feature: 'km' }] });
    expect(attribution?.ndcg).toBeLessThan(0.9);
  });

  it('is not known where the log hides a column', async () => {
    world = new WatchedTrips();
    await leaveWatched(world, { hidden: true, reference });
    await world.deliver('a', NINE, tripsAt(NINE, 300));
    expect(last(await world.run(world.request(TEN)))?.report).toMatchObject({
      attribution: null,
      inputs: { sensitive: ['city'] },
    });
  });
});
