import { beforeEach, expect, it, vi } from 'vitest';
import { at } from '#test/core/serve/truths.ts';
import { tripsLate } from '#test/support/trips.ts';
import { deliver, HOUR, leaveWatched, tripsAt, VERSION } from '#test/support/watched-trips.ts';
import { handler } from '../../lambdas/plan-windows.ts';
import { leaveSpec, memory, openMemory } from './memory-resources.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));

const run = { model: 'trips-late', runId: 'r', asOf: at(HOUR + 60), scheduled: true, window: null };

beforeEach(async () => {
  openMemory();
  await leaveSpec(tripsLate());
  process.env.DELIVERY_SECONDS = '60';
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(run.asOf) });
  return () => vi.useRealTimers();
});

it('a window is planned once its rows are in the log as a rule, and not a second before', async () => {
  await leaveWatched(memory);
  await deliver(memory.store, 'a', 10, tripsAt(10, 5));
  const newest = async (asOf: string) => (await handler({ ...run, asOf })).windows.at(-1);
  expect(await newest(at(HOUR + 60))).toMatchObject({ from: at(0), to: at(HOUR), parts: null });
  expect(await newest(at(HOUR + 59))).toMatchObject({ to: at(0) });
});

it('windows are held against the champion', async () => {
  await leaveWatched(memory);
  expect((await handler(run)).champion).toMatchObject({
    version: VERSION,
    manifest: { key: 'models/manifest.json' },
  });
});

it('without a champion there is none, and nobody was asked: neither drift nor silence is measured', async () => {
  await deliver(memory.store, 'a', 10, tripsAt(10, 300));
  const { champion, windows, monitored } = await handler(run);
  expect([champion, windows, monitored.window, monitored.reportKey]).toEqual([null, [], null, null]);
  expect(monitored.metrics).toMatchObject([{ MetricName: 'MonitoredPredictions', Value: 0 }]);
});

it('a spec that is not the one that was deployed is refused', async () => {
  process.env.SPEC_SHA256 = '0'.repeat(64);
  vi.resetModules();
  const { handler: anew } = await import('../../lambdas/plan-windows.ts');
  await expect(anew(run)).rejects.toMatchObject({ name: 'IntegrityError' });
});

it('a length of time that is none is refused, by name', async () => {
  const refused = handler({ ...run, scheduled: false, window: 'a while' });
  await expect(refused).rejects.toMatchObject({ name: 'InvalidInputError' });
  await expect(refused).rejects.toThrow('window');
});
