import { describe, expect, it } from 'vitest';
import { drift, factsOf, idsOf, Looped, later, NOON, wish } from '#test/support/retraining.ts';

describe('a wish that joined what then failed', () => {
  const died = factsOf({ carried: { execution: 'ended', rollout: 'missing', audit: [] } });

  it('is judged in the next decision at once when the judging died', () => {
    const looped = new Looped();
    looped.wake(NOON, drift('a'), wish('anna'));
    looped.wake(NOON, drift('b'), wish('bert'));
    looped.facts = died;
    looped.wake(later(1));
    expect(looped.decision(1)).toMatchObject({ status: 'failed' });
    expect(idsOf(looped.decision(1))).toEqual(['drift:a', 'person:anna']);
    expect(looped.loop.open).toMatchObject({ number: 2, status: 'judging', asked: 1 });
    expect(idsOf(looped.decision(2))).toEqual(['person:bert', 'drift:b']);
    expect(looped.loop).toMatchObject({ next: null, untold: [1] });
  });

  it('is tried in the next decision when the training failed that had begun by then', () => {
    const looped = new Looped();
    looped.wake(NOON, drift());
    looped.wake(NOON, wish('anna'));
    looped.judge();
    looped.wake(NOON, wish('bert'));
    looped.end('failed');
    expect(idsOf(looped.decision(1))).toEqual(['drift:a', 'person:anna']);
    expect(looped.decision(2)).toMatchObject({ status: 'judging' });
    expect(idsOf(looped.decision(2))).toEqual(['person:bert']);
  });

  it('has its answer when the gates refused what was trained: it would be the same model again', () => {
    const looped = new Looped();
    looped.wake(NOON, drift());
    looped.judge();
    looped.wake(NOON, wish('bert'));
    looped.end('refused');
    expect(idsOf(looped.decision(1))).toEqual(['drift:a', 'person:bert']);
    expect(looped.loop).toMatchObject({ open: null, next: null });
  });
});
