import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callOf } from '#core/retrain/move-loop.ts';
import type { Decision, Trigger } from '#core/retrain/records.ts';
import {
  drift,
  dropped,
  factsOf,
  Looped,
  later,
  NOON,
  policyOf,
  refusedOnce,
} from '#test/support/retraining.ts';

const ids = ({ triggers }: { readonly triggers: readonly Trigger[] } = { triggers: [] }) =>
  triggers.map(({ id }) => id);

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
    expect(ids(loop.open ?? undefined)).toEqual(['drift:a']);
  });

  it('is merged with those that come at once, and with a decision that waits', () => {
    const looped = new Looped();
    looped.facts = factsOf({ newRows: 10 });
    looped.wake(NOON, dropped('6'));
    looped.wake(NOON, dropped('7'), drift());
    expect([...looped.decisions.keys()]).toEqual([1]);
    expect(ids(looped.decision(1))).toEqual(['data:6', 'data:7', 'drift:a']);
  });

  it('gathers for the next decision while one is carried out, which opens when that is over', () => {
    const looped = new Looped();
    looped.wake(NOON, drift('a'));
    looped.wake(NOON, drift('b'));
    looped.judge();
    looped.wake(NOON, drift('c'));
    expect(ids(looped.loop.next ?? undefined)).toEqual(['drift:b', 'drift:c']);
    expect(ids(looped.loop.open ?? undefined)).toEqual(['drift:a']);
    looped.end('refused');
    expect(looped.loop.next).toBeNull();
    expect(looped.loop.open).toMatchObject({ number: 2, status: 'waiting' });
    expect(ids(looped.loop.open ?? undefined)).toEqual(['drift:b', 'drift:c']);
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
          ids,
        );
        expect(kept.toSorted()).toEqual([...came].sort());
        expect(looped.decisions.size).toBe(looped.loop.decisions);
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
