import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callOf } from '#core/retrain/move-loop.ts';
import type { Decision, DecisionStatus, JudgedState } from '#core/retrain/records.ts';
import {
  drift,
  dropped,
  factsOf,
  idsOf,
  Looped,
  later,
  NOON,
  policyOf,
  refusedOnce,
  wish,
} from '#test/support/retraining.ts';

describe('a trigger', () => {
  it('opens a decision, which is judged at once when nothing holds it back', () => {
    const looped = new Looped();
    const open = looped.wake(NOON, drift());
    expect(open).toMatchObject({
      number: 1,
      status: 'judging',
      reason: 'carrier drifted in window a',
      triggers: [drift()],
      judgings: 1,
      execution: 'decision-000001',
      asOf: NOON,
      judges: { datasets: { flights: 7 }, specHash: 'spec', codeVersion: 'code' },
    });
    expect(callOf(open as Decision)).toEqual({
      execution: 'decision-000001',
      input: { decision: 1, asOf: NOON, by: 'leeboard', reason: 'carrier drifted in window a' },
    });
  });

  it('that comes twice is one, and changes nothing', () => {
    const looped = new Looped();
    looped.wake(NOON, drift(), drift());
    const { loop } = looped;
    looped.wake(later(1), drift());
    expect(looped.loop).toBe(loop);
    expect(idsOf(loop.open)).toEqual(['drift:a']);
  });

  it('is merged with those that come at once, and with a decision that waits', () => {
    const looped = new Looped();
    looped.facts = factsOf({ newRows: 10 });
    looped.wake(NOON, dropped('6'));
    looped.wake(NOON, dropped('7'), drift());
    expect([...looped.decisions.keys()]).toEqual([1]);
    expect(idsOf(looped.decision(1))).toEqual(['data:6', 'data:7', 'drift:a']);
  });

  it('gathers for the next decision while one is carried out, which opens when that is over', () => {
    const looped = new Looped();
    looped.wake(NOON, drift('a'));
    looped.wake(NOON, drift('b'));
    looped.judge();
    looped.wake(NOON, drift('c'));
    expect(idsOf(looped.loop.next)).toEqual(['drift:b', 'drift:c']);
    expect(idsOf(looped.loop.open)).toEqual(['drift:a']);
    looped.end('refused');
    expect(looped.loop.next).toBeNull();
    expect(looped.loop.open).toMatchObject({ number: 2, status: 'waiting' });
    expect(idsOf(looped.loop.open)).toEqual(['drift:b', 'drift:c']);
  });

  it.each([
    ['drift', { onDrift: false }, 'the spec does not retrain for drift: retrain.onDrift is false'],
    ['performance', { onPerformance: false }, 'worse performance: retrain.onPerformance is false'],
    ['new-data', { onNewData: undefined }, 'new data: retrain.onNewData is not set'],
    ['schedule', {}, 'a schedule: retrain.every is not set'],
    ['change', {}, 'a changed spec or code: retrain.onChange is false'],
  ] as const)(
    'of a kind that the spec does not retrain for, %s, is ignored with the reason',
    (kind, off, why) => {
      const looped = new Looped();
      looped.policy = policyOf(off as object);
      looped.wake(NOON, drift('a', { kind }));
      expect(looped.loop.open).toBeNull();
      expect(looped.decision(1)).toMatchObject({ status: 'ignored', reason: expect.stringContaining(why) });
      looped.wake(NOON, drift('a', { kind }));
      expect(looped.decisions.size).toBe(1);
    },
  );

  it('is in exactly one decision, whatever comes in whatever order, and doubles change nothing', () => {
    const kinds = ['drift', 'performance', 'new-data', 'schedule', 'person', 'change'] as const;
    const event = fc.oneof(
      fc.record({ kind: fc.constantFrom(...kinds), id: fc.integer({ min: 0, max: 30 }) }),
      fc.constantFrom('train', 'decline', 'wait', 'refused', 'failed', 'data', 'later'),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const looped = new Looped();
        const came = new Set<string>();
        let hours = 0;
        let version = 7;
        for (const one of events) {
          const asOf = later(hours);
          const { status } = looped.loop.open ?? {};
          if (typeof one === 'object') {
            const id = `${one.kind}:${one.id}`;
            came.add(id);
            looped.wake(asOf, { ...drift(), kind: one.kind, id });
            const { loop } = looped;
            looped.wake(asOf, { ...drift(), kind: one.kind, id });
            expect(looped.loop).toBe(loop);
          } else if (one === 'later') hours += 30;
          else if (one === 'data') looped.facts = factsOf({}, ++version);
          else if (one === 'refused' || one === 'failed') {
            if (status === 'training') looped.end(one, asOf);
          } else if (status === 'judging') looped.judge(one, asOf);
        }
        const kept = [...looped.decisions.values(), ...(looped.loop.next ? [looped.loop.next] : [])].flatMap(
          idsOf,
        );
        expect(kept.toSorted()).toEqual([...came].sort());
        expect(looped.decisions.size).toBe(looped.loop.decisions);
      }),
    );
  });
});

