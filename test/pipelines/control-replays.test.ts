import { beforeEach, describe, expect, it } from 'vitest';
import { InvalidInputError, NotFoundError } from '#core/errors.ts';
import type { ReplayRequest } from '#core/replay/replay-request.ts';
import { findReplay, replayReportKey, startReplay } from '#lib/pipelines/control-replays.ts';
import type { KnownReplay } from '#ports/replay-executions.ts';
import { MODEL, Traffic } from '#test/support/replayed.ts';

const REQUEST: ReplayRequest = {
  model: MODEL,
  version: 1,
  from: '2026-01-01T00:00:00.000Z',
  to: '2026-01-01T01:00:00.000Z',
  by: 'ada',
  reason: 'test',
};

let traffic: Traffic;
let started: [string, ReplayRequest][];
let known: KnownReplay | undefined;
const controls = () => ({
  ...traffic,
  executions: {
    start: async (replayId: string, request: ReplayRequest) => void started.push([replayId, request]),
    find: async () => known,
  },
});
beforeEach(async () => {
  [traffic, started, known] = [new Traffic(), [], undefined];
  await traffic.addVersion();
});

describe('a replay that is asked for', () => {
  it('starts', async () => {
    await startReplay(controls(), 'r', REQUEST);
    expect(started).toEqual([['r', REQUEST]]);
  });

  it('of a version that there is not does not start', async () => {
    const asked = startReplay(controls(), 'r', { ...REQUEST, version: 2 });
    await expect(asked).rejects.toThrow(NotFoundError);
    await expect(asked).rejects.toThrow('model "trips-late" has no version 2');
    expect(started).toEqual([]);
  });

  it('of a version without a bundle does not start', async () => {
    await traffic.registry.claimModelVersion({
      model: MODEL,
      runId: 'x',
      createdAt: '',
      datasets: {},
      specHash: '',
    });
    await expect(startReplay(controls(), 'r', { ...REQUEST, version: 2 })).rejects.toThrow(
      'has no version 2',
    );
  });

  it('of no window does not start', async () => {
    await expect(startReplay(controls(), 'r', { ...REQUEST, from: REQUEST.to })).rejects.toThrow(
      InvalidInputError,
    );
    expect(started).toEqual([]);
  });
});

describe('a replay that was started', () => {
  const find = () => findReplay(controls(), MODEL, 'r');
  const leaveReport = () => traffic.store.write(replayReportKey(MODEL, 'r'), '{"rows":3}');

  it('runs until it has a report', async () => {
    known = { state: 'running', request: REQUEST };
    expect(await find()).toEqual({ status: 'running' });
    known = { state: 'succeeded', request: REQUEST };
    await leaveReport();
    expect(await find()).toEqual({ status: 'succeeded', report: { rows: 3 } });
  });

  it('keeps its report when its execution is forgotten', async () => {
    await leaveReport();
    expect(await find()).toMatchObject({ status: 'succeeded' });
  });

  it('that failed says why', async () => {
    const error = { name: 'NotFoundError', cause: 'nothing was logged' };
    known = { state: 'failed', request: REQUEST, error };
    expect(await find()).toEqual({ status: 'failed', error });
  });

  it('of another model is none of this one', async () => {
    known = { state: 'running', request: { ...REQUEST, model: 'other' } };
    await expect(find()).rejects.toThrow('model "trips-late" has no replay "r"');
  });

  it('that never was is not found', async () => {
    await expect(find()).rejects.toThrow(NotFoundError);
  });
});
