import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { progressOf } from '../../lambdas/shared/progress.ts';
import { memory, openMemory, run } from './memory-resources.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));

beforeEach(() => {
  openMemory();
  vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z'), toFake: ['Date'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
});

const told = () => memory.registry.progress(run.model, run.runId);

describe('progressOf', () => {
  it('tells the first news at once and then the newest, at most twice a second', async () => {
    const progress = progressOf(run, 'TrainModel');
    progress.tell({ done: 1, total: 9 });
    vi.setSystemTime(Date.now() + 499);
    progress.tell({ done: 2, total: 9 });
    await progress.flush();
    expect(await told()).toEqual({ state: 'TrainModel', at: '2026-01-01T00:00:00.000Z', done: 1, total: 9 });
    vi.setSystemTime(Date.now() + 1);
    progress.tell({ done: 3, total: 9 });
    await progress.flush();
    expect(await told()).toMatchObject({ at: '2026-01-01T00:00:00.500Z', done: 3 });
  });

  it('is never in the way of the work: news that cannot be told are lost with a warning, later ones are told', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const record = vi.spyOn(memory.registry, 'recordProgress').mockRejectedValueOnce(new Error('throttled'));
    const progress = progressOf(run, 'TrainModel');
    progress.tell({ done: 1, total: 9 });
    await progress.flush();
    expect(JSON.parse(warn.mock.calls[0]?.[0] as string)).toMatchObject({ cause: 'Error: throttled' });
    vi.setSystemTime(Date.now() + 500);
    progress.tell({ done: 2, total: 9 });
    await progress.flush();
    expect((await told())?.done).toBe(2);
    expect(record).toHaveBeenCalledTimes(2);
  });
});
