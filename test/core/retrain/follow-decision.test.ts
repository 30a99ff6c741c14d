import { describe, expect, it } from 'vitest';
import { emptyDeployment } from '#core/registry/change-deployment.ts';
import type { AuditRecord, Deployment } from '#core/registry/deployment-records.ts';
import type { Approval, ModelVersion, Run } from '#core/registry/records.ts';
import type { CarriedFacts } from '#core/retrain/facts.ts';
import { followDecision, leftApproved } from '#core/retrain/follow-decision.ts';
import type { Decision } from '#core/retrain/records.ts';
import { later, NOON } from '#test/support/retraining.ts';

const EXECUTION = 'decision-000002';

const decision = (changes: Partial<Decision> = {}): Decision => ({
  model: 'm',
  number: 2,
  status: 'training',
  reason: 'it would help',
  triggers: [],
  steps: [],
  execution: EXECUTION,
  runId: EXECUTION,
  ...changes,
});

const run = (changes: Partial<Run> = {}): Run => ({
  model: 'm',
  runId: EXECUTION,
  pipeline: 'train-model',
  status: 'succeeded',
  startedAt: NOON,
  by: 'leeboard',
  execution: EXECUTION,
  version: 4,
  costUsd: 0.25,
  ...changes,
});

const version = (status: ModelVersion['status'] = 'approved'): ModelVersion => ({
  model: 'm',
  version: 4,
  createdAt: NOON,
  runId: EXECUTION,
  status,
  datasets: {},
  specHash: 'spec',
});

const carried = (changes: Partial<CarriedFacts> = {}): CarriedFacts => ({
  execution: 'ended',
  run: run(),
  version: version(),
  rollout: 'missing',
  audit: [],
  ...changes,
});

const manifest = { key: 'k', versionId: 'v', size: 1, sha256: 's' };
const deployment = (changes: Partial<Deployment> = {}): Deployment => ({
  ...emptyDeployment('m', NOON),
  champion: { version: 3, manifest },
  ...changes,
});

/** Changes as they are read: newest first. */
const audit = (...changes: readonly Partial<AuditRecord>[]): AuditRecord[] =>
  changes
    .map((change, index) => ({
      model: 'm',
      rev: index + 1,
      at: NOON,
      by: 'deploy-model',
      action: 'promote' as const,
      from: 3,
      to: 3,
      reason: `change ${index + 1}`,
      ...change,
    }))
    .reverse();

const begun = { action: 'begin-rollout', of: 4 } as const;
const follow = (facts: Partial<CarriedFacts> = {}, of = decision(), now = deployment()) => {
  const { known, ...come } = followDecision(of, carried(facts), now) ?? {};
  return come;
};

describe('a decision in training', () => {
  it.each(['waiting', 'running'] as const)('stays so while its run is %s', (status) => {
    expect(follow({ run: run({ status }), execution: 'ended' })).toEqual({});
  });

  it('follows the run that its own was merged into', () => {
    const merged = { run: run({ runId: 'other', status: 'running' }) };
    expect(follow(merged)).toEqual({ status: 'training', reason: 'run other trains for it' });
    expect(followDecision(decision(), carried(merged))?.known).toMatchObject({ runId: 'other' });
    expect(follow(merged, decision({ runId: 'other' }))).toEqual({});
  });

  it('waits for its run while its execution runs, and failed without one when that is over', () => {
    const { run: _, ...facts } = carried();
    const one = (execution: CarriedFacts['execution']) =>
      followDecision(decision(), { ...facts, execution }, deployment());
    expect(one('running')).toBeUndefined();
    for (const execution of ['ended', 'missing'] as const)
      expect(one(execution)).toMatchObject({
        status: 'failed',
        reason: 'execution decision-000002 ended without a training',
      });
  });

  it('failed with its run, and says why', () => {
    const error = {
      name: 'ConflictError',
      message: 'm@4 was compared with version 3, now it is 5: train again',
    };
    expect(follow({ run: run({ status: 'failed', error }) })).toEqual({
      status: 'failed',
      reason: `run ${EXECUTION} failed: ${error.message}`,
    });
    expect(follow({ run: run({ status: 'cancelled', cancelled: { by: 'anna', at: NOON } }) })).toEqual({
      status: 'failed',
      reason: `run ${EXECUTION} failed: cancelled by anna`,
    });
  });

  it('is refused with its version, and says by which gate', () => {
    expect(
      follow({ run: run({ status: 'refused', verdict: ['auc is 0.5'] }), version: version('refused') }),
    ).toEqual({
      status: 'refused',
      reason: 'version 4 is refused by its gates: auc is 0.5',
    });
  });

  it('knows its run, version and cost by then', () => {
    expect(followDecision(decision(), carried({ audit: audit(begun) }))?.known).toEqual({
      runId: EXECUTION,
      version: 4,
      costUsd: 0.25,
    });
  });
});

