import { beforeEach, describe, expect, it, vi } from 'vitest';
import { checkpointed, finishedSteps } from '../../lambdas/shared/checkpoint.ts';
import { memory, openMemory, run } from './memory-resources.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));

beforeEach(openMemory);

describe('checkpointed', () => {
  it('does a step once: a second call gets the answer of the first', async () => {
    const work = vi.fn(async () => ({ rows: work.mock.calls.length }));
    expect(await checkpointed(run, 'CountRows', work)).toEqual({ rows: 1 });
    expect(await checkpointed(run, 'CountRows', work)).toEqual({ rows: 1 });
    expect(work).toHaveBeenCalledTimes(1);
    expect(memory.store.versions('models/trips-late/runs/r/steps/CountRows.json')).toBe(1);
  });

  it('leaves nothing of a step that failed, which is done again', async () => {
    const work = vi.fn(async () => 'done').mockRejectedValueOnce(new Error('no memory left'));
    await expect(checkpointed(run, 'CountRows', work)).rejects.toThrow('no memory left');
    expect(await finishedSteps(run)).toEqual([]);
    expect(await checkpointed(run, 'CountRows', work)).toBe('done');
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('keeps steps of other names, runs and models apart', async () => {
    await checkpointed(run, 'CountRows', async () => 1);
    expect(await checkpointed(run, 'CountRows-2', async () => 2)).toBe(2);
    expect(await checkpointed({ ...run, runId: 'r2' }, 'CountRows', async () => 3)).toBe(3);
    expect(await checkpointed({ ...run, model: 'other' }, 'CountRows', async () => 4)).toBe(4);
  });

  it('is the same step for a resumed run, whose execution has another name', async () => {
    await checkpointed(run, 'CountRows', async () => 1);
    expect(await checkpointed({ ...run, execution: 'r-resumed' }, 'CountRows', async () => 2)).toBe(1);
  });

  it('does not take a store that cannot be read for a step that was not done', async () => {
    memory.store.read = async () => {
      throw new Error('access denied');
    };
    const work = vi.fn(async () => 1);
    await expect(checkpointed(run, 'CountRows', work)).rejects.toThrow('access denied');
    expect(work).not.toHaveBeenCalled();
  });
});

describe('finishedSteps', () => {
  it('has each step with its times, memory and result, in the order of their start', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z'), toFake: ['Date'] });
    try {
      const lasting = (milliseconds: number, result: unknown) => async () => {
        vi.setSystemTime(Date.now() + milliseconds);
        return result;
      };
      await checkpointed(run, 'ZFirst', lasting(1500, 'a'));
      process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE = '2048';
      await checkpointed(run, 'ASecond', lasting(500, { b: 1 }));
      await checkpointed({ ...run, runId: 'another' }, 'Foreign', lasting(0, null));
    } finally {
      vi.useRealTimers();
    }
    expect(await finishedSteps(run)).toEqual([
      {
        state: 'ZFirst',
        startedAt: '2026-01-01T00:00:00.000Z',
        finishedAt: '2026-01-01T00:00:01.500Z',
        memoryMb: 1024,
        result: 'a',
      },
      {
        state: 'ASecond',
        startedAt: '2026-01-01T00:00:01.500Z',
        finishedAt: '2026-01-01T00:00:02.000Z',
        memoryMb: 2048,
        result: { b: 1 },
      },
    ]);
  });
});
