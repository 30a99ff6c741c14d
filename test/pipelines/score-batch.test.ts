import { describe, expect, it, vi } from 'vitest';
import { ConflictError, IntegrityError, NotFoundError } from '#core/errors.ts';
import { parseRows } from '#core/serve/parse-rows.ts';
import { cancelBatch, resumeBatch } from '#lib/pipelines/control-batches.ts';
import { endBatch, failBatch } from '#lib/pipelines/end-batch.ts';
import { rowScorer } from '#lib/pipelines/score-rows.ts';
import type { ChunkScorer } from '#ports/chunk-scorer.ts';
import { AT, BatchWorld, MODEL, PREFIX } from '#test/support/batch-world.ts';
import { decision, SumPredictor, signature } from '#test/support/bundle.ts';
import { crashEverywhere } from '#test/support/faults.ts';
import { rain, trips } from '#test/support/trips.ts';

const at = (hour: number) => new Date(Date.UTC(2013, 0, 1, hour)).toISOString();
const trip = (id: number, changes: object = {}) => ({
  id,
  at: at(id % 24),
  city: id % 2 ? 'north' : 'south',
  kind: id % 3 ? 'day' : null,
  km: id % 50,
  express: id % 4 > 0,
  ...changes,
});
const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => trip(from + index));
const showers = [0, 1, 2, 9].map((hour) => ({ city: 'north', measured_at: at(hour), mm: hour + 0.25 }));
/** The newest shower within three hours, as the model joins. */
const rainAt = ({ at: time, city }: { at: string; city: string }) =>
  showers.findLast(
    (shower) =>
      shower.city === city &&
      shower.measured_at <= time &&
      Date.parse(time) - Date.parse(shower.measured_at) <= 3 * 3_600_000,
  )?.mm ?? null;

const PARTS = [range(1, 8), range(20, 24)];
const open = async () => {
  const world = await BatchWorld.open(PARTS, [showers]);
  await world.start(3);
  return world;
};
const execution = { model: MODEL, batchId: 'b', execution: 'b' };
const status = async (world: BatchWorld) => (await world.registry.batch(MODEL, 'b'))?.status;

describe('a batch', () => {
  it('says of every row what a request with that row is answered, in order', async () => {
    const world = await open();
    await world.run();
    const answer = rowScorer({ signature, decision, predictor: new SumPredictor(5) });
    const rows = PARTS.flat();
    const requests = rows.map(({ ...row }) => ({ ...row, mm: rainAt(row) }));
    const predictions = answer(parseRows(signature, { rows: requests }));
    expect(await world.output()).toEqual(
      rows.map(({ id, at }, index) => ({ id, at: Date.parse(at), ...predictions[index], error: null })),
    );
    expect(world.scored).toEqual([0, 2, 4, 0, 2]);
    expect(await world.registry.batch(MODEL, 'b')).toMatchObject({
      status: 'succeeded',
      finishedAt: AT,
      rows: 11,
      chunks: 5,
      refused: 0,
    });
  });

  it('keeps rows of the same key, and rows without time, each in its place', async () => {
    const [twin, timeless] = [trip(3, { km: 9 }), { ...trip(4), at: null as unknown as string }];
    const world = await BatchWorld.open([[trip(3), twin, timeless], [trip(3)]], [showers]);
    await world.start(100);
    await world.run();
    const output = await world.output();
    expect(output.map(({ id }) => id)).toEqual([3, 3, 4, 3]);
    expect(output[0]?.margin).not.toBe(output[1]?.margin);
    expect(output[2]).toMatchObject({ at: null });
  });

  it('says why of each row that a request could not bring, and predicts the others', async () => {
    const world = await BatchWorld.open([[trip(1), trip(2, { km: 150, city: 'west' }), trip(3)]], [showers]);
    await world.start(100);
    await world.run();
    const output = await world.output();
    expect(output.map(({ probability }) => probability === null)).toEqual([false, true, false]);
    expect(output[1]).toMatchObject({
      id: 2,
      margin: null,
      positive: null,
      error:
        'city: expected one of "north", "south", got "west"; km: expected a number at least 0 and at most 100 or null, got 150',
    });
    expect(await world.registry.batch(MODEL, 'b')).toMatchObject({ status: 'succeeded', refused: 1 });
    expect((await world.manifest()).outputs.map(({ rows, refused }) => [rows, refused])).toEqual([[3, 1]]);
  });

  it('joins the versions that were the newest when it was planned, however often it goes on', async () => {
    const world = await open();
    const broken: ChunkScorer = { scoreChunk: () => Promise.reject(new Error('outage')) };
    await expect(world.run({ calls: 0 }, { wrap: () => broken })).rejects.toThrow('outage');
    await world.addVersion(rain, [[{ city: 'north', measured_at: at(0), mm: 99 }]]);
    await world.addVersion(trips, [[trip(1)]]);
    await world.run();
    expect((await world.manifest()).datasets.map(({ dataset, version }) => [dataset, version])).toEqual([
      ['trips', 1],
      ['rain', 1],
    ]);
    expect(await world.output()).toHaveLength(11);
  });

  it('writes every file once, wherever it crashes and goes on', async () => {
    const output = new TextEncoder().encode('rows');
    const quick: ChunkScorer = {
      scoreChunk: async ({ chunk: { rows }, baseline }) => ({ rows, output, profiles: baseline }),
    };
    const steps = await crashEverywhere(
      async () => {
        const world = await BatchWorld.open([range(1, 3)], [showers]);
        await world.start(1);
        return world;
      },
      async (opened, plan) => (await opened).run(plan, { wrap: () => quick }),
      async (opened, crash) => {
        const world = await opened;
        expect(new Set(Object.values(await world.written())), crash).toEqual(new Set([1]));
        expect(await status(world), crash).toBe('succeeded');
        expect(
          (await world.manifest()).outputs.map(({ rows }) => rows),
          crash,
        ).toEqual([1, 1]);
      },
    );
    expect(steps).toBeGreaterThan(20);
  });
});

