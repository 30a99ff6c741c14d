import { describe, expect, it } from 'vitest';
import { ConflictError } from '#core/errors.ts';
import { bundlePrefix, runPrefix } from '#core/registry/bundle.ts';
import {
  beginRollout,
  completeRollout,
  emptyDeployment,
  freeze,
  nextStage,
  type Promotion,
  promoteAny,
  promoteModel,
  type RolloutStart,
  rollBack,
  unfreeze,
} from '#core/registry/change-deployment.ts';
import type { Deployment } from '#core/registry/deployment-records.ts';
import type { ModelVersion } from '#core/registry/records.ts';

const manifest = { key: 'manifest.json', versionId: 'v', size: 1, sha256: 'approved' };
const version: ModelVersion = {
  model: 'm',
  version: 7,
  createdAt: '2013-01-01T00:00:00.000Z',
  runId: 'run',
  status: 'approved',
  datasets: { d: 1 },
  specHash: 'spec',
  manifest,
};
const promotion: Promotion = {
  version,
  approvedSha256: 'approved',
  by: 'policy',
  at: '2013-01-02T00:00:00.000Z',
  reason: 'passed its gates',
};
const empty = emptyDeployment('m', '2013-01-01T00:00:00.000Z');
const championed = (number: number): Deployment => ({
  ...empty,
  rev: 4,
  champion: { version: number, manifest },
});

describe('promoteModel', () => {
  it('makes the first approved version champion', () => {
    expect(promoteModel(empty, promotion)).toEqual({
      expectedRev: 0,
      next: { model: 'm', rev: 1, champion: { version: 7, manifest }, changedAt: promotion.at },
      audit: {
        model: 'm',
        rev: 1,
        at: promotion.at,
        by: 'policy',
        action: 'promote',
        from: null,
        to: 7,
        reason: 'passed its gates',
      },
    });
  });

  it('counts one rev up, and the audit names both versions', () => {
    const change = promoteModel(championed(6), promotion);
    expect(change).toMatchObject({ expectedRev: 4, next: { rev: 5 }, audit: { rev: 5, from: 6, to: 7 } });
  });

  it('changes nothing when the version already is champion', () => {
    expect(promoteModel(championed(7), promotion)).toBeUndefined();
  });

  it('takes nothing back when it is delivered after a newer promotion', () => {
    expect(() => promoteModel(championed(8), promotion)).toThrow(
      new ConflictError('m@7: version 8 is champion, which is newer'),
    );
  });

  it.each(['claimed', 'registered', 'refused'] as const)('refuses a version that is %s', (status) => {
    expect(() => promoteModel(empty, { ...promotion, version: { ...version, status } })).toThrow(
      new ConflictError(`m@7 must be approved to be promoted, got status ${status}`),
    );
  });

  it('refuses a bundle whose sha256 is not the approved one, also of the champion', () => {
    const other = { ...promotion, version: { ...version, manifest: { ...manifest, sha256: 'other' } } };
    for (const current of [empty, championed(7)]) {
      expect(() => promoteModel(current, other)).toThrow(
        new ConflictError('m@7: the approved bundle is approved, got other'),
      );
    }
  });
});

const HOUR_LATER = '2013-01-02T01:00:00.000Z';
const mandate = { by: 'a person', at: HOUR_LATER, reason: 'because' };
const start: RolloutStart = { ...promotion, id: 'run', stage: { kind: 'shadow' } };
const step = { ...mandate, id: 'run' };
const percent = (share: number) => ({ kind: 'canary', percent: share }) as const;
/** The deployment after a change that must have happened. */
const done = (change: ReturnType<typeof promoteModel>): Deployment => change?.next as Deployment;
const trying = (): Deployment => done(beginRollout(championed(6), { ...start, stickTo: 'id' }));
const frozen = (current: Deployment): Deployment => done(freeze(current, mandate));

describe('promoteModel and promoteAny', () => {
  it('remember the champion before', () => {
    expect(done(promoteModel(championed(6), promotion)).previous).toEqual({ version: 6, manifest });
    expect(done(promoteModel(empty, promotion)).previous).toBeUndefined();
  });

  it('end the rollout of another version', () => {
    expect(done(promoteModel(trying(), { ...promotion, version: { ...version, version: 9 } }))).toMatchObject(
      {
        champion: { version: 9 },
      },
    );
    expect(done(promoteAny(trying(), promotion)).rollout).toBeUndefined();
  });

  it('of the champion itself: ends the rollout when a person says so, not when it is delivered again', () => {
    const champion = { ...promotion, version: { ...version, version: 6 } };
    const current = { ...trying(), previous: { version: 5, manifest } };
    expect(promoteAny(current, champion)).toMatchObject({ audit: { action: 'promote', from: 6, to: 6 } });
    expect(done(promoteAny(current, champion))).toMatchObject({ champion: { version: 6 } });
    expect(done(promoteAny(current, champion)).rollout).toBeUndefined();
    expect(done(promoteAny(current, champion)).previous).toEqual({ version: 5, manifest });
    expect(promoteAny(championed(6), champion)).toBeUndefined();
    expect(promoteModel(current, champion)).toBeUndefined();
  });

  it('let a person promote an older version, but none that was not approved', () => {
    expect(promoteAny(championed(8), promotion)).toMatchObject({ audit: { from: 8, to: 7 } });
    const refused = { ...promotion, version: { ...version, status: 'refused' as const } };
    expect(() => promoteAny(championed(8), refused)).toThrow(
      'must be approved to be promoted, got status refused',
    );
  });
});

