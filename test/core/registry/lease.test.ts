import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyLease,
  endTraining,
  type LeaseChange,
  requestTraining,
  waitingRun,
  withdrawTraining,
} from '#core/registry/lease.ts';
import type { BroughtRequest, TrainingLease } from '#core/registry/records.ts';

const ask = (execution: string, more: Partial<BroughtRequest> = {}): BroughtRequest => ({
  execution,
  by: 'anna',
  at: '2026-01-01T00:00:00.000Z',
  reason: 'new data',
  ...more,
});

const stored = (lease: TrainingLease, change: LeaseChange): TrainingLease => change.next ?? lease;

/** The lease after these requests, the first of which trains. */
const asked = (...requests: readonly BroughtRequest[]): TrainingLease =>
  requests.reduce<TrainingLease>(
    (lease, request) => stored(lease, requestTraining(lease, request, { holder: 'running' })),
    emptyLease('m'),
  );

const names = (lease: TrainingLease) =>
  lease.waiting.map(({ requests }) => requests.map(({ execution }) => execution));

describe('asking for a training', () => {
  it('gets a lease that is free, with the first token', () => {
    const change = requestTraining(emptyLease('m'), ask('a'), { holder: 'missing' });
    expect(change).toEqual({
      answer: { status: 'acquired', holder: change.next?.holder },
      next: {
        model: 'm',
        rev: 1,
        token: 1,
        waiting: [],
        holder: { token: 1, state: 'training', runId: 'a', execution: 'a', requests: [ask('a')] },
      },
    });
  });

  it('waits while another trains, together with all who want the same settings, however they are written', () => {
    const lease = asked(
      ask('a'),
      ask('b', { by: 'bert', reason: 'drift' }),
      ask('c', { set: { x: 1, y: 2 } }),
      ask('d', { set: {} }),
      ask('e', { set: { y: 2, x: 1 } }),
      ask('f', { reproduce: 3 }),
    );
    expect(lease.holder?.execution).toBe('a');
    expect(names(lease)).toEqual([['b', 'd'], ['c', 'e'], ['f']]);
    expect(lease.waiting[0]?.requests[0]).toEqual(ask('b', { by: 'bert', reason: 'drift' }));
  });

  it('is told the run that will train for it', () => {
    const lease = asked(ask('a'), ask('b'));
    const { answer, call } = requestTraining(lease, ask('c'), { holder: 'running' });
    expect(answer).toEqual({ status: 'merged', into: 'b-next' });
    expect(call).toBeUndefined();
  });

  it('gets the same answer when it asks again, and changes nothing', () => {
    const lease = asked(ask('a'), ask('b'), ask('c'));
    const again = (execution: string) => requestTraining(lease, ask(execution), { holder: 'running' });
    expect(again('a')).toEqual({ answer: { status: 'acquired', holder: lease.holder } });
    expect(again('b')).toEqual({ answer: { status: 'merged', into: 'b-next' } });
    expect(again('c')).toEqual({ answer: { status: 'merged', into: 'b-next' } });
    const called = stored(lease, endTraining(lease, { execution: 'a' }));
    expect(requestTraining(called, ask('c'), { holder: 'running' })).toEqual({
      answer: { status: 'merged', into: 'b-next' },
    });
  });

  it('takes the lease of a holder that is dead, with the next token', () => {
    for (const holder of ['ended', 'missing'] as const) {
      const { answer, next } = requestTraining(asked(ask('a')), ask('b'), { holder });
      expect(answer).toMatchObject({ status: 'acquired', holder: { execution: 'b', token: 2 } });
      expect(next).toMatchObject({ rev: 2, token: 2, holder: { token: 2 } });
    }
  });

  it('wakes who waits for a holder that is dead, first come, first served', () => {
    const { answer, next, call } = requestTraining(
      asked(ask('a'), ask('b'), ask('c', { set: { x: 1 } })),
      ask('d', { set: { x: 1 } }),
      { holder: 'ended' },
    );
    expect(answer).toEqual({ status: 'merged', into: 'c-next' });
    expect(call?.execution).toBe('b-next');
    expect(next?.holder).toMatchObject({ state: 'called', runId: 'b-next', token: 2 });
    expect(names(next as TrainingLease)).toEqual([['c', 'd']]);
  });

  it('starts a called training again that was never started, and takes nothing from it', () => {
    const lease = asked(ask('a'), ask('b'));
    const called = stored(lease, endTraining(lease, { execution: 'a' }));
    const { next, call, answer } = requestTraining(called, ask('c'), { holder: 'missing' });
    expect(call).toEqual(endTraining(lease, { execution: 'a' }).call);
    expect(answer).toEqual({ status: 'merged', into: 'c-next' });
    expect(next?.holder).toEqual(called.holder);
  });

  it('begins a training that was called, under the run and token that it was called with', () => {
    const lease = asked(ask('a'), ask('b', { by: 'bert' }));
    const called = stored(lease, endTraining(lease, { execution: 'a' }));
    const { answer, next } = requestTraining(called, ask('b-next'), { calledWith: 2, holder: 'running' });
    expect(answer).toMatchObject({
      status: 'acquired',
      holder: { token: 2, runId: 'b-next', state: 'training', requests: [ask('b', { by: 'bert' })] },
    });
    expect(next?.holder?.state).toBe('training');
  });

  it('does not train when it was called and is not wanted any more', () => {
    for (const lease of [emptyLease('m'), asked(ask('a'))]) {
      const change = requestTraining(lease, ask('x-next'), { calledWith: 1, holder: 'ended' });
      expect(change).toEqual({ answer: { status: 'superseded' } });
    }
  });

  it('resumes a run once, however many ask', () => {
    const lease = asked(ask('a'), ask('r-resume-1', { resume: 'r' }), ask('r-resume-2', { resume: 'r' }));
    expect(lease.waiting).toMatchObject([{ runId: 'r', execution: 'r-resume-1-next' }]);
    const called = stored(lease, endTraining(lease, { execution: 'a' }));
    for (const state of [called, asked(ask('r-resume-1', { resume: 'r' }))]) {
      const { answer, next } = requestTraining(state, ask('r-resume-3', { resume: 'r' }), {
        holder: 'running',
      });
      expect(answer).toEqual({ status: 'merged', into: 'r' });
      expect(next).toBeUndefined();
    }
  });

  it('trains as of the newest time asked for, which is now when one asks for nothing', () => {
    const asOf = (...times: readonly (string | undefined)[]) => {
      const requests = times.map((time, index) => ask(`w${index}`, { ...(time && { asOf: time }) }));
      return endTraining(asked(ask('a'), ...requests), { execution: 'a' }).call?.input.asOf;
    };
    expect(asOf('2013-02-01', '2013-03-01', '2013-01-01')).toBe('2013-03-01');
    expect(asOf('2013-02-01', undefined)).toBeUndefined();
  });
});

