import { describe, expect, it } from 'vitest';
import { drift, factsOf, Looped, later, NOON, policyOf, refusedOnce } from '#test/support/retraining.ts';

describe('the clock', () => {
  it('begins a decision at every multiple of the schedule, once, and one for all that were missed', () => {
    const looped = new Looped();
    looped.policy = policyOf({ every: '7 days' });
    looped.facts = factsOf({
      champion: { version: 3, createdAt: NOON, isOfOther: { spec: false, code: false } },
    });
    // 2013-05-02 is a Thursday, as 1970-01-01 was: this week's instant is before the champion.
    expect(looped.wake('2013-05-08T23:59:59.999Z')).toBeNull();
    expect(looped.wake('2013-05-24T10:00:00.000Z')).toMatchObject({
      triggers: [{ id: 'schedule:2013-05-23T00:00:00.000Z', kind: 'schedule' }],
    });
    const { loop } = looped;
    looped.wake('2013-05-29T23:59:59.999Z');
    expect(looped.loop).toBe(loop);
  });

  it('set back by a year neither freezes the loop nor trains twice within a cooldown', () => {
    const looped = refusedOnce();
    const back = (hours: number) => later(hours - 365 * 24);
    expect(looped.wake(back(1), drift('b'))).toMatchObject({ status: 'waiting', until: back(49) });
    expect(looped.wake(back(2))).toMatchObject({ until: back(49) });
    expect(looped.loop.open?.reason).toContain(
      `the newest training began at ${NOON}, which this clock has before it`,
    );
    // Put right again, the cooldown is the one it was.
    expect(looped.wake(later(3))).toMatchObject({ status: 'waiting', until: later(48) });
    expect(looped.wake(back(48.9))).toMatchObject({ status: 'waiting' });
    expect(looped.wake(back(49))).toMatchObject({ status: 'judging' });
  });

  it('that was ahead when the training began does not freeze the loop once it is put right', () => {
    const looped = new Looped();
    const ahead = later(17 * 365 * 24);
    looped.wake(ahead, drift('a'));
    looped.judge('train', ahead);
    looped.end('refused', ahead);
    looped.facts = factsOf({}, 8);
    expect(looped.wake(NOON, drift('b'))).toMatchObject({ status: 'waiting', until: later(48) });
    expect(looped.wake(later(48))).toMatchObject({ status: 'judging' });
  });

  it("jumping between months spends no month's budget twice", () => {
    const looped = new Looped();
    looped.policy = policyOf({ budget: { trainings: 2, usd: 50 }, cooldown: '1 second' });
    const days = [NOON, later(1), '2030-01-05T00:00:00.000Z', later(2), '2013-04-01T00:00:00.000Z', later(3)];
    const begun: string[] = [];
    for (const [index, at] of [...days, ...days, ...days].entries()) {
      looped.facts = factsOf({}, 7 + index);
      looped.wake(at, drift(`${index}`));
      looped.wake(new Date(Date.parse(at) + 60_000).toISOString());
      if (looped.loop.open?.status !== 'judging') continue;
      begun.push(at.slice(0, 7));
      looped.judge('train', at);
      looped.end('refused', at);
    }
    const count = (month: string) => begun.filter((one) => one === month).length;
    expect(['2013-04', '2013-05', '2030-01'].map(count)).toEqual([2, 2, 2]);
  });

  it('jumping about never begins a training while another is carried out', () => {
    const looped = new Looped();
    looped.wake(NOON, drift('a'));
    looped.judge();
    const { loop } = looped;
    for (const at of [later(1e5), later(-1e5), NOON]) {
      looped.wake(at, drift(at));
      expect(looped.loop.open).toEqual(loop.open);
    }
  });
});
