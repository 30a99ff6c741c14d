import { describe, expect, it } from 'vitest';
import { markTold } from '#core/retrain/move-loop.ts';
import { recordJudgement } from '#core/retrain/record-judgement.ts';
import {
  drift,
  factsOf,
  judgementOf,
  Looped,
  later,
  NOON,
  refusedOnce,
  verdictOf,
} from '#test/support/retraining.ts';

describe('a champion that changes meanwhile', () => {
  const champion = { version: 4, createdAt: later(-1), isOfOther: { spec: false, code: false } };

  it('makes drift of the one before it pointless', () => {
    const looped = refusedOnce();
    looped.wake(later(1), drift('b'));
    looped.facts = factsOf({ champion }, 8);
    looped.wake(later(2));
    expect(looped.loop.open).toBeNull();
    expect(looped.decision(2)).toMatchObject({
      status: 'declined',
      reason: 'no point: it was seen of version 3, which is not champion any more, version 4 is',
    });
  });

  it('leaves what else asks', () => {
    const looped = refusedOnce();
    looped.wake(later(1), drift('b'), drift('c', { version: 4 }));
    looped.facts = factsOf({ champion }, 8);
    expect(looped.wake(later(48))).toMatchObject({
      status: 'judging',
      reason: 'carrier drifted in window c',
    });
  });
});

describe('an execution', () => {
  const carried = (execution: 'running' | 'ended' | 'missing') =>
    factsOf({ carried: { execution, rollout: 'missing', audit: [] } });

  it('that died before it judged is a failure that people hear of, and nothing begins at once after it', () => {
    const looped = new Looped();
    looped.wake(NOON, drift('a'));
    looped.wake(NOON, drift('b'));
    looped.facts = carried('ended');
    expect(looped.wake(later(1))).toMatchObject({ number: 2, status: 'waiting', until: later(49) });
    expect(looped.decision(1)).toMatchObject({
      status: 'failed',
      reason: 'execution decision-000001 ended without a judgement',
    });
    expect(looped.loop).toMatchObject({ untold: [1], unhelpful: [1] });
  });

  it.each(['running', 'missing'] as const)('that is %s leaves the decision as it is', (state) => {
    const looped = new Looped();
    looped.wake(NOON, drift('a'));
    const { loop } = looped;
    looped.facts = carried(state);
    looped.wake(later(1));
    expect(looped.loop).toBe(loop);
  });

  it('whose decision is over, or judged by another by now, changes nothing and is told to decline', () => {
    const looped = new Looped();
    looped.wake(NOON, drift('a'));
    const late = (execution: string, decision = 1) =>
      recordJudgement(looped.loop, looped.decisions.get(decision), {
        decision,
        execution,
        judgement: judgementOf(),
        verdict: verdictOf(),
        asOf: NOON,
      });
    expect(late('decision-000001-2')).toMatchObject({ decisions: [], answer: { action: 'decline' } });
    looped.judge('decline');
    const answer = { action: 'decline', reason: looped.decision(1).reason };
    expect(late('decision-000001')).toMatchObject({ decisions: [], answer });
    expect(late('decision-000009', 9)).toMatchObject({ decisions: [], answer: { action: 'decline' } });
  });

  it('that says its judgement again gets the same answer', () => {
    for (const action of ['train', 'wait'] as const) {
      const looped = new Looped();
      looped.wake(NOON, drift('a'));
      const first = looped.judge(action);
      const { loop } = looped;
      expect(looped.judge('decline')).toEqual(first);
      expect(looped.loop).toBe(loop);
    }
  });
});

it('what people must hear of is kept until they were told', () => {
  const looped = refusedOnce();
  expect(looped.loop.untold).toEqual([1]);
  expect(markTold(looped.loop, [2])).toEqual({ decisions: [] });
  expect(markTold(looped.loop, [1]).next).toMatchObject({ untold: [], rev: looped.loop.rev + 1 });
});