describe('a version that passed its gates', () => {
  it('is promoted when it became champion, whatever happened to it since', () => {
    const promoted = { status: 'promoted', reason: 'version 4 is champion: change 1' };
    expect(follow({ audit: audit({ from: 3, to: 4 }) })).toEqual(promoted);
    expect(follow({ audit: audit({ from: 3, to: 4 }, { action: 'rollback', from: 4, to: 3 }) })).toEqual(
      promoted,
    );
    expect(follow({ audit: audit(begun, { from: 3, to: 4, reason: 'it held' }) })).toEqual({
      status: 'promoted',
      reason: 'version 4 is champion: it held',
    });
  });

  it('is tried while its rollout has begun and not ended', () => {
    const tried = { status: 'rollout', reason: 'version 4 is tried beside the champion' };
    expect(follow({ audit: audit(begun, { action: 'next-stage', of: 4 }, { action: 'freeze' }) })).toEqual(
      tried,
    );
    expect(follow({ audit: audit(begun) }, decision(tried as Partial<Decision>))).toEqual({});
  });

  it('was taken back when its rollout was, for the reason of that', () => {
    const taken = { action: 'rollback', of: 4, reason: 'errors of 9 %' } as const;
    expect(follow({ audit: audit(begun, taken) })).toEqual({
      status: 'rolled-back',
      reason: 'version 4 was taken back: errors of 9 %',
    });
  });

  it('was taken back when another took its place, and says who did that', () => {
    const other = { action: 'begin-rollout', of: 5, by: 'anna' } as const;
    expect(follow({ audit: audit(begun, other) })).toEqual({
      status: 'rolled-back',
      reason: 'version 4 was taken back: anna tried version 5 instead',
    });
    expect(follow({ audit: audit(begun, { from: 3, to: 3, by: 'anna' }) })).toEqual({
      status: 'rolled-back',
      reason: 'version 4 was taken back: anna promoted version 3 instead',
    });
  });

  it('begins to be tried while the execution that leads its rollout runs, and failed when that ended first', () => {
    expect(follow({ rollout: 'running' })).toMatchObject({ status: 'rollout' });
    expect(follow({ rollout: 'ended' })).toEqual({
      status: 'failed',
      reason: `rollout ${EXECUTION} of version 4 ended before it began`,
    });
  });

  it('failed when a newer one became champion first', () => {
    const now = deployment({ champion: { version: 5, manifest } });
    expect(follow({ rollout: 'running' }, decision(), now)).toEqual({
      status: 'failed',
      reason: 'version 5 became champion before version 4 was tried',
    });
  });

  it('is held when nothing was begun, as the deployment is frozen, or was', () => {
    const frozen = { by: 'bert', at: NOON, reason: 'holidays' };
    expect(follow({}, decision(), deployment({ frozen }))).toEqual({
      status: 'held',
      reason: 'version 4 passed its gates, but the deployment is frozen by bert (holidays)',
    });
    expect(follow()).toMatchObject({ status: 'held', reason: expect.stringContaining('was frozen') });
  });

  it('stays with who approves it until that begins something', () => {
    expect(follow({}, decision({ status: 'approval', reason: 'asked' }))).toEqual({});
    expect(follow({ version: asked() })).toEqual({});
  });
});

const asked = (status: ModelVersion['status'] = 'approved', said: Partial<Approval['decided']> = {}) => ({
  ...version(status),
  approval: {
    ...{ requestedAt: NOON, expiresAt: '2013-06-01T00:00:00.000Z', sha256: 's', comparedWith: 3 },
    decided: { decision: 'approved', by: 'anna', at: NOON, reason: 'looks well', ...said } as const,
  },
});

describe('a version that a person has to approve', () => {
  it('waits for that, as long as the request stands', () => {
    expect(follow({ version: asked('waiting') })).toEqual({
      status: 'approval',
      reason: "version 4 waits for a person's approval until 2013-06-01T00:00:00.000Z",
    });
  });

  it('is over when it was rejected, by whom and why, or when nobody approved it in time', () => {
    const no = asked('rejected', { decision: 'rejected', reason: 'not on a Friday' });
    expect(follow({ version: no })).toEqual({
      status: 'rejected',
      reason: 'version 4 was rejected by anna: not on a Friday',
    });
    expect(follow({ version: asked('expired') })).toEqual({
      status: 'expired',
      reason: 'nobody approved version 4 before 2013-06-01T00:00:00.000Z',
    });
  });

  it('failed when the champion is another than it was compared with by the time that it is approved', () => {
    const back = deployment({ champion: { version: 2, manifest } });
    expect(follow({ version: asked() }, decision(), back)).toEqual({
      status: 'failed',
      reason: 'version 4 was approved, but version 2 is champion by now, and it was compared with version 3',
    });
    const own = deployment({ champion: { version: 4, manifest } });
    expect(follow({ version: asked() }, decision({ status: 'approval' }), own)).toEqual({});
  });

  it('is left to the loop a minute after it was approved, while its decision is open, and not when it was not', () => {
    const at = (seconds: number) => later(seconds / 3600);
    const left = (record: ModelVersion, status: Decision['status'], asOf = at(61)) =>
      leftApproved(decision({ status }), { version: record }, asOf);
    for (const status of ['training', 'approval'] as const) {
      expect(left(asked(), status)).toEqual(asked());
      expect(left(asked(), status, at(60))).toBeUndefined();
      expect(left(asked('rejected', { decision: 'rejected' }), status)).toBeUndefined();
      expect(left(version(), status)).toBeUndefined();
    }
    for (const status of ['waiting', 'rollout', 'held'] as const)
      expect(left(asked(), status)).toBeUndefined();
    expect(leftApproved(null, { version: asked() }, at(61))).toBeUndefined();
  });
});
