import { describe, expect, it } from 'vitest';
import { ConflictError } from '#core/errors.ts';
import { bundlePrefix, runPrefix } from '#core/registry/bundle.ts';
import type { Deployment } from '#core/registry/deployment-records.ts';
import { emptyDeployment, type Promotion, promoteModel } from '#core/registry/promote-model.ts';
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

describe('the places of a model', () => {
  it('sort by version and by run', () => {
    expect(bundlePrefix('m', 7)).toBe('models/m/versions/000007');
    expect(runPrefix('m', 'r')).toBe('models/m/runs/r');
  });
});
