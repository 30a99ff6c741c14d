import { describe, expect, it } from 'vitest';
import { LeaseLostError } from '#core/errors.ts';
import type { Run } from '#core/registry/records.ts';
import { finishTraining, type Leased } from '#lib/pipelines/lease-training.ts';
import { crashEverywhere, type FaultPlan, withFaults } from '#test/support/faults.ts';
import { MemoryExecutions } from '#test/support/memory-executions.ts';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { AT, ask, requestersOf } from '#test/support/training-machine.ts';

const MODEL = 'm';

interface World {
  readonly registry: MemoryRegistry;
  readonly executions: MemoryExecutions;
}

const faulty = ({ registry, executions }: World, plan: FaultPlan) => ({
  registry: withFaults(registry, plan),
  executions: withFaults(executions, plan),
});

/** Executions that ask one after another; all of them run. */
async function world(...names: readonly string[]): Promise<World> {
  const opened = { registry: new MemoryRegistry(), executions: new MemoryExecutions() };
  for (const name of names) {
    await opened.executions.start(MODEL, { execution: name, input: {} });
    await ask(opened, MODEL, name);
  }
  return opened;
}

const tokenOf = (leased: Leased) => (leased.status === 'acquired' ? leased.run.token : undefined);

describe('an execution that gets the lease', () => {
  it('is recorded as running, with its token, who asked, and what it trains by', async () => {
    const { registry, executions } = await world();
    const set = { 'algorithm.rounds': 5 };
    const leased = await ask({ registry, executions }, MODEL, 'a', { by: 'bert', reason: 'drift', set });
    const expected = {
      model: MODEL,
      runId: 'a',
      pipeline: 'train-model',
      status: 'running',
      startedAt: AT,
      asOf: AT,
      by: 'bert',
      execution: 'a',
      token: 1,
      set,
      specHash: 'spec',
      codeVersion: 'code',
      requests: [{ execution: 'a', by: 'bert', at: AT, reason: 'drift', set }],
    };
    expect(leased).toEqual({ status: 'acquired', run: expected });
    expect(await registry.run(MODEL, 'a')).toEqual(expected);
  });

  it('keeps what is known of the run when it is told so twice', async () => {
    const opened = await world('a');
    const run = (await opened.registry.run(MODEL, 'a')) as Run;
    expect(await ask(opened, MODEL, 'a')).toEqual({ status: 'acquired', run });
    expect(await opened.registry.run(MODEL, 'a')).toEqual(run);
  });
});

it('an execution that comes second is recorded as merged into the run that will train for it', async () => {
  const { registry } = await world('a', 'b');
  expect(await registry.run(MODEL, 'b')).toMatchObject({ status: 'merged', mergedInto: 'b-next' });
});

it('the run that was waited for has everybody who asked for it', async () => {
  const opened = await world('a', 'b', 'c');
  await finishTraining(opened, MODEL, { execution: 'a' });
  expect(opened.executions.inputOf(MODEL, 'b-next')).toEqual({ by: 'anna', reason: 'new data', token: 2 });
  expect(tokenOf(await ask(opened, MODEL, 'b-next', { token: 2 }))).toBe(2);
  expect(requestersOf((await opened.registry.run(MODEL, 'b-next')) as Run)).toEqual(['b', 'c']);
});