describe("a person's wish", () => {
  /** A decision that drift began, as far as that. */
  const under = (status: DecisionStatus) => {
    const looped = new Looped();
    looped.wake(NOON, drift());
    if (status !== 'judging') looped.judge();
    looped.loop = { ...looped.loop, open: { ...(looped.loop.open as Decision), status } };
    return looped;
  };
  const CARRIED = ['judging', 'training', 'approval', 'rollout'] as const;

  it.each(CARRIED)('joins a decision on the same data, spec and code that is under way: %s', (status) => {
    const looped = under(status);
    looped.wake(NOON, wish('anna'), wish('bert'));
    expect(looped.loop.next).toBeNull();
    expect(idsOf(looped.decision(1))).toEqual(['drift:a', 'person:anna', 'person:bert']);
    expect(looped.loop.open).toEqual(looped.decision(1));
    expect(looped.decision(1)).toMatchObject({
      status,
      steps: [{}, {}, ...(status === 'judging' ? [] : [{}])],
    });
  });

  it.each<[string, Partial<JudgedState>]>([
    ['newer data', { datasets: { flights: 8 } }],
    ['another spec', { specHash: 'other' }],
    ['other code', { codeVersion: 'other' }],
  ])('is for the next decision when it comes on %s', (_, changes) => {
    for (const status of CARRIED) {
      const looped = under(status);
      looped.facts = factsOf({ state: { ...factsOf().state, ...changes } });
      looped.wake(NOON, wish());
      expect(idsOf(looped.loop.next)).toEqual(['person:anna']);
      expect(idsOf(looped.loop.open)).toEqual(['drift:a']);
    }
  });

  const asked = (hours: number, by = 'bert') => ({ ...wish(by), at: later(hours) });
  const ended = (status: 'refused' | 'failed' | 'promoted') => {
    const looped = new Looped();
    looped.wake(NOON, wish('anna'));
    looped.judge('train', later(1));
    looped.end(status, later(2));
    return looped;
  };

  it('that was asked before a training was over joins it, though it is heard of later', () => {
    for (const status of ['refused', 'promoted'] as const) {
      const looped = ended(status);
      looped.wake(later(3), asked(1), asked(2, 'carla'));
      expect(looped.loop).toMatchObject({ open: null, decisions: 1 });
      expect(idsOf(looped.decision(1))).toEqual(['person:anna', 'person:bert', 'person:carla']);
      expect(looped.decision(1)).toMatchObject({ status });
      const { loop } = looped;
      looped.wake(later(4), asked(1));
      expect(looped.loop).toBe(loop);
    }
  });

  it('that is asked afterwards, or on newer data, or for what failed is carried out', () => {
    expect(ended('promoted').wake(later(3), asked(2.1))).toMatchObject({ number: 2, status: 'judging' });
    expect(ended('failed').wake(later(3), asked(1))).toMatchObject({ number: 2, status: 'judging' });
    const newer = ended('promoted');
    newer.facts = factsOf({}, 8);
    expect(newer.wake(later(3), asked(1))).toMatchObject({ number: 2, status: 'judging' });
  });

  it('is carried out though what was asked for by others was declined meanwhile', () => {
    const looped = new Looped();
    looped.wake(NOON, drift());
    looped.judge('decline', later(1));
    expect(looped.wake(later(2), asked(0))).toMatchObject({ number: 2, status: 'judging' });
  });

  it('is one of many of which one training comes, however they spread over its life', () => {
    const first = fc.constantFrom('drift', 'wish');
    const then = fc.array(fc.constantFrom('wish', 'train', 'decline', 'wait', 'promoted', 'refused'), {
      minLength: 20,
      maxLength: 60,
    });
    fc.assert(
      fc.property(first, then, (began, events) => {
        const looped = new Looped();
        let wishes = 0;
        const ask = () => looped.wake(NOON, wish(`${++wishes}`));
        if (began === 'drift') looped.wake(NOON, drift());
        else ask();
        for (const one of [...events, 'wish', 'train', 'train', 'promoted'] as const) {
          const { open } = looped.loop;
          if (one === 'wish') ask();
          else if (one === 'promoted' || one === 'refused') {
            if (open?.status === 'training') looped.end(one);
          } else if (open?.status === 'judging') {
            // A judgement that knows of a wish has it trained.
            looped.judge((open.asked ?? 0) > 0 ? 'train' : one);
            looped.wake(NOON);
          }
        }
        const trained = [...looped.decisions.values()].filter(({ trainedAt }) => trainedAt);
        expect(looped.loop).toMatchObject({ open: null, next: null });
        expect(trained).toHaveLength(1);
        expect(idsOf(trained[0])).toEqual(
          expect.arrayContaining(Array.from({ length: wishes }, (_, index) => `person:${index + 1}`)),
        );
      }),
    );
  });
});

