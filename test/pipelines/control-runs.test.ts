import { describe, expect, it } from 'vitest';
import { ConflictError, LeaseLostError, NotFoundError } from '#core/errors.ts';
import type { Fence, Run } from '#core/registry/records.ts';
import { cancelRun, findRun, resumeRun } from '#lib/pipelines/control-runs.ts';
import { finishTraining } from '#lib/pipelines/lease-training.ts';
import { crashEverywhere, withFaults } from '#test/support/faults.ts';
import { MemoryExecutions } from '#test/support/memory-executions.ts';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { ask, requestersOf } from '#test/support/training-machine.ts';

const MODEL = 'm';
const BERT = { by: 'bert', at: '2026-01-01T01:00:00.000Z' };
const WHY = { by: 'bert', reason: 'the disk was full' };

interface World {
  readonly registry: MemoryRegistry;
  readonly executions: MemoryExecutions;
}

async function world(...names: readonly string[]): Promise<World> {
  const opened = { registry: new MemoryRegistry(), executions: new MemoryExecutions() };
  for (const name of names) {
    await opened.executions.start(MODEL, { execution: name, input: { by: 'anna' } });
    await ask(opened, MODEL, name);
  }
  return opened;
}

const statusOf = async ({ registry }: World, runId: string) => (await registry.run(MODEL, runId))?.status;

/** The run ends as the state machine records it. */
async function end(opened: World, runId: string, status: Run['status']): Promise<void> {
  const run = (await opened.registry.run(MODEL, runId)) as Run;
  await opened.registry.recordRun({ ...run, status, finishedAt: BERT.at });
  await finishTraining(opened, MODEL, { execution: run.execution as string, token: run.token });
  opened.executions.end(MODEL, run.execution as string);
}

describe('cancelling a run', () => {
  it('stops it, says who did it and when, and lets nothing of it count any more', async () => {
    const opened = await world('a');
    const before = (await opened.registry.run(MODEL, 'a')) as Run;
    const run = await cancelRun(opened, MODEL, 'a', BERT);
    expect(run).toEqual({ ...before, status: 'cancelled', cancelled: BERT, finishedAt: BERT.at });
    expect(await opened.registry.run(MODEL, 'a')).toEqual(run);
    expect(opened.executions.running(MODEL)).toEqual([]);
    expect(await opened.registry.lease(MODEL)).toMatchObject({ holder: null });
    const late = opened.registry.recordRun({ ...before, status: 'succeeded' }, { model: MODEL, token: 1 });
    await expect(late).rejects.toThrow(LeaseLostError);
  });

  it('lets the next one train', async () => {
    const opened = await world('a', 'b');
    await cancelRun(opened, MODEL, 'a', BERT);
    expect(opened.executions.running(MODEL)).toEqual(['b', 'b-next']);
  });

  it('again changes nothing', async () => {
    const opened = await world('a', 'b');
    const run = await cancelRun(opened, MODEL, 'a', BERT);
    const lease = await opened.registry.lease(MODEL);
    expect(await cancelRun(opened, MODEL, 'a', { by: 'carl', at: '2027-01-01' })).toEqual(run);
    expect(await opened.registry.lease(MODEL)).toEqual(lease);
  });

  it.each(['succeeded', 'refused', 'failed'] as const)('is refused when it has %s', async (status) => {
    const opened = await world('a');
    await end(opened, 'a', status);
    const late = cancelRun(opened, MODEL, 'a', BERT);
    await expect(late).rejects.toThrow(ConflictError);
    await expect(late).rejects.toThrow(`run a of m is over: its status is ${status}`);
    expect(await statusOf(opened, 'a')).toBe(status);
  });

  /** A registry in which a step records the run's status right after it was cancelled. */
  const overtaken = (registry: MemoryRegistry, status: Run['status']) =>
    new Proxy(registry, {
      get: (target, name) =>
        name === 'recordRun'
          ? async (run: Run, fence?: Fence) => {
              await target.recordRun(run, fence);
              if (fence) await target.recordRun({ ...run, status }, fence);
            }
          : (Reflect.get(target, name) as () => void).bind(target),
    });

  it('is refused when its last step was quicker', async () => {
    const opened = await world('a');
    const registry = overtaken(opened.registry, 'succeeded');
    await expect(cancelRun({ ...opened, registry }, MODEL, 'a', BERT)).rejects.toThrow(ConflictError);
    expect(await statusOf(opened, 'a')).toBe('succeeded');
  });

  it('stays cancelled when a step still records that it runs', async () => {
    const opened = await world('a');
    const registry = overtaken(opened.registry, 'running');
    expect(await cancelRun({ ...opened, registry }, MODEL, 'a', BERT)).toMatchObject({ status: 'cancelled' });
    expect(await statusOf(opened, 'a')).toBe('cancelled');
  });

  it('takes one that waits out of the queue', async () => {
    const opened = await world('a', 'b');
    expect(await cancelRun(opened, MODEL, 'b-next', BERT)).toMatchObject({
      runId: 'b-next',
      status: 'cancelled',
      cancelled: BERT,
    });
    expect(await opened.registry.lease(MODEL)).toMatchObject({ holder: { runId: 'a' }, waiting: [] });
    expect(await statusOf(opened, 'a')).toBe('running');
  });

  it('reaches one that was called and has not begun: when it does, it does nothing', async () => {
    const opened = await world('a', 'b');
    await end(opened, 'a', 'succeeded');
    await cancelRun(opened, MODEL, 'b-next', BERT);
    expect(await ask(opened, MODEL, 'b-next', { token: 2 })).toEqual({ status: 'superseded' });
    expect(await statusOf(opened, 'b-next')).toBe('cancelled');
    expect(await opened.registry.lease(MODEL)).toMatchObject({ holder: null });
  });

  it('reaches one that has not asked for the lease yet', async () => {
    const opened = await world();
    await opened.executions.start(MODEL, { execution: 'a', input: {} });
    await cancelRun(opened, MODEL, 'a', BERT);
    expect(opened.executions.running(MODEL)).toEqual([]);
    expect(await ask(opened, MODEL, 'a')).toEqual({ status: 'superseded' });
    expect(await statusOf(opened, 'a')).toBe('cancelled');
    expect(await opened.registry.lease(MODEL)).toMatchObject({ holder: null });
  });

  it('finds no run that there never was', async () => {
    const missing = cancelRun(await world('a'), MODEL, 'z', BERT);
    await expect(missing).rejects.toThrow(NotFoundError);
    await expect(missing).rejects.toThrow('model m has no run z');
  });

  it('is mended by cancelling again after a power failure at any point', async () => {
    const calls = await crashEverywhere(
      () => world('a', 'b'),
      async (opened, plan) => {
        const { registry, executions } = await opened;
        const ports = { registry: withFaults(registry, plan), executions: withFaults(executions, plan) };
        return cancelRun(ports, MODEL, 'a', BERT);
      },
      async (opened, crash) => {
        const { registry, executions } = await opened;
        expect(await registry.run(MODEL, 'a'), crash).toMatchObject({ status: 'cancelled', cancelled: BERT });
        expect(executions.running(MODEL), crash).toEqual(['b', 'b-next']);
        expect(await registry.lease(MODEL), crash).toMatchObject({ token: 2, holder: { runId: 'b-next' } });
      },
    );
    expect(calls).toBeGreaterThanOrEqual(8);
  });
});

