import { describe, expect, it } from 'vitest';
import type { AuditRecord } from '#core/registry/deployment-records.ts';
import { changesOf, rollbackMessage, rolloutReason } from '#core/rollout/rollout-changes.ts';

const change = (rev: number, reason: string): AuditRecord => ({
  model: 'm',
  rev,
  at: '',
  by: 'a person',
  action: 'freeze',
  from: 1,
  to: 1,
  reason,
});

describe('changes of a rollout', () => {
  it('are those that name it, oldest first: not those of one whose name begins alike', () => {
    const audit = [
      change(4, rolloutReason('ab', 'later')),
      change(3, rolloutReason('a', 'second')),
      change(2, 'by hand: rollout a: no'),
      change(1, rolloutReason('a', 'first')),
    ];
    expect(changesOf('a', audit).map(({ rev }) => rev)).toEqual([1, 3]);
  });
});

describe('what people are told of a rollback', () => {
  const told = {
    model: 'flights-late',
    champion: 4,
    by: 'deploy-model',
    reason: 'rollout r: errors: too many',
  };
  it('names the challenger, who answers now, why, and where to look', () => {
    expect(rollbackMessage({ ...told, challenger: 5 })).toEqual({
      subject: 'ROLLBACK: flights-late@5',
      message:
        'deploy-model took back flights-late@5: version 4 answers every request.\n\n' +
        'rollout r: errors: too many\n\nLook: npx leeboard rollouts flights-late',
    });
  });

  it('says so when it was the champion itself', () => {
    expect(rollbackMessage(told).subject).toBe('ROLLBACK: the champion of flights-late');
  });
});
