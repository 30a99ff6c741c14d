import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RetrainingFacts } from '#core/retrain/facts.ts';
import { callOf, markTold } from '#core/retrain/move-loop.ts';
import { recordJudgement } from '#core/retrain/record-judgement.ts';
import type { Decision, Trigger } from '#core/retrain/records.ts';
import {
  drift,
  dropped,
  factsOf,
  judgementOf,
  Looped,
  later,
  NOON,
  policyOf,
  verdictOf,
  wish,
} from '#test/support/retraining.ts';

const ids = ({ triggers }: { readonly triggers: readonly Trigger[] } = { triggers: [] }) =>
  triggers.map(({ id }) => id);

/** A loop whose first decision, for drift, trained and was refused; the day is over. */
function refusedOnce(): Looped {
  const looped = new Looped();
  looped.wake(NOON, drift('a'));
  looped.judge();
  looped.end('refused');
  looped.facts = factsOf({}, 8);
  return looped;
}

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
    expect(looped.wake(later(1), wish())).toMatchObject({
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
    expect(ids(looped.decision(1))).toEqual(['drift:a', 'drift:b']);
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