describe('a holder that died without a word', () => {
  it('loses the lease to the next that asks, is recorded as failed, and writes nothing any more', async () => {
    const opened = await world('a');
    const run = (await opened.registry.run(MODEL, 'a')) as Run;
    opened.executions.end(MODEL, 'a');
    expect(tokenOf(await ask(opened, MODEL, 'b'))).toBe(2);
    const failed = { status: 'failed', error: { name: 'ExecutionLost' } };
    expect(await opened.registry.run(MODEL, 'a')).toMatchObject(failed);
    const late = opened.registry.recordRun({ ...run, status: 'succeeded' }, { model: MODEL, token: 1 });
    await expect(late).rejects.toThrow(LeaseLostError);
    expect(await finishTraining(opened, MODEL, { execution: 'a', token: 1 })).toEqual({ status: 'stale' });
    expect((await opened.registry.lease(MODEL))?.holder?.execution).toBe('b');
  });

  it('is not recorded as failed by one who was late, when it goes on by then', async () => {
    const opened = await world('a');
    opened.executions.end(MODEL, 'a');
    let isFirst = true;
    const registry = new Proxy(opened.registry, {
      get: (target, name) => {
        const method = (Reflect.get(target, name) as (...args: unknown[]) => unknown).bind(target);
        if (name !== 'run') return method;
        return async (...args: unknown[]) => {
          const run = await method(...args);
          if (!isFirst) return run;
          isFirst = false;
          // Another finds the holder dead, ends, and the run is resumed, all before this one writes.
          await finishTraining(opened, MODEL, { execution: 'a', token: 1 });
          await opened.executions.start(MODEL, { execution: 'a-resume-1', input: {} });
          await ask(opened, MODEL, 'a-resume-1', { resume: 'a' });
          return run;
        };
      },
    });
    expect(await ask({ ...opened, registry }, MODEL, 'late')).toEqual({
      status: 'merged',
      into: 'late-next',
    });
    const run = { status: 'running', execution: 'a-resume-1', token: 2 };
    expect(await opened.registry.run(MODEL, 'a')).toMatchObject(run);
  });

  it('keeps the lease while it runs', async () => {
    const opened = await world('a', 'b');
    expect((await opened.registry.lease(MODEL))?.holder?.execution).toBe('a');
    expect(await opened.registry.run(MODEL, 'a')).toMatchObject({ status: 'running' });
  });

  it('keeps the result that it recorded before it died', async () => {
    const opened = await world('a');
    const run = (await opened.registry.run(MODEL, 'a')) as Run;
    await opened.registry.recordRun({ ...run, status: 'refused' });
    opened.executions.end(MODEL, 'a');
    await ask(opened, MODEL, 'b');
    expect(await opened.registry.run(MODEL, 'a')).toEqual({ ...run, status: 'refused' });
  });
});

it('a training that was called and ended before it began passes the lease on', async () => {
  const opened = await world('a', 'b');
  await ask(opened, MODEL, 'c', { set: { x: 1 } });
  await opened.executions.start(MODEL, { execution: 'b-next', input: {} });
  opened.executions.end(MODEL, 'b-next');
  await finishTraining(opened, MODEL, { execution: 'a' });
  expect((await opened.registry.lease(MODEL))?.holder?.execution).toBe('c-next');
  expect(opened.executions.running(MODEL)).toContain('c-next');
});

it('a power failure at any point while a training ends is mended by doing it again', async () => {
  const calls = await crashEverywhere(
    () => world('a', 'b', 'c'),
    async (opened, plan) => finishTraining(faulty(await opened, plan), MODEL, { execution: 'a', token: 1 }),
    async (opened, crash) => {
      const { registry, executions } = await opened;
      expect(executions.running(MODEL), crash).toContain('b-next');
      const lease = await registry.lease(MODEL);
      expect(lease, crash).toMatchObject({ token: 2, waiting: [], holder: { execution: 'b-next' } });
      expect(await registry.run(MODEL, 'a'), crash).toMatchObject({ status: 'failed' });
    },
  );
  expect(calls).toBeGreaterThanOrEqual(5);
});

it('a power failure at any point while a lease is given is mended by doing it again', async () => {
  await crashEverywhere(
    () => world(),
    async (opened, plan) => ask(faulty(await opened, plan), MODEL, 'a'),
    async (opened, crash) => {
      const run = await (await opened).registry.run(MODEL, 'a');
      expect(run, crash).toMatchObject({ status: 'running', token: 1 });
      expect(requestersOf(run as Run), crash).toEqual(['a']);
    },
  );
});

it('a power failure at any point while a dead holder is replaced is mended by doing it again', async () => {
  const calls = await crashEverywhere(
    async () => {
      const opened = await world('a', 'b');
      opened.executions.end(MODEL, 'a');
      return opened;
    },
    async (opened, plan) => ask(faulty(await opened, plan), MODEL, 'd', { set: { x: 1 } }),
    async (opened, crash) => {
      const { registry, executions } = await opened;
      expect(executions.running(MODEL), crash).toContain('b-next');
      expect(await registry.lease(MODEL), crash).toMatchObject({
        token: 2,
        holder: { execution: 'b-next' },
        waiting: [{ runId: 'd-next' }],
      });
      expect(await registry.run(MODEL, 'a'), crash).toMatchObject({ status: 'failed' });
      expect(await registry.run(MODEL, 'd'), crash).toMatchObject({ mergedInto: 'd-next' });
    },
  );
  expect(calls).toBeGreaterThanOrEqual(7);
});
