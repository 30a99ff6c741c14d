import { beforeEach, describe, expect, it } from 'vitest';
import { ConflictError, InvalidInputError, NotFoundError } from '#core/errors.ts';
import { NotReadyError } from '#core/serve/problem-document.ts';
import {
  batchIdOf,
  cancelBatch,
  describeBatch,
  resumeBatch,
  startBatch,
} from '#lib/pipelines/control-batches.ts';
import { AT, BatchWorld, MODEL } from '#test/support/batch-world.ts';

const trip = (id: number) => ({ id, at: AT, city: 'north' });
const shower = { city: 'north', measured_at: AT, mm: 1 };
const request = { dataset: 'trips', version: 1, reason: 'why', by: 'anna', at: AT, batchId: 'b' };
const cancelled = { by: 'ben', at: AT };
const resumed = { by: 'cleo', at: '2026-01-03T00:00:00.000Z' };

let world: BatchWorld;
beforeEach(async () => {
  world = await BatchWorld.open([[trip(1), trip(2)], [trip(3)]], [[shower]]);
});
const start = (changes: object = {}, model = MODEL) =>
  startBatch(world.ports, model, { ...request, ...changes });
const record = () => world.registry.batch(MODEL, 'b');
const end = (status: 'failed' | 'succeeded') =>
  record().then((batch) => batch && world.registry.recordBatch({ ...batch, status }, batch));

describe('a batch that is asked for', () => {
  it('is recorded before the execution that works for it is started', async () => {
    const batch = await start();
    expect(await record()).toEqual(batch);
    expect(batch).toMatchObject({
      status: 'running',
      version: 1,
      datasetVersion: 1,
      rows: 3,
      output: 'batches/trips-late/b/',
      reason: 'why',
    });
    expect(world.executions.inputOf(MODEL, 'b')).toEqual({ model: MODEL, batchId: 'b' });
  });

  it('names versions that there are, of the dataset that the model is made for', async () => {
    await expect(start({}, 'nobody')).rejects.toThrow(NotFoundError);
    await expect(start({ version: 2 })).rejects.toThrow('model trips-late has no version 2');
    await expect(start({ datasetVersion: 2 })).rejects.toThrow('dataset trips has no version 2');
    await expect(start({ dataset: 'rain' })).rejects.toThrow(InvalidInputError);
    await expect(start({ version: undefined })).rejects.toThrow(NotReadyError);
    expect(await world.registry.batches(MODEL, { limit: 10 })).toEqual([]);
  });

  it('says so when its execution cannot start', async () => {
    const start = () => Promise.reject(new NotFoundError('no model named "trips-late" is deployed'));
    const ports = { ...world.ports, executions: { ...world.executions, start } };
    await expect(startBatch(ports as never, MODEL, request)).rejects.toThrow(NotFoundError);
    expect(await record()).toMatchObject({ status: 'failed', error: { name: 'NotFoundError' } });
  });
});

describe('a batch that is cancelled', () => {
  it('is stopped and says by whom, once', async () => {
    await start();
    const first = await cancelBatch(world.ports, MODEL, 'b', cancelled);
    expect(first).toMatchObject({ status: 'cancelled', error: { message: 'cancelled by ben' } });
    expect(world.executions.running(MODEL)).toEqual([]);
    expect(await cancelBatch(world.ports, MODEL, 'b', { by: 'carl', at: AT })).toEqual(first);
  });

  it('cannot be when it is over', async () => {
    await start();
    await end('succeeded');
    await expect(cancelBatch(world.ports, MODEL, 'b', cancelled)).rejects.toThrow(ConflictError);
    await expect(cancelBatch(world.ports, MODEL, 'none', cancelled)).rejects.toThrow(NotFoundError);
  });
});

describe('a batch that is resumed', () => {
  it('goes on in an execution of its own, each time another', async () => {
    await start();
    await cancelBatch(world.ports, MODEL, 'b', cancelled);
    const batch = await resumeBatch(world.ports, MODEL, 'b', resumed);
    expect(batch).toMatchObject({ status: 'running', execution: 'b-resume-1' });
    expect([batch.error, batch.finishedAt]).toEqual([undefined, undefined]);
    await end('failed');
    expect((await resumeBatch(world.ports, MODEL, 'b', resumed)).execution).toBe('b-resume-2');
    expect(batchIdOf('b-resume-2')).toBe('b');
  });

  it('says who resumed it last, and when, beside who asked for it', async () => {
    await start();
    for (const by of ['cleo', 'dora']) {
      await end('failed');
      await resumeBatch(world.ports, MODEL, 'b', { ...resumed, by });
    }
    expect(await record()).toMatchObject({ by: 'anna', startedAt: AT, resumed: { ...resumed, by: 'dora' } });
  });

  it('by many at once goes on once', async () => {
    await start();
    await cancelBatch(world.ports, MODEL, 'b', cancelled);
    const all = Array.from({ length: 5 }, () => resumeBatch(world.ports, MODEL, 'b', resumed));
    const settled = await Promise.allSettled(all);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(world.executions.running(MODEL)).toEqual(['b-resume-1']);
  });

  it('goes on although its record says that it runs, when its execution was lost', async () => {
    await start();
    await expect(resumeBatch(world.ports, MODEL, 'b', resumed)).rejects.toThrow(ConflictError);
    world.executions.end(MODEL, 'b');
    expect((await resumeBatch(world.ports, MODEL, 'b', resumed)).execution).toBe('b-resume-1');
  });

  it('by two at once goes on once, also when its execution was lost', async () => {
    await start();
    world.executions.end(MODEL, 'b');
    const settled = await Promise.allSettled([1, 2].map(() => resumeBatch(world.ports, MODEL, 'b', resumed)));
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(world.executions.running(MODEL)).toEqual(['b-resume-1']);
    expect(await record()).toMatchObject({ status: 'running', execution: 'b-resume-1' });
  });

  it('counts on when the execution that it was resumed in never began', async () => {
    const batch = await start();
    await world.registry.recordBatch({ ...batch, execution: 'b-resume-1' }, batch);
    expect((await resumeBatch(world.ports, MODEL, 'b', resumed)).execution).toBe('b-resume-2');
  });

  it('cannot be when it succeeded, or was resumed a hundred times', async () => {
    await start();
    await end('succeeded');
    await expect(resumeBatch(world.ports, MODEL, 'b', resumed)).rejects.toThrow('got succeeded');
    const batch = await record();
    if (batch) {
      await world.registry.recordBatch({ ...batch, status: 'failed', execution: 'b-resume-100' }, batch);
    }
    await expect(resumeBatch(world.ports, MODEL, 'b', resumed)).rejects.toThrow('was resumed 100 times');
  });
});

it('a batch tells how many of its chunks and rows are done, and how fast', async () => {
  await world.start(1);
  const after = (seconds: number) => new Date(Date.parse(AT) + seconds * 1000).toISOString();
  const progress = async () => (await describeBatch(world.ports, MODEL, 'b', after(2))).progress;
  expect(await progress()).toEqual({ chunksDone: 0, rowsDone: 0, rowsPerSecond: 0 });
  const stopping = { scoreChunk: () => Promise.reject(new Error('outage')) };
  await expect(
    world.run({ calls: 0 }, { wrap: (scorer) => (world.scored.length < 2 ? scorer : stopping) }),
  ).rejects.toThrow('outage');
  expect(await progress()).toEqual({ chunksDone: 2, rowsDone: 2, rowsPerSecond: 1 });
});
