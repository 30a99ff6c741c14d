import { describe, expect, it } from 'vitest';
import type { DeploymentDetails } from '#core/api/deployments.ts';
import { changeDeployment, promote, rollouts } from '#lib/commands/rollouts.ts';
import { captured } from './captured.ts';
import { outputs } from './outputs.ts';

const state: DeploymentDetails = {
  model: 'late',
  rev: 5,
  champion: 3,
  previous: 2,
  changedAt: '2013-01-01T00:00:00.000Z',
  rollout: {
    id: 'run',
    challenger: 4,
    stage: { kind: 'canary', percent: 10 },
    stageIndex: 1,
    stageStartedAt: '2013-01-01T00:00:00.000Z',
    stickTo: 'carrier',
  },
  frozen: { by: 'anna', at: '2013-01-01T00:01:00.000Z', reason: 'sale' },
  served: {
    champion: { requests: 9000, rows: 12_000, errors: 0 },
    candidate: { requests: 1000, rows: 1300, errors: 7 },
  },
  changes: [
    {
      rev: 5,
      at: '2013-01-01T00:00:00.000Z',
      by: 'anna',
      action: 'next-stage',
      from: 3,
      to: 3,
      of: 4,
      reason: 'looks well',
    },
    {
      rev: 4,
      at: '2012-12-31T23:00:00.000Z',
      by: 'policy',
      action: 'promote',
      from: 2,
      to: 3,
      reason: 'passed',
    },
  ],
};

const asked: unknown[] = [];
const client = {
  outputs,
  deployment: async () => state,
  changeDeployment: async (...request: unknown[]) => {
    asked.push(request);
    return { ...state, rollout: null };
  },
};

describe('rollouts', () => {
  it('shows who answers, who is tried, what it served and every change', async () => {
    const { print, text } = captured();
    const now = new Date('2013-01-01T00:03:00.000Z');
    expect(await rollouts(client, { model: 'late', now }, print)).toBe(0);
    expect(text()).toBe(`model      late
champion   version 3, rev 5
before it  version 2: where a rollback goes
tried      version 4 answers 10 % of carrier, stage 2, for 3 minutes
frozen     by anna 2 minutes ago: sale

this stage  requests    rows  errors
champion       9,000  12,000       0
challenger     1,000   1,300       7

rev  ago        change      champion  challenger  by      reason
  5  3 minutes  next-stage  3                  4  anna    looks well
  4  1 hour     promote     2 -> 3             -  policy  passed
`);
  });

  it('refuses a model that is not deployed', async () => {
    await expect(rollouts(client, { model: 'none' }, captured().print)).rejects.toThrow(
      'no model named "none"',
    );
  });
});

describe('changes by hand', () => {
  it('promote names the version, the others the model, and rollback the rev that it means', async () => {
    const { print, text } = captured();
    await promote(client, { version: 'late@3', reason: 'better' }, print);
    for (const action of ['rollback', 'freeze', 'unfreeze'] as const)
      await changeDeployment(client, { model: 'late', action, reason: 'why' }, print);
    expect(asked).toEqual([
      ['late', 'promote', { version: 3, reason: 'better' }],
      ['late', 'rollback', { reason: 'why', rev: 5 }],
      ['late', 'freeze', { reason: 'why' }],
      ['late', 'unfreeze', { reason: 'why' }],
    ]);
    expect(text()).toBe(
      'promoted: late@3 is the champion, rev 5\n' +
        'rolled back: late@3 answers alone, rev 5\n' +
        'frozen by anna: nothing of late is promoted until "npx leeboard unfreeze late"\n' +
        'lifted: versions of late are promoted again\n',
    );
  });

  it('promote wants a version', async () => {
    const promoting = promote(client, { version: 'late', reason: 'better' }, captured().print);
    await expect(promoting).rejects.toThrow('expected a version such as flights-late@2');
  });
});