describe('the inputs of a batch', () => {
  /** Five parts of 60 trips: their kilometres are as those of the baseline, or `further`. */
  const drifted = async (further: number, wrap?: (scorer: ChunkScorer) => ChunkScorer) => {
    const trips = (part: number) =>
      Array.from({ length: 60 }, (_, index) =>
        trip(1 + 60 * part + index, { km: ((60 * part + index) % 50) + further }),
      );
    const world = await BatchWorld.open([0, 1, 2, 3, 4].map(trips), [showers]);
    await world.start(25);
    await world.run({ calls: 0 }, wrap && { wrap });
    return { record: await world.registry.batch(MODEL, 'b'), manifest: await world.manifest() };
  };

  it('are compared with the baseline of the version that scores, all chunks together', async () => {
    const moved = await drifted(30);
    expect(moved.record?.drifted).toEqual(['km']);
    expect(moved.manifest.inputs?.columns).toMatchObject([
      { column: 'km', rows: 300, verdict: 'drifted' },
      { column: 'city', rows: 300, verdict: 'stable', psi: 0 },
    ]);
    expect(moved.manifest.outputs.every((output) => !('profiles' in output))).toBe(true);
    expect((await drifted(0)).record?.drifted).toEqual([]);
  });

  it('are not judged where a chunk was done before its rows were profiled', async () => {
    let chunks = 0;
    const old = (scorer: ChunkScorer): ChunkScorer => ({
      scoreChunk: async (scoring) => {
        const { profiles, ...done } = await scorer.scoreChunk(scoring);
        return (chunks++ === 3 ? done : { ...done, profiles }) as Awaited<
          ReturnType<ChunkScorer['scoreChunk']>
        >;
      },
    });
    const { record, manifest } = await drifted(30, old);
    expect(record).toMatchObject({ status: 'succeeded' });
    expect([record?.drifted, manifest.inputs]).toEqual([undefined, undefined]);
  });
});

describe('a chunk that is done', () => {
  it('is not done again', async () => {
    const world = await open();
    const failing = (scorer: ChunkScorer): ChunkScorer => ({
      scoreChunk: async (scoring) => {
        if (world.scored.length === 3) throw new Error('outage');
        return scorer.scoreChunk(scoring);
      },
    });
    await expect(world.run({ calls: 0 }, { wrap: failing })).rejects.toThrow('outage');
    expect(world.scored).toEqual([0, 2, 4]);
    await world.run();
    expect(world.scored).toEqual([0, 2, 4, 0, 2]);
  });

  it('is not read back right after it was written', async () => {
    const world = await open();
    const read = vi.spyOn(world.store, 'readVerified');
    await world.run();
    const outputs = read.mock.calls.filter(([{ key }]) => key.startsWith(PREFIX) && key.endsWith('.parquet'));
    expect(outputs).toEqual([]);
    expect(await world.output()).toHaveLength(11);
  });

  it('is checked by its hash: a flipped byte ends the batch', async () => {
    const world = await open();
    const onlyFirst = (scorer: ChunkScorer): ChunkScorer => ({
      scoreChunk: async (scoring) => {
        if (world.scored.length === 1) throw new Error('outage');
        return scorer.scoreChunk(scoring);
      },
    });
    await expect(world.run({ calls: 0 }, { wrap: onlyFirst })).rejects.toThrow('outage');
    const file = await world.store.describe(`${PREFIX}part-00000-chunk-00000.parquet`);
    world.store.flipByte(file);
    await expect(world.run()).rejects.toThrow(IntegrityError);
  });

  it('is never written over: other bytes in its place end the batch', async () => {
    const world = await open();
    await world.store.write(`${PREFIX}part-00000-chunk-00001.parquet`, 'of another engine');
    await expect(world.run()).rejects.toThrow('another version of the code');
    expect((await world.written())['part-00000-chunk-00001.parquet']).toBe(1);
  });

  it('has all its rows, or it is not done', async () => {
    const world = await open();
    const short = (scorer: ChunkScorer): ChunkScorer => ({
      scoreChunk: async (scoring) => ({ ...(await scorer.scoreChunk(scoring)), rows: 1 }),
    });
    await expect(world.run({ calls: 0 }, { wrap: short })).rejects.toThrow('expected 2 rows, got 1');
  });
});

