import { describe, expect, it } from 'vitest';
import { LiveStatus } from '#core/api/status.ts';
import type { Deployment } from '#core/registry/deployment-records.ts';
import type { BroughtRequest, Run, TrainingLease } from '#core/registry/records.ts';
import type { InstanceUsage } from '#core/registry/serving-records.ts';
import { liveModel, liveStatus, type ModelFacts } from '#core/status/live-status.ts';
import { IDLE } from '#test/support/live-models.ts';

const AT = '2026-01-01T00:00:00.000Z';
const NOTHING: ModelFacts = {
  model: 'late',
  deployment: undefined,
  usage: [],
  lease: undefined,
  run: undefined,
  progress: undefined,
  batches: [],
};
const now = (facts: Partial<ModelFacts>) => liveModel({ ...NOTHING, ...facts });

const manifest = { key: 'k', versionId: '1', size: 1, sha256: 's' };
const deployment: Deployment = { model: 'late', rev: 1, champion: { version: 3, manifest }, changedAt: AT };
const usage = (instance: string, changes: Partial<InstanceUsage>): InstanceUsage => ({
  instance,
  at: AT,
  seconds: 5,
  requests: 0,
  busySeconds: 0,
  ...changes,
});
const request = (by: string): BroughtRequest => ({ by, at: AT, reason: '', execution: by });
const lease: TrainingLease = {
  model: 'late',
  rev: 4,
  token: 2,
  holder: { token: 2, state: 'training', runId: 'r1', execution: 'r1', requests: [request('ada')] },
  waiting: [{ runId: 'r2', execution: 'r2', requests: [request('bob'), request('eve')] }],
};
const run = (status: Run['status']): Run => ({
  model: 'late',
  runId: 'r1',
  pipeline: 'train-model',
  status,
  startedAt: '2026-01-01T00:00:07.000Z',
  by: 'ada',
});

describe('what a model does now', () => {
  it('is nothing before anybody asked anything of it', () => {
    expect(now({})).toEqual(IDLE);
  });

  it('predictions in flight are the time that requests took over the time that passed, over all instances', () => {
    const two = [
      usage('a', { seconds: 5, requests: 100, busySeconds: 4 }),
      usage('b', { seconds: 2, requests: 10, busySeconds: 3 }),
    ];
    expect(now({ usage: two })).toMatchObject({
      inFlight: 0.8 + 1.5,
      requestsPerSecond: 20 + 5,
      instances: 2,
    });
  });

  it('an instance that tells of no time at all adds nothing', () => {
    expect(now({ usage: [usage('a', { seconds: 0, requests: 1 })] })).toMatchObject({
      inFlight: 0,
      requestsPerSecond: 0,
      instances: 1,
    });
  });

  it('tells the champion and the rollout of a challenger', () => {
    const rollout = {
      id: 'x',
      candidate: { version: 4, manifest },
      stageIndex: 1,
      stageStartedAt: AT,
    };
    const canary = {
      ...deployment,
      rollout: { ...rollout, stage: { kind: 'canary', percent: 10 } as const },
    };
    const shadow = { ...deployment, rollout: { ...rollout, stage: { kind: 'shadow' } as const } };
    expect(now({ deployment: canary })).toMatchObject({
      champion: 3,
      frozen: false,
      rollout: { candidate: 4, stage: 'canary', percent: 10, stageStartedAt: AT },
    });
    expect(now({ deployment: shadow }).rollout).toMatchObject({ stage: 'shadow', percent: null });
  });

  it('tells that it is frozen', () => {
    expect(now({ deployment: { ...deployment, frozen: { by: 'ada', at: AT, reason: '' } } }).frozen).toBe(
      true,
    );
  });

  it('tells who trains, how far it is, and who waits', () => {
    const progress = { state: 'TrainModel', done: 40, total: 300, at: AT };
    expect(now({ lease, run: run('running'), progress }).runs).toEqual({
      active: [
        {
          runId: 'r1',
          by: 'ada',
          since: '2026-01-01T00:00:07.000Z',
          progress: { state: 'TrainModel', done: 40, total: 300 },
        },
      ],
      waiting: [{ runId: 'r2', by: 'bob', since: AT }],
    });
  });

  it('a training that was called and has not recorded itself is active, one that ended is not', () => {
    expect(now({ lease }).runs.active).toMatchObject([{ runId: 'r1', since: AT, progress: null }]);
    expect(now({ lease, run: run('failed') }).runs.active).toEqual([]);
  });
});

it('totals add up over models, which come by name', () => {
  const busy = now({ usage: [usage('a', { requests: 5, busySeconds: 5 })], lease });
  const found = liveStatus(
    AT,
    [
      { ...busy, model: 'b' },
      { ...busy, model: 'a' },
    ],
    { replays: 2, ingestions: 1 },
  );
  expect(found.models.map(({ model }) => model)).toEqual(['a', 'b']);
  expect(found.totals).toEqual({
    inFlight: 2,
    requestsPerSecond: 2,
    runsActive: 2,
    runsWaiting: 2,
    batches: 0,
    replays: 2,
    ingestions: 1,
  });
  expect(() => LiveStatus.parse(found)).not.toThrow();
});