describe('new data', () => {
  it('adds up over several drops until there are rows enough, and waits till then', () => {
    const looped = new Looped();
    looped.facts = factsOf({ newRows: 400 });
    expect(looped.wake(NOON, dropped('6'))).toMatchObject({
      status: 'waiting',
      reason: 'waits for rows: 400 of 1000 came since the data of version 3, or since they were judged',
    });
    looped.facts = factsOf({ newRows: 999 });
    expect(looped.wake(later(1), dropped('7'))).toMatchObject({ number: 1, status: 'waiting' });
    looped.facts = factsOf({ newRows: 1000 });
    expect(looped.wake(later(2), dropped('8'))).toMatchObject({ number: 1, status: 'judging' });
  });

  it('that is too little does not hold back what else asks', () => {
    const looped = new Looped();
    looped.facts = factsOf({ newRows: 400 });
    looped.wake(NOON, dropped('6'));
    expect(looped.wake(NOON, drift())).toMatchObject({
      number: 1,
      status: 'judging',
      reason: 'carrier drifted in window a',
    });
  });
});

describe('a changed spec or code', () => {
  const changed = (spec: boolean, code: boolean) => ({
    version: 3,
    createdAt: later(-9),
    isOfOther: { spec, code },
  });

  it('is judged once for what is deployed', () => {
    const looped = new Looped();
    looped.policy = policyOf({ onChange: true });
    looped.facts = factsOf({ champion: changed(true, false) });
    expect(looped.wake(NOON)).toMatchObject({
      status: 'judging',
      triggers: [{ id: 'change:spec:code', reason: 'version 3 was made by another spec than is deployed' }],
    });
    looped.judge();
    looped.end('refused');
    looped.wake(later(100));
    expect(looped.loop.decisions).toBe(1);
  });

  it('is of no interest once the champion has it', () => {
    const looped = refusedOnce();
    looped.policy = policyOf({ onChange: true });
    looped.facts = factsOf({ champion: changed(false, true) }, 8);
    expect(looped.wake(later(1))).toMatchObject({ status: 'waiting' });
    looped.facts = factsOf({}, 8);
    looped.wake(later(2));
    expect(looped.decision(2)).toMatchObject({
      status: 'declined',
      reason: 'no point: version 3 was made by the deployed spec and code',
    });
  });
});
