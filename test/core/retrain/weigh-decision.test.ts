import { describe, expect, it } from 'vitest';
import type { Decision } from '#core/retrain/records.ts';
import {
  drift,
  factsOf,
  Looped,
  later,
  NOON,
  policyOf,
  refusedOnce,
  wish,
} from '#test/support/retraining.ts';

describe('a decision waits', () => {
  it('until the cooldown is over, from the start of the newest training, and says what doubled it', () => {
    const looped = refusedOnce();
    expect(looped.wake(later(14), drift('b'))).toMatchObject({
      number: 2,
      status: 'waiting',
      until: later(48),
      reason: `waits until ${later(48)}: the newest training began 14 h ago, the cooldown is 1 day, doubled once because retraining 1 did not help`,
    });
    expect(looped.wake(later(47.9))).toMatchObject({ status: 'waiting' });
    expect(looped.wake(later(48))).toMatchObject({ status: 'judging', execution: 'decision-000002' });
  });

  it('and keeps what it said first while nothing but time goes on', () => {
    const looped = refusedOnce();
    looped.wake(later(14), drift('b'));
    const { loop } = looped;
    looped.wake(later(15));
    expect(looped.loop).toBe(loop);
  });

  it('at most eight times the cooldown, however often it did not help', () => {
    const looped = new Looped();
    const waits: number[] = [];
    for (let round = 0; round < 5; round++) {
      const from = later(round * 1000);
      looped.facts = factsOf({}, 7 + 2 * round);
      looped.wake(from, drift(`${round}`));
      looped.judge('train', from);
      looped.end('refused', from);
      looped.facts = factsOf({}, 8 + 2 * round);
      const { until = '' } = looped.wake(from, drift(`${round} again`)) as Decision;
      waits.push((Date.parse(until) - Date.parse(from)) / 3_600_000);
      looped.wake(later(round * 1000 + 999));
      looped.judge('decline', later(round * 1000 + 999));
    }
    expect(waits).toEqual([48, 96, 192, 192, 192]);
  });

  it('as long as the spec says again after a training that helped', () => {
    const looped = refusedOnce();
    looped.wake(later(48), drift('b'));
    looped.judge('train', later(48));
    expect(looped.end('promoted', later(49))).toMatchObject({ status: 'promoted' });
    looped.facts = factsOf({}, 9);
    expect(looped.wake(later(50), drift('c'))).toMatchObject({
      until: later(72),
      reason: expect.stringMatching(/the cooldown is 1 day$/),
    });
    expect(looped.loop.untold).toEqual([1]);
  });

  it('by the cooldown and schedule divided by the pace of the environment', () => {
    const looped = refusedOnce();
    looped.policy = policyOf({}, 24);
    expect(looped.wake(later(1), drift('b'))).toMatchObject({
      until: later(2),
      reason: expect.stringContaining("the cooldown is 1 day divided by the environment's pace, 24"),
    });
  });

  it('for the next month when the budget of trainings is spent', () => {
    const looped = new Looped();
    looped.policy = policyOf({ budget: { trainings: 1, usd: 50 }, cooldown: '1 hour' });
    looped.wake(NOON, drift('a'));
    looped.judge();
    looped.end('refused', NOON, 0.5);
    looped.facts = factsOf({}, 8);
    expect(looped.wake(later(72), drift('b'))).toMatchObject({
      status: 'waiting',
      until: '2013-06-01T00:00:00.000Z',
      reason:
        'waits until 2013-06-01T00:00:00.000Z: the budget of 2013-05 is spent: 1 of 1 trainings, $0.50 of $50',
    });
    expect(looped.wake('2013-05-31T23:59:59.999Z')).toMatchObject({ status: 'waiting' });
    expect(looped.wake('2013-06-01T00:00:00.000Z')).toMatchObject({ status: 'judging' });
  });

  it('for the next month when what trainings cost is spent, counted in the month that they began in', () => {
    const looped = new Looped();
    looped.policy = policyOf({ budget: { trainings: 9, usd: 2 }, cooldown: '1 hour' });
    looped.wake('2013-05-31T23:00:00.000Z', drift('a'));
    looped.judge('train', '2013-05-31T23:00:00.000Z');
    looped.end('refused', '2013-06-01T01:00:00.000Z', 2);
    expect(looped.loop.months).toEqual([{ name: '2013-05', trainings: 1, usd: 2 }]);
    looped.facts = factsOf({}, 8);
    expect(looped.wake('2013-06-01T05:00:00.000Z', drift('b'))).toMatchObject({ status: 'judging' });
    looped.judge('train', '2013-06-01T05:00:00.000Z');
    looped.end('refused', '2013-06-01T06:00:00.000Z', 2);
    looped.facts = factsOf({}, 9);
    expect(looped.wake('2013-06-10T00:00:00.000Z', drift('c'))).toMatchObject({
      status: 'waiting',
      until: '2013-07-01T00:00:00.000Z',
    });
  });

  it('while the deployment is frozen, also for a person, as nothing could be promoted', () => {
    const looped = new Looped();
    const frozen = { by: 'bert', at: NOON, reason: 'holidays' };
    const deployment = { model: 'm', rev: 4, champion: null, changedAt: NOON, frozen };
    looped.facts = factsOf({ deployment });
    expect(looped.wake(NOON, drift(), wish())).toMatchObject({
      status: 'waiting',
      reason: `waits until that is lifted: bert froze the deployment at ${NOON} (holidays): nothing could be promoted`,
    });
    looped.facts = factsOf();
    expect(looped.wake(later(1))).toMatchObject({ status: 'judging' });
  });

  it('while another version is tried, which may become champion', () => {
    const looped = new Looped();
    const manifest = { key: 'k', versionId: 'v', size: 1, sha256: 's' };
    const stage = { stage: { kind: 'shadow' }, stageIndex: 0, stageStartedAt: NOON } as const;
    const rollout = { id: 'r', candidate: { version: 4, manifest }, ...stage };
    looped.facts = factsOf({ deployment: { model: 'm', rev: 4, champion: null, changedAt: NOON, rollout } });
    expect(looped.wake(NOON, drift())).toMatchObject({
      status: 'waiting',
      reason: 'waits for the rollout of version 4: it may become champion',
    });
  });
});

describe('a person', () => {
  it('passes cooldown, budget and what was judged before, which is recorded, and is not counted in the budget', () => {
    const looped = refusedOnce();
    looped.facts = factsOf(); // the data that was judged
    looped.policy = policyOf({ budget: { trainings: 1, usd: 50 } });
    expect(looped.wake(later(1), { ...wish(), at: later(1) })).toMatchObject({
      number: 2,
      status: 'judging',
      reason:
        "anna asks for it; a person's wish does not wait, though the newest training began 60 min ago, the cooldown is 1 day, doubled once because retraining 1 did not help, and the budget of 2013-05 is spent: 1 of 1 trainings, $0.00 of $50",
    });
    looped.judge('train', later(1));
    expect(looped.loop.months).toEqual([{ name: '2013-05', trainings: 1, usd: 0 }]);
    expect(looped.loop.cooldown).toEqual({ since: later(1) });
    looped.end('refused', later(2), 7);
    expect(looped.loop.months).toEqual([{ name: '2013-05', trainings: 1, usd: 0 }]);
  });
});
