import { beforeEach, expect, it, vi } from 'vitest';
import type { WindowProfile } from '#lib/pipelines/profile-window.ts';
import { at } from '#test/core/serve/truths.ts';
import { tripsLate } from '#test/support/trips.ts';
import { deliver, leaveWatched, tripsAt } from '#test/support/watched-trips.ts';
import { handler } from '../../lambdas/profile-part.ts';
import { leaveSpec, memory, openMemory, readBack } from './memory-resources.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));

const run = { model: 'trips-late', runId: 'r', asOf: at(3600), scheduled: true, window: null };
const FOLDER = 'reports/trips-late/windows/parts/r/x';
const part = {
  from: Date.parse(at(100)),
  to: Date.parse(at(200)),
  log: `${FOLDER}/log.json`,
  key: `${FOLDER}/0000.json`,
};

async function profile(): Promise<WindowProfile> {
  const version = (await memory.registry.deployment(run.model))?.champion;
  await handler({ run, version, part });
  return readBack<WindowProfile>({ key: part.key });
}
const planned = async () =>
  memory.store.write(part.log, JSON.stringify(await memory.store.list('predictions/')));

beforeEach(async () => {
  openMemory();
  process.env.DELIVERY_SECONDS = '60';
  await leaveSpec(tripsLate());
  await leaveWatched(memory);
  await deliver(memory.store, 'a', 10, tripsAt(50, 100));
  await deliver(memory.store, 'b', 10, tripsAt(150, 100));
  await deliver(memory.store, 'c', 10, tripsAt(300, 100));
});

it('a part has the rows of its time, from its begin to before its end, and the objects that they were in', async () => {
  await planned();
  const { summary, objects } = await profile();
  expect(summary).toMatchObject({ rows: 100, newest: at(199) });
  expect(objects.map(({ key }) => key.split('/').at(-1)).sort()).toEqual(['a.jsonl.gz', 'b.jsonl.gz']);
});

it('counted again, after it failed, it comes to the same, though the log has more by now', async () => {
  await planned();
  const first = await profile();
  await deliver(memory.store, 'late', 20, tripsAt(150.5, 10));
  expect(await profile()).toEqual(first);
});

it('a part without the list of what it reads is refused: it would read what others do not', async () => {
  const version = (await memory.registry.deployment(run.model))?.champion;
  const { log: _, ...without } = part;
  await expect(handler({ run, version, part: without })).rejects.toThrow('log');
});