describe('two executions of one batch at once', () => {
  it('write every file once', async () => {
    const world = await open();
    await Promise.allSettled([world.run(), world.run()]);
    await world.run();
    expect(new Set(Object.values(await world.written()))).toEqual(new Set([1]));
    expect(await world.output()).toHaveLength(11);
  });

  it('only the one that the record names may write', async () => {
    const world = await open();
    await expect(world.run({ calls: 0 }, { execution: 'b-resume-1' })).rejects.toThrow(
      'must be running in b-resume-1, got running in b',
    );
    await cancelBatch(world.ports, MODEL, 'b', { by: 'anna', at: AT });
    await expect(world.run()).rejects.toThrow(ConflictError);
    expect(Object.keys(await world.written())).toEqual(['chunks.json']);
  });

  it.each([
    ['plans', 'plan.json'],
    ['ends', 'manifest.json'],
  ])('one that %s changes nothing when the batch failed and was resumed meanwhile', async (_, file) => {
    const world = await open();
    const create = world.store.create.bind(world.store);
    world.store.create = async (key, body) => {
      if (key === `${PREFIX}${file}`) {
        world.store.create = create;
        await failBatch(world.registry, execution, { name: 'ExecutionLost', message: '' }, AT);
        await resumeBatch(world.ports, MODEL, 'b', { by: 'anna', at: AT });
      }
      return create(key, body);
    };
    await expect(world.run()).rejects.toThrow('must be running in b');
    const resumed = { status: 'running', execution: 'b-resume-1' };
    expect(await world.registry.batch(MODEL, 'b')).toMatchObject(resumed);
    await world.run({ calls: 0 }, { execution: 'b-resume-1' });
    expect(await status(world)).toBe('succeeded');
  });
});

describe('the end of a batch', () => {
  const planned = async (world: BatchWorld) => ({
    batch: execution,
    plan: await world.store.describe(`${PREFIX}plan.json`),
  });
  const broken: ChunkScorer = { scoreChunk: () => Promise.reject(new Error('outage')) };

  it('is not reached while a chunk is missing', async () => {
    const world = await open();
    await expect(world.run({ calls: 0 }, { wrap: () => broken })).rejects.toThrow('outage');
    await expect(endBatch(world.ports, await planned(world), AT)).rejects.toThrow(NotFoundError);
    expect(await status(world)).toBe('running');
  });

  it('is not reached with a chunk whose file is not the one that was recorded', async () => {
    const world = await open();
    await expect(world.run({ calls: 0 }, { wrap: () => broken })).rejects.toThrow('outage');
    const file = await world.store.write(`${PREFIX}part-00000-chunk-00000.parquet`, 'rows');
    const scored = { rows: 2, refused: 0, file: { ...file, size: 99 }, codeVersion: 'code' };
    const names = ['0-chunk-00000', '0-chunk-00001', '0-chunk-00002', '1-chunk-00000', '1-chunk-00001'];
    for (const name of names)
      await world.store.write(`${PREFIX}part-0000${name}.json`, JSON.stringify(scored));
    const end = endBatch(world.ports, await planned(world), AT);
    await expect(end).rejects.toThrow('expected 2 rows in 99 bytes, got 2 rows in 4 bytes');
  });

  it('is the same when it is asked for again', async () => {
    const world = await open();
    await world.run();
    const before = await world.registry.batch(MODEL, 'b');
    expect(await endBatch(world.ports, await planned(world), '2027-01-01T00:00:00.000Z')).toEqual(before);
  });
});

describe('the failure of a batch', () => {
  const failure = { name: 'OutageError', message: 'no power' };

  it('is the first one', async () => {
    const world = await open();
    expect(await failBatch(world.registry, execution, failure, AT)).toEqual(failure);
    const second = { name: 'States.ExceedToleratedFailureThreshold', message: '' };
    expect(await failBatch(world.registry, execution, second, AT)).toEqual(failure);
    expect(await world.registry.batch(MODEL, 'b')).toMatchObject({ status: 'failed', error: failure });
  });

  it('is none when it was cancelled, or goes on in another execution', async () => {
    const world = await open();
    await failBatch(world.registry, { ...execution, execution: 'b-resume-1' }, failure, AT);
    expect(await status(world)).toBe('running');
    await cancelBatch(world.ports, MODEL, 'b', { by: 'anna', at: AT });
    await failBatch(world.registry, execution, failure, AT);
    expect(await status(world)).toBe('cancelled');
  });
});
