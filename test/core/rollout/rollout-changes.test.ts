import { describe, expect, it } from 'vitest';
import type { AuditRecord } from '#core/registry/deployment-records.ts';
import { changesOf, rollbackNotification } from '#core/rollout/rollout-changes.ts';

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
    rev: 12,
    by: 'deploy-model',
    reason: 'rollout r: errors: too many',
    asOf: '2026-11-21T23:00:00.000Z',
  };
  it('names the challenger, who answers now, why, and where to look', () => {
    expect(rollbackNotification({ ...told, challenger: 5 })).toEqual({
      format: 1,
      id: 'rollback/flights-late/12',
      at: '2026-11-21T23:00:00.000Z',
      subject: 'ROLLBACK: flights-late@5',
      text:
        'deploy-model took back flights-late@5: version 4 answers every request.\n\n' +
        'rollout r: errors: too many',
      numbers: [
        { name: 'version that answers', value: 4 },
        { name: 'version taken back', value: 5 },
      ],
      command: 'npx leeboard rollouts flights-late',
    });
  });

  it('says so when it was the champion itself', () => {
    expect(rollbackNotification(told).subject).toBe('ROLLBACK: the champion of flights-late');
  });
});