describe('ending a training', () => {
  it('frees the lease when nobody waits; the next one has a higher token', () => {
    const lease = asked(ask('a'));
    const { status, next, call } = endTraining(lease, { execution: 'a', token: 1 });
    expect([status, call]).toEqual(['freed', undefined]);
    expect(next).toEqual({ model: 'm', rev: 2, token: 1, holder: null, waiting: [] });
    const { answer } = requestTraining(next as TrainingLease, ask('b'), { holder: 'missing' });
    expect(answer).toMatchObject({ holder: { token: 2 } });
  });

  it('hands over to the first that waits, with all that was asked, and says the same call when it comes again', () => {
    const lease = asked(
      ask('a'),
      ask('b', { set: { x: 1 }, by: 'bert', reason: 'drift' }),
      ask('c'),
      ask('d', { set: { x: 1 } }),
    );
    const { status, next, call } = endTraining(lease, { execution: 'a', token: 1 });
    expect(status).toBe('handed over');
    expect(call).toEqual({
      execution: 'b-next',
      input: { by: 'bert; anna', reason: 'drift; new data', set: { x: 1 }, token: 2 },
    });
    expect(names(next as TrainingLease)).toEqual([['c']]);
    expect(endTraining(next as TrainingLease, { execution: 'a', token: 1 })).toEqual({
      status: 'stale',
      call,
    });
  });

  it('changes nothing for one that is not the holder, or was it under an older token', () => {
    const lease = asked(ask('a'), ask('b'));
    for (const ended of [{ execution: 'b' }, { execution: 'a', token: 0 }, { execution: 'a', token: 2 }])
      expect(endTraining(lease, ended)).toEqual({ status: 'stale' });
    expect(endTraining(emptyLease('m'), { execution: 'a', token: 1 })).toEqual({ status: 'stale' });
  });

  it('works for an execution that died before it knew its token', () => {
    expect(endTraining(asked(ask('a')), { execution: 'a' }).status).toBe('freed');
  });

  it('calls executions by names that Step Functions takes, also after the longest name', () => {
    const lease = asked(ask('a'), ask('b'.repeat(80)));
    expect(endTraining(lease, { execution: 'a' }).call?.execution).toMatch(/^[b-]{0,75}-next$/);
  });
});

