import { afterAll, beforeEach, expect, it, vi } from 'vitest';
import type { WindowReport } from '#core/monitor/report.ts';
import * as pages from '#lib/pages/window-page.ts';
import { at } from '#test/core/serve/truths.ts';
import { tripsLate } from '#test/support/trips.ts';
import { deliver, HOUR, leaveWatched, tripsAt } from '#test/support/watched-trips.ts';
import { handler as examine } from '../../lambdas/examine-window.ts';
import { handler as plan } from '../../lambdas/plan-windows.ts';
import { leaveSpec, memory, openMemory, readBack } from './memory-resources.ts';

vi.mock('#lib/pages/window-page.ts', { spy: true });
vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));

const run = { model: 'trips-late', runId: 'r', asOf: at(HOUR + 60), scheduled: false, window: null };

/** Plans and examines, as the states do one after the other. */
async function monitor(changes: Partial<typeof run> | { window: string } = {}) {
  const asked = { ...run, ...changes };
  const { windows, champion, monitored } = await plan(asked);
  let last: Awaited<ReturnType<typeof examine>> | typeof monitored = monitored;
  for (const window of windows) last = await examine({ run: asked, champion, window });
  return last;
}

beforeEach(async () => {
  openMemory();
  await leaveSpec(tripsLate());
  process.env.DELIVERY_SECONDS = '60';
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(run.asOf) });
});
afterAll(() => {
  vi.useRealTimers();
});

const ask = (rows: number, inputs: object) =>
  deliver(memory.store, '0', 10, tripsAt(10, rows, { inputs: inputs as never }));

it('leaves a report and its page side by side, the window beside the baseline, without sensitive columns', async () => {
  await leaveWatched(memory);
  await ask(300, { km: 5000, hour: 3, city: 'hash of a city' });
  const { reportKey, pageKey, drifted } = await monitor();
  expect(drifted).toEqual(['hour', 'km']);
  expect(reportKey).toBe(`reports/trips-late/drift/${run.asOf}.json`);
  expect(pageKey).toBe(`reports/trips-late/drift/${run.asOf}.html`);
  const report = await readBack<WindowReport>({ key: reportKey as string });
  expect(report).toMatchObject({
    format: 2,
    model: 'trips-late',
    version: 3,
    rows: 300,
    inputs: { sensitive: ['city'] },
  });
  expect(report.inputs.profiles.map(({ window }) => window.column)).toEqual(['km', 'hour']);
  expect(report.inputs.profiles[0]?.window.counts.at(-1)).toBe(300);
  expect(report.inputs.profiles[0]?.baseline.shares[0]).toBeCloseTo(0.1, 12);
  const page = new TextDecoder().decode(await memory.store.read(pageKey as string));
  expect(page).toContain('hour (PSI');
  expect(page).toContain('<th scope="row">city</th>');
  expect(page + JSON.stringify(report)).not.toMatch(/hash of a city|north/);
});

it('what CloudWatch is told is of the model in this environment', async () => {
  const own = [
    { Name: 'Environment', Value: 'dev' },
    { Name: 'Model', Value: 'trips-late' },
  ];
  const dimensions = async () =>
    ((await monitor()).metrics as { Dimensions: unknown }[]).map(({ Dimensions }) => Dimensions);
  expect(await dimensions()).toEqual([own]);
  await leaveWatched(memory);
  expect(await dimensions()).toEqual([own]);
  await ask(300, { km: 5000, hour: 3, city: 'hash of a city' });
  const told = await dimensions();
  expect(told.length).toBeGreaterThan(3);
  expect(told).toEqual(told.map(() => own));
});

it('a look over another length of time is no news: it rings no alarm and clears none', async () => {
  await leaveWatched(memory);
  await ask(300, { km: 5000, hour: 3, city: 'hash of a city' });
  const namesOf = ({ metrics }: { metrics: readonly object[] }) =>
    (metrics as { MetricName: string }[]).map(({ MetricName }) => MetricName);
  const own = await monitor();
  expect([own.window?.fresh, namesOf(own)]).toEqual([true, expect.arrayContaining(['DriftPsi'])]);
  const longer = await monitor({ window: '1 day' });
  expect(longer).toMatchObject({ drifted: ['hour', 'km'], window: { fresh: false } });
  expect(namesOf(longer)).toEqual(['SecondsWithoutPrediction']);
  expect(namesOf(await monitor({ window: '1 second' }))).not.toContain('MonitoredPredictions');
});

it('what a version shows that was replaced is no news: it rings no alarm and starts no training', async () => {
  await leaveWatched(memory);
  await ask(300, { km: 5000, hour: 3, city: 'hash of a city' });
  const asked = { ...run, scheduled: true };
  const { windows, champion } = await plan(asked);
  const [window] = windows.slice(-1) as [(typeof windows)[number]];
  const next = { ...champion, version: window.version.version + 1 };
  const old = await examine({ run: asked, champion: next, window });
  expect(old).toMatchObject({ drifted: ['hour', 'km'], window: { revision: 1, fresh: false } });
  const namesOf = ({ metrics }: { metrics: readonly object[] }) =>
    (metrics as { MetricName: string }[]).map(({ MetricName }) => MetricName);
  expect(namesOf(old)).toEqual(['SecondsWithoutPrediction']);
  const silent = { ...window, from: '2012-01-01T00:00:00.000Z', to: '2012-01-01T01:00:00.000Z' };
  expect(namesOf(await examine({ run: asked, champion, window: silent }))).toContain('MonitoredPredictions');
  const ofOld = await examine({ run: asked, champion: next, window: silent });
  expect(namesOf(ofOld)).toEqual(['SecondsWithoutPrediction']);
});

it('a page that cannot be drawn keeps no metric from its alarm', async () => {
  vi.spyOn(pages, 'windowPage').mockRejectedValue(new Error('no picture'));
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  await leaveWatched(memory);
  await ask(300, { km: 5000, hour: 3, city: 'hash of a city' });
  const { reportKey, pageKey, metrics } = await monitor();
  expect([typeof reportKey, pageKey]).toEqual(['string', null]);
  expect(metrics).toContainEqual(expect.objectContaining({ MetricName: 'DriftPsi' }));
  expect(error.mock.calls[0]?.[0]).toContain('no picture');
  vi.restoreAllMocks();
});

it('without a champion, and without a request, there is neither', async () => {
  const nothing = { rows: 0, psi: null, column: null, drifted: [], reportKey: null, pageKey: null };
  expect(await monitor()).toMatchObject(nothing);
  await leaveWatched(memory);
  expect(await monitor()).toMatchObject(nothing);
  expect(await memory.store.list('reports/')).toEqual([]);
});