describe('resuming a run', () => {
  it.each(['failed', 'cancelled'] as const)('goes on with a %s one under its own id', async (status) => {
    const opened = await world('a');
    if (status === 'failed') await end(opened, 'a', 'failed');
    else await cancelRun(opened, MODEL, 'a', BERT);
    const before = (await opened.registry.run(MODEL, 'a')) as Run;
    const execution = await resumeRun(opened, MODEL, 'a', WHY);
    expect(opened.executions.inputOf(MODEL, execution)).toEqual({ ...WHY, resume: 'a' });
    const leased = await ask(opened, MODEL, execution, { ...WHY, resume: 'a' });
    const { finishedAt, cancelled, ...rest } = before;
    expect(leased).toMatchObject({
      status: 'acquired',
      run: { ...rest, status: 'running', execution, token: 2, requests: expect.anything() },
    });
    const run = (await opened.registry.run(MODEL, 'a')) as Run;
    expect(requestersOf(run)).toEqual(['a', execution]);
    expect([run.finishedAt, run.cancelled]).toEqual([undefined, undefined]);
    expect(await opened.registry.runs(MODEL, { limit: 10 })).toHaveLength(1);
  });

  it.each(['succeeded', 'refused', 'running'] as const)('is refused when it is %s', async (status) => {
    const opened = await world('a');
    if (status !== 'running') await end(opened, 'a', status);
    const refused = resumeRun(opened, MODEL, 'a', WHY);
    await expect(refused).rejects.toThrow(ConflictError);
    await expect(refused).rejects.toThrow(
      `run a of m must be failed or cancelled to be resumed, got ${status}`,
    );
  });

  it('is one resume when it is asked for again, and refused to others meanwhile', async () => {
    const opened = await world('a');
    await end(opened, 'a', 'failed');
    const execution = await resumeRun(opened, MODEL, 'a', WHY);
    expect(await resumeRun(opened, MODEL, 'a', WHY)).toBe(execution);
    const other = resumeRun(opened, MODEL, 'a', { by: 'carl', reason: 'impatience' });
    await expect(other).rejects.toThrow(ConflictError);
    await expect(other).rejects.toThrow('run a of m is being resumed');
    await ask(opened, MODEL, execution, { resume: 'a' });
    await expect(resumeRun(opened, MODEL, 'a', WHY)).rejects.toThrow('got running');
  });

  it('does not wait for its last execution to end', async () => {
    const opened = await world('a', 'b');
    const run = (await opened.registry.run(MODEL, 'a')) as Run;
    await opened.registry.recordRun({ ...run, status: 'failed' });
    const execution = await resumeRun(opened, MODEL, 'a', WHY);
    expect(await ask(opened, MODEL, execution, { resume: 'a' })).toEqual({ status: 'merged', into: 'a' });
    expect(await finishTraining(opened, MODEL, run as Run & { execution: string })).toMatchObject({
      status: 'stale',
    });
    expect(await opened.registry.lease(MODEL)).toMatchObject({
      holder: { runId: 'b-next' },
      waiting: [{ runId: 'a', execution: 'a-resume-1-next' }],
    });
  });

  it('is refused while it waits to go on', async () => {
    const opened = await world('a');
    await end(opened, 'a', 'failed');
    await opened.executions.start(MODEL, { execution: 'b', input: {} });
    await ask(opened, MODEL, 'b');
    const execution = await resumeRun(opened, MODEL, 'a', WHY);
    expect(await ask(opened, MODEL, execution, { resume: 'a' })).toEqual({ status: 'merged', into: 'a' });
    opened.executions.end(MODEL, execution);
    await expect(resumeRun(opened, MODEL, 'a', WHY)).rejects.toThrow('got waiting');
    expect(await findRun(opened, MODEL, 'a')).toMatchObject({ status: 'waiting' });
    expect(await opened.registry.run(MODEL, execution)).toBeUndefined();
  });

  it('can be done again when it fails again', async () => {
    const opened = await world('a');
    await end(opened, 'a', 'failed');
    const executions: string[] = [];
    for (let count = 0; count < 3; count++) {
      const execution = await resumeRun(opened, MODEL, 'a', WHY);
      await ask(opened, MODEL, execution, { resume: 'a' });
      await end(opened, 'a', 'failed');
      executions.push(execution);
    }
    expect(executions).toEqual(['a-resume-1', 'a-resume-2', 'a-resume-3']);
  });

  it('that comes late does not train again what succeeded meanwhile', async () => {
    const opened = await world('a');
    await end(opened, 'a', 'succeeded');
    expect(await ask(opened, MODEL, 'a-resume-1', { resume: 'a' })).toEqual({ status: 'superseded' });
    expect(await ask(opened, MODEL, 'z-resume-1', { resume: 'z' })).toEqual({ status: 'superseded' });
  });

  it('finds no run that there never was', async () => {
    await expect(resumeRun(await world(), MODEL, 'z', WHY)).rejects.toThrow(NotFoundError);
  });
});