describe('a rollout', () => {
  it('begins with its first stage, the champion answering on', () => {
    const change = beginRollout(championed(6), { ...start, stickTo: 'id' });
    expect(change).toMatchObject({
      expectedRev: 4,
      next: {
        rev: 5,
        champion: { version: 6 },
        rollout: {
          id: 'run',
          candidate: { version: 7, manifest },
          stage: { kind: 'shadow' },
          stageIndex: 0,
          stageStartedAt: promotion.at,
          stickTo: 'id',
        },
      },
      audit: { action: 'begin-rollout', from: 6, to: 6, of: 7, rollout: 'run' },
    });
  });

  it('begins once, however often it is told', () => {
    expect(beginRollout(trying(), start)).toBeUndefined();
  });

  it('takes the place of another one', () => {
    const newer = { ...start, id: 'newer', version: { ...version, version: 8 } };
    expect(done(beginRollout(trying(), newer)).rollout).toMatchObject({
      id: 'newer',
      candidate: { version: 8 },
    });
  });

  it('needs a champion, and one that is older', () => {
    expect(() => beginRollout(empty, start)).toThrow('m has no champion: version 7 needs no rollout');
    expect(() => beginRollout(championed(8), start)).toThrow('m@7: version 8 is champion, which is newer');
  });

  it.each([
    [{ approvedSha256: 'other' }, 'm@7: the approved bundle is other, got approved'],
    [
      { version: { ...version, status: 'refused' as const } },
      'must be approved to be promoted, got status refused',
    ],
  ])('tries only what was approved: %j', (other, message) => {
    expect(() => beginRollout(championed(6), { ...start, ...other })).toThrow(message);
  });

  it('goes stage by stage, each once, and then to champion', () => {
    const canary = done(nextStage(trying(), { ...step, stage: percent(10), stageIndex: 1 }));
    expect(canary.rollout).toMatchObject({ stage: percent(10), stageIndex: 1, stageStartedAt: HOUR_LATER });
    expect(canary.rollout?.stickTo).toBe('id');
    expect(nextStage(canary, { ...step, stage: percent(10), stageIndex: 1 })).toBeUndefined();
    const promoted = completeRollout(canary, step);
    expect(promoted.next).toEqual({
      model: 'm',
      rev: 7,
      champion: { version: 7, manifest },
      previous: { version: 6, manifest },
      changedAt: HOUR_LATER,
    });
    expect(promoted.audit).toMatchObject({ action: 'promote', from: 6, to: 7, rollout: 'run' });
  });

  it('leaves no stage out', () => {
    expect(() => nextStage(trying(), { ...step, stage: percent(50), stageIndex: 2 })).toThrow(
      'the stage of m@7 must be 1, got 0',
    );
  });

  it('is left alone by whoever led one that is over', () => {
    const other = { ...step, id: 'older' };
    const over = 'rollout older of m is over: version 7 is tried now';
    expect(() => nextStage(trying(), { ...other, stage: percent(10), stageIndex: 1 })).toThrow(over);
    expect(() => completeRollout(trying(), other)).toThrow(over);
    expect(() => rollBack(trying(), other)).toThrow(over);
    expect(() => completeRollout(championed(6), step)).toThrow('rollout run of m is over: none is tried now');
  });
});

describe('rollBack', () => {
  it('takes back the challenger first, and the champion stays', () => {
    const change = rollBack(trying(), mandate);
    expect(change.next).toMatchObject({ rev: 6, champion: { version: 6 } });
    expect(change.next.rollout).toBeUndefined();
    expect(change.audit).toMatchObject({ action: 'rollback', from: 6, to: 6, of: 7, reason: 'because' });
  });

  it('goes back to the champion before, once', () => {
    const promoted = done(promoteModel(championed(6), promotion));
    const back = rollBack(promoted, mandate);
    expect(back).toMatchObject({ next: { champion: { version: 6 } }, audit: { from: 7, to: 6 } });
    expect([back.audit.of, back.audit.rollout]).toEqual([undefined, undefined]);
    expect(() => rollBack(back.next, mandate)).toThrow(
      'm has no champion to go back to: promote one, "npx leeboard promote m@<version>"',
    );
  });
});

describe('freeze', () => {
  it('lets nothing be promoted and no rollout begin or go on, but lets a challenger and a champion be taken back', () => {
    const said = 'm is frozen by a person since 2013-01-02T01:00:00.000Z (because): lift it first';
    expect(() => promoteModel(frozen(championed(6)), promotion)).toThrow(said);
    expect(() => promoteAny(frozen(championed(6)), promotion)).toThrow(said);
    expect(() => beginRollout(frozen(championed(6)), start)).toThrow(said);
    const held = frozen(trying());
    expect(() => nextStage(held, { ...step, stage: percent(10), stageIndex: 1 })).toThrow(said);
    expect(() => completeRollout(held, step)).toThrow(said);
    expect(rollBack(held, step).next).toMatchObject({ frozen: mandate, champion: { version: 6 } });
    const promoted = done(promoteModel(championed(6), promotion));
    expect(rollBack(frozen(promoted), mandate).next.champion?.version).toBe(6);
  });

  it('happens once, and is lifted once', () => {
    const held = frozen(championed(6));
    expect(freeze(held, mandate)).toBeUndefined();
    const lifted = unfreeze(held, mandate);
    expect(lifted?.next.frozen).toBeUndefined();
    expect(lifted?.audit).toMatchObject({ action: 'unfreeze', from: 6, to: 6 });
    expect(unfreeze(championed(6), mandate)).toBeUndefined();
  });
});

describe('the places of a model', () => {
  it('sort by version and by run', () => {
    expect(bundlePrefix('m', 7)).toBe('models/m/versions/000007');
    expect(runPrefix('m', 'r')).toBe('models/m/runs/r');
  });
});
