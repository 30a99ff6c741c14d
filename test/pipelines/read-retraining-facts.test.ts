import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelVersion, Run } from '#core/registry/records.ts';
import { emptyLoop } from '#core/retrain/change-loop.ts';
import type { Decision } from '#core/retrain/records.ts';
import { readRetrainingFacts } from '#lib/pipelines/read-retraining-facts.ts';
import { later, NOON } from '#test/support/retraining.ts';
import { RetrainingWorld } from '#test/support/retraining-world.ts';
import { tripsLate } from '#test/support/trips.ts';

const MODEL = 'trips-late';
let world: RetrainingWorld;
beforeEach(async () => {
  world = await RetrainingWorld.open({}, { retrain: { onChange: true } });
});

const read = (changes: object = {}, asOf = NOON, model = world.model) =>
  readRetrainingFacts(
    world,
    { ...emptyLoop(MODEL), ...changes },
    { model, specHash: 'spec', codeVersion: 'code' },
    asOf,
  );

describe('the data that a judgement would judge', () => {
  it('is the newest version of each dataset, and the rows that came since the champion, of its own alone', async () => {
    for (let drop = 0; drop < 3; drop++) await world.drop('trips');
    await world.drop('rain');
    expect(await read()).toMatchObject({
      state: { datasets: { trips: 4, rain: 2 }, specHash: 'spec', codeVersion: 'code' },
      newRows: 300,
      champion: { version: 1, isOfOther: { spec: false, code: false } },
    });
  });

  it('counts rows since they were judged, when that was later', async () => {
    for (let drop = 0; drop < 3; drop++) await world.drop('trips');
    expect(await read({ judged: { datasets: { trips: 3 } } })).toMatchObject({ newRows: 100 });
  });

  it('counts all rows of many versions', async () => {
    for (let drop = 0; drop < 130; drop++) await world.drop('trips');
    expect(await read()).toMatchObject({ newRows: 13_000, state: { datasets: { trips: 131 } } });
  });

  it('leaves out versions after the instant that is judged as of, as training does', async () => {
    world.asOf = later(5);
    for (let drop = 0; drop < 15; drop++) await world.drop('trips');
    expect(await read({}, later(4))).toMatchObject({ newRows: 0, state: { datasets: { trips: 1 } } });
    expect(await read({}, later(5))).toMatchObject({ newRows: 1500 });
    expect(await read({}, later(-1))).toMatchObject({
      newRows: 0,
      state: { datasets: { trips: 0, rain: 0 } },
    });
  });
});

describe('a champion', () => {
  const trainedBy = (changes: Partial<Run>) =>
    world.registry.recordRun({
      ...{ model: MODEL, runId: 'by-hand', pipeline: 'train-model', status: 'succeeded' },
      ...{ startedAt: NOON, by: 'anna' },
      ...changes,
    });

  /** Its bundle has this spec. */
  const madeBy = async (spec: object) => {
    const found = (await world.registry.modelVersion(MODEL, 1)) as ModelVersion;
    const file = await world.store.write('spec.json', JSON.stringify(spec));
    const manifest = await world.store.write('manifest', JSON.stringify({ files: { 'spec.json': file } }));
    await world.registry.updateModelVersion({ ...found, manifest }, 'approved');
  };
  const deployed = (changes: object) => read({}, NOON, { ...world.model, ...changes });

  it('is of another spec when a training would learn otherwise by the one that is deployed', async () => {
    expect(await deployed({ minRows: 7 })).toMatchObject({ champion: { isOfOther: { spec: true } } });
    const { gates, rollout, monitor, retrain } = tripsLate({ retrain: { onChange: true, onDrift: true } });
    const others = { gates: { ...gates, slices: [] }, rollout, monitor: { ...monitor, rows: 999 }, retrain };
    expect(await deployed(others)).toMatchObject({ champion: { isOfOther: { spec: false } } });
  });

  it('is not of another spec for the settings of its own run', async () => {
    const set = { since: '2013-01-01' };
    await trainedBy({ set });
    await madeBy({ ...world.model, ...set });
    expect(await deployed({})).toMatchObject({ champion: { isOfOther: { spec: false } } });
    await trainedBy({ set: {} });
    expect(await deployed({})).toMatchObject({ champion: { isOfOther: { spec: true } } });
  });

  it('is of another spec when that takes the settings of its run no more', async () => {
    await trainedBy({ set: { gone: 1 } });
    await madeBy({ ...world.model, gone: 1 });
    expect(await read()).toMatchObject({ champion: { isOfOther: { spec: true } } });
  });

  it('is of other code when its run was', async () => {
    await trainedBy({ codeVersion: 'code' });
    expect(await read()).toMatchObject({ champion: { isOfOther: { code: false } } });
    await trainedBy({ codeVersion: 'older' });
    expect(await read()).toMatchObject({ champion: { isOfOther: { code: true } } });
  });
});

describe('the run of a decision', () => {
  const open = { model: MODEL, number: 1, status: 'training', execution: 'e' } as Decision;
  const carried = async () => (await read({ open })).carried;
  const record = (changes: Partial<Run>) =>
    world.registry.recordRun({
      ...{ model: MODEL, runId: 'e', execution: 'e', pipeline: 'train-model', status: 'running' },
      ...{ startedAt: NOON, by: 'leeboard' },
      ...changes,
    });
  const start = (execution: string) => world.executions['train-model'].start(MODEL, { execution, input: {} });

  it('is none before it was started, and waits before it is recorded', async () => {
    expect(await carried()).toEqual({ execution: 'missing', rollout: 'missing', audit: [] });
    await start('e');
    expect(await carried()).toMatchObject({ run: { runId: 'e', status: 'waiting' } });
  });

  it('runs while its execution does, and has failed when that died without a result', async () => {
    await start('e');
    await record({});
    expect(await carried()).toMatchObject({ run: { status: 'running' } });
    world.executions['train-model'].end(MODEL, 'e');
    expect(await carried()).toMatchObject({ run: { status: 'failed', error: { name: 'ExecutionLost' } } });
  });

  it('is the one that it was merged into', async () => {
    await start('other-next');
    await record({ status: 'merged', mergedInto: 'other-next' });
    await record({ runId: 'other-next', execution: 'other-next' });
    expect(await carried()).toMatchObject({ run: { runId: 'other-next', status: 'running' } });
  });

  it('brings its version, and the changes of the deployment as far back as that is in them', async () => {
    await record({ status: 'succeeded', version: 1 });
    for (let change = 0; change < 130; change++) {
      const deployment = await world.deployment();
      const next = { ...deployment, rev: deployment.rev + 1 };
      const audit = {
        model: MODEL,
        rev: next.rev,
        at: NOON,
        by: 'anna',
        action: 'freeze',
        from: 1,
        to: 1,
      } as const;
      await world.registry.commitDeployment({
        expectedRev: deployment.rev,
        next,
        audit: { ...audit, reason: 'holidays' },
      });
    }
    const facts = await carried();
    expect(facts).toMatchObject({ version: { version: 1 } });
    expect(facts?.audit.at(-1)).toMatchObject({ action: 'promote', to: 1 });
  });
});