describe('looking a run up', () => {
  it('finds one that is merged and ends while it is looked up', async () => {
    const opened = await world('a');
    await opened.executions.start(MODEL, { execution: 'b', input: {} });
    const executions = new MemoryExecutions();
    executions.find = async (model, execution) => {
      await ask(opened, model, execution);
      opened.executions.end(model, execution);
      return opened.executions.find(model, execution);
    };
    expect(await findRun({ ...opened, executions }, MODEL, 'b')).toMatchObject({
      status: 'merged',
      mergedInto: 'b-next',
    });
  });

  it('shows one that was just started, unless it ended before it asked, and one that waits', async () => {
    const opened = await world('a', 'b');
    await opened.executions.start(MODEL, { execution: 'c', input: { by: 'carl' } });
    expect(await findRun(opened, MODEL, 'c')).toMatchObject({ status: 'waiting', by: 'carl' });
    expect(await findRun(opened, MODEL, 'b-next')).toMatchObject({ status: 'waiting', by: 'anna' });
    expect(await findRun(opened, MODEL, 'b')).toMatchObject({ status: 'merged', mergedInto: 'b-next' });
    expect(await findRun(opened, MODEL, 'a')).toMatchObject({ status: 'running' });
    opened.executions.end(MODEL, 'c');
    await expect(findRun(opened, MODEL, 'c')).rejects.toThrow(NotFoundError);
  });
});
