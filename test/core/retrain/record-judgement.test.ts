import { describe, expect, it } from 'vitest';
import type { RetrainingFacts } from '#core/retrain/facts.ts';
import {
  drift,
  dropped,
  factsOf,
  idsOf,
  judgementOf,
  Looped,
  later,
  NOON,
  verdictOf,
  wish,
} from '#test/support/retraining.ts';

describe('a person whose wish was judged', () => {
  it('is not judged again on the same, but one who asks then is', () => {
    const looped = new Looped();
    looped.wake(NOON, drift(), wish('anna'));
    looped.judge('wait');
    const { loop } = looped;
    looped.wake(later(1));
    expect(looped.loop).toBe(loop);
    expect(looped.wake(later(2), wish('bert'))).toMatchObject({ status: 'judging', judgings: 2 });
    looped.wake(later(2), wish('carla'));
    looped.judge('wait', later(2));
    expect(looped.wake(later(3))).toMatchObject({ status: 'judging', judgings: 3 });
  });
});

describe('a wish that comes while it is judged', () => {
  const joined = () => {
    const looped = new Looped();
    looped.wake(NOON, drift());
    looped.wake(NOON, wish());
    return looped;
  };

  it.each(['decline', 'wait'] as const)(
    'is not answered by a judgement that did not know it: %s',
    (action) => {
      const looped = joined();
      looped.wake(NOON, drift('b'));
      const said = looped.judge(action);
      expect(said).toMatchObject({ action: 'wait' });
      expect(looped.loop.open).toMatchObject({
        number: 1,
        status: 'waiting',
        reason: expect.stringMatching(/; anna asked for it meanwhile: it is judged again$/),
        judgement: judgementOf(),
      });
      expect(looped.judge('decline')).toEqual(said);
      expect(looped.wake(later(1))).toMatchObject({ number: 1, status: 'judging', judgings: 2, asked: 1 });
      expect(idsOf(looped.decision(1))).toEqual(['drift:a', 'person:anna', 'drift:b']);
      expect(looped.judge('decline', later(1))).toMatchObject({ action: 'decline' });
      expect(looped.decision(1)).toMatchObject({ status: 'declined', reason: 'it would not help' });
    },
  );

  it('is trained with it', () => {
    const looped = joined();
    expect(looped.judge('train')).toEqual(verdictOf('train'));
    expect(looped.loop.open).toMatchObject({ number: 1, status: 'training', reason: 'it would help' });
  });
});

describe('the budget', () => {
  it('counts what nobody had asked for when its training began, whoever joins it then', () => {
    const looped = new Looped();
    looped.wake(NOON, drift());
    looped.judge();
    looped.wake(NOON, wish());
    looped.end('refused', later(1), 2);
    expect(looped.loop.months).toEqual([{ name: '2013-05', trainings: 1, usd: 2 }]);
  });

  it('does not count what a person had asked for by then, nor what it cost', () => {
    const looped = new Looped();
    looped.wake(NOON, drift());
    looped.wake(NOON, wish());
    looped.judge();
    looped.end('refused', later(1), 2);
    expect(looped.loop.months).toEqual([]);
  });
});

describe('what was judged', () => {
  const declined = () => {
    const looped = new Looped();
    looped.wake(NOON, dropped('7'));
    looped.judge('decline');
    return looped;
  };

  it('is declined with the figures, and not judged again on the same data, spec and code', () => {
    const looped = declined();
    expect(looped.decision(1)).toMatchObject({
      status: 'declined',
      reason: 'it would not help',
      judgement: judgementOf(),
    });
    looped.wake(later(1), dropped('late'));
    expect(looped.decision(2)).toMatchObject({
      status: 'declined',
      reason: 'no point: decision 1 judged the same data, spec and code',
    });
  });

  it.each<[string, Partial<RetrainingFacts>]>([
    ['newer data', { state: { datasets: { flights: 8 }, specHash: 'spec', codeVersion: 'code' } }],
    ['another spec', { state: { datasets: { flights: 7 }, specHash: 'other', codeVersion: 'code' } }],
    ['other code', { state: { datasets: { flights: 7 }, specHash: 'spec', codeVersion: 'other' } }],
  ])('is judged again on %s', (_, changes) => {
    const looped = declined();
    looped.facts = factsOf(changes);
    expect(looped.wake(later(1), dropped('8'))).toMatchObject({ number: 2, status: 'judging' });
  });

  it('is not judged again on older data, which a clock that was set back has for the newest', () => {
    const looped = declined();
    looped.facts = factsOf({}, 5);
    looped.wake(later(-100), dropped('5'));
    expect(looped.decision(2)).toMatchObject({ status: 'declined' });
  });

  it('of drift waits for newer labelled rows, and is judged again when data came, by another execution', () => {
    const looped = new Looped();
    looped.wake(NOON, drift('a'));
    looped.wake(NOON, drift('b'));
    expect(looped.judge('wait')).toMatchObject({ action: 'wait' });
    const reason = 'waits for newer rows';
    expect(looped.loop).toMatchObject({ open: { number: 1, status: 'waiting', reason }, next: null });
    expect(idsOf(looped.decision(1))).toEqual(['drift:a', 'drift:b']);
    const { loop } = looped;
    looped.wake(later(1));
    expect(looped.loop).toBe(loop);
    looped.facts = factsOf({ newRows: 10 }, 8);
    expect(looped.wake(later(2), dropped('8'))).toMatchObject({
      number: 1,
      status: 'judging',
      judgings: 2,
      execution: 'decision-000001-2',
    });
  });

  it('and failed is judged again: a failure says nothing of the data', () => {
    const looped = new Looped();
    looped.wake(NOON, drift('a'));
    looped.judge();
    looped.end('failed');
    expect(looped.loop.judged).toBeNull();
    looped.wake(later(1), drift('b'));
    expect(looped.wake(later(48))).toMatchObject({ number: 2, status: 'judging' });
  });
});
