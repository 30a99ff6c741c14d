import { describe, expect, it } from 'vitest';
import type { AuditRecord } from '#core/registry/deployment-records.ts';
import { changesOf, rollbackMessage } from '#core/rollout/rollout-changes.ts';

const change = (rev: number, reason: string, rollout?: string): AuditRecord => ({
  model: 'm',
  rev,
  at: '',
  by: 'a person',
  action: 'freeze',
  from: 1,
  to: 1,
  reason,
  ...(rollout !== undefined && { rollout }),
});

describe('changes of a rollout', () => {
  it('are those that it made, oldest first: not what people say of it', () => {
    const audit = [
      change(4, 'later', 'ab'),
      change(3, 'second', 'a'),
      change(2, 'rollout a: wait'),
      change(1, 'first', 'a'),
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