it('a thousand requests are one call that Step Functions takes, and none of them is lost', () => {
  const many = Array.from({ length: 1000 }, (_, index) =>
    ask(`e${index}`, { by: `person ${index}`, reason: `because of ${'x'.repeat(500)}` }),
  );
  const lease = asked(ask('a'), ...many);
  const { call, next } = endTraining(lease, { execution: 'a' });
  expect(JSON.stringify(call?.input).length).toBeLessThan(256 * 1024);
  expect(call?.input.by).toHaveLength(1000);
  expect(call?.input.by).toMatch(/^person 0; person 1; .*\.\.\.$/);
  expect(next?.holder?.requests).toEqual(many);
});

describe('a run that waits', () => {
  const lease = asked(ask('a'), ask('b', { set: { x: 1 }, asOf: '2013-02-01' }), ask('c'));

  it('is seen as waiting, with who asked for it', () => {
    expect(waitingRun(lease, 'b-next', undefined)).toEqual({
      model: 'm',
      runId: 'b-next',
      pipeline: 'train-model',
      status: 'waiting',
      startedAt: '2026-01-01T00:00:00.000Z',
      by: 'anna',
      execution: 'b-next',
      set: { x: 1 },
      asOf: '2013-02-01',
      requests: lease.waiting[0]?.requests,
    });
    expect(waitingRun(lease, 'nobody', undefined)).toBeUndefined();
  });

  it('is waiting until it has recorded itself under its token', () => {
    expect(waitingRun(lease, 'a', undefined)?.status).toBe('waiting');
    expect(waitingRun(lease, 'a', 1)).toBeUndefined();
  });

  it('can be taken back, and no other with it', () => {
    expect(names(withdrawTraining(lease, 'b-next') as TrainingLease)).toEqual([['c']]);
    expect(withdrawTraining(lease, 'a')).toBeUndefined();
  });
});

type Event =
  | { readonly kind: 'ask'; readonly settings: number }
  | { readonly kind: 'begin' | 'end' | 'die' | 'end again' };

const events = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('ask' as const), settings: fc.nat(2) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('begin', 'end', 'die', 'end again') }) },
  ),
  { maxLength: 60 },
) as fc.Arbitrary<Event[]>;

it('whatever happens in whatever order, tokens only grow, nobody waits for a free lease, and each request is in one training', () => {
  fc.assert(
    fc.property(events, (happened) => {
      let lease = emptyLease('m');
      let count = 0;
      let alive = false;
      const trained: string[] = [];
      const ended: { execution: string; token: number }[] = [];
      const keep = (change: LeaseChange) => {
        const before = lease;
        lease = stored(lease, change);
        expect(lease.token).toBeGreaterThanOrEqual(before.token);
        expect(lease.rev).toBe(before.rev + (change.next ? 1 : 0));
        const { holder } = lease;
        if (holder && holder.token !== before.holder?.token) {
          expect(holder.token).toBe(before.token + 1);
          trained.push(...holder.requests.map(({ execution }) => execution));
          alive = true;
        }
        if (!holder) expect(lease.waiting).toEqual([]);
      };
      for (const event of happened) {
        const { holder } = lease;
        if (event.kind === 'ask') {
          const request = ask(`e${++count}`, { set: { rounds: event.settings } });
          keep(requestTraining(lease, request, { holder: alive ? 'running' : 'ended' }));
        } else if (event.kind === 'begin' && holder?.state === 'called') {
          const request = ask(holder.execution);
          keep(requestTraining(lease, request, { calledWith: holder.token, holder: 'running' }));
        } else if (event.kind === 'end' && holder) {
          ended.push(holder);
          keep(endTraining(lease, holder));
        } else if (event.kind === 'end again' && ended.length > 0) {
          const change = endTraining(lease, ended.at(-1) as { execution: string; token: number });
          expect(change).toMatchObject({ status: 'stale' });
          expect(change.next).toBeUndefined();
        } else if (event.kind === 'die') alive = false;
      }
      for (; lease.holder; keep(endTraining(lease, lease.holder))) {
        // Until nobody is left.
      }
      expect(trained.sort()).toEqual(Array.from({ length: count }, (_, index) => `e${index + 1}`).sort());
    }),
    { numRuns: 500 },
  );
});
