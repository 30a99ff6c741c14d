import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { InvalidInputError } from '#core/errors.ts';
import { type Fate, openScripted, row } from './scripted-firehose.ts';

/** A row that has a record to itself. */
const large = (id: string) => row(id, 'x'.repeat(600_000));

const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
beforeEach(() => warn.mockClear());

describe('FirehoseLog', () => {
  it('sends the rows as JSON Lines, many a record, many records a call', async () => {
    const { append, timer, calls, streams, counted } = openScripted([]);
    const request = append([row('a', 'line\nbreak'), row('b', 'ü'), large('c'), large('d')]);
    await timer.pass(0);
    expect(request.answeredAt).toBe(0);
    expect(calls).toEqual([[['a', 'b', 'c'], ['d']]]);
    expect([...streams]).toEqual(['stream']);
    expect(counted).toEqual({});
  });

  it('sends nothing of a request with a row that is too large', async () => {
    const { log, timer, calls } = openScripted([]);
    const rows = [large('a'), large('b'), row('c', 'x'.repeat(1_024_000))];
    await expect(log.append(rows)).rejects.toThrow(InvalidInputError);
    await timer.pass(10_000);
    expect(calls).toEqual([]);
  });

  it('leaves out a row of a shadow that is too large, and counts it: the answer stands', async () => {
    const { append, timer, calls, counted } = openScripted([]);
    const request = append([row('a'), row('a~shadow', 'x'.repeat(1_024_000)), row('b~shadow')]);
    await timer.pass(0);
    expect(request.answeredAt).toBe(0);
    expect(calls).toEqual([[['a', 'b~shadow']]]);
    expect(counted).toEqual({ PredictionLogDropped: 1 });
  });

  it('sends again the records that failed, and only those', async () => {
    const { append, timer, calls, stored, counted } = openScripted([[1, 2], [0]]);
    const request = append(['a', 'b', 'c', 'd'].map(large));
    await timer.pass(1000);
    expect(calls).toEqual([[['a'], ['b'], ['c'], ['d']], [['b'], ['c']], [['b']]]);
    expect(stored.sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(request.answeredAt).toBe(50 + 100);
    expect(counted).toEqual({ PredictionLogRetried: 3 });
  });

  it('sends a call again that failed as a whole, and says so without a value of a row', async () => {
    const { append, timer, stored, counted } = openScripted(['refused', 'refused']);
    const request = append([row('a', 'secret'), row('b')]);
    await timer.pass(1000);
    expect(stored).toEqual(['a', 'b']);
    expect(request.answeredAt).toBe(150);
    expect(counted).toEqual({ PredictionLogRetried: 4 });
    expect(warn.mock.calls.map(([line]) => JSON.parse(line))).toEqual(
      Array(2).fill({
        level: 'WARN',
        message: 'the prediction log was not taken',
        stream: 'stream',
        rows: 2,
        cause: 'ServiceUnavailableException',
      }),
    );
  });

  it('lets a request wait a second and no more, and sends what is left with the next', async () => {
    const { append, timer, calls, stored, counted } = openScripted(['refused', 'hangs', 'hangs']);
    const first = append([row('a'), row('b')]);
    await timer.pass(999);
    expect(first.answeredAt).toBeUndefined();
    await timer.pass(1);
    expect(first.answeredAt).toBe(1000);
    expect(counted.PredictionLogLate).toBe(2);
    const second = append([row('c')]);
    await timer.pass(5000);
    expect(second.answeredAt).toBeLessThanOrEqual(2000);
    expect(stored).toEqual(['a', 'b', 'c']);
    expect(calls.at(-1)).toEqual([['a', 'b'], ['c']]);
  });

  it('gives a call up that has no answer, and waits longer for the next', async () => {
    const { append, timer, callTimes, abortedAt } = openScripted(['hangs', 'hangs', 'hangs']);
    append([row('a')]);
    await timer.pass(10_000);
    const [first = 0, second = 0, third = 0, fourth = 0] = callTimes;
    expect([second - first, third - second, fourth - third]).toEqual([400 + 50, 800 + 100, 1600 + 200]);
    expect(abortedAt).toEqual([first + 400, second + 800, third + 1600]);
  });

  it('pauses longer after each failure, up to two seconds, a random part of it', async () => {
    const { append, timer, callTimes } = openScripted(Array<Fate>(9).fill('refused'));
    append([row('a')]);
    await timer.pass(20_000);
    const pauses = callTimes.slice(1).map((time, index) => time - (callTimes[index] as number));
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1600, 2000, 2000, 2000]);
  });

  it('hardly delays requests while Firehose is down, and waits for it again once it is back', async () => {
    const down = Array<Fate>(7).fill('refused');
    const { append, timer, counted, stored } = openScripted([...down, 'taken', 'hangs', 'hangs']);
    append([row('a')]);
    await timer.pass(1600);
    const during = append([row('b')]);
    await timer.pass(100);
    expect(during.answeredAt).toBe(1700);
    await timer.pass(10_000);
    expect(stored).toEqual(['a', 'b']);
    const after = append([row('c')]);
    await timer.pass(10_000);
    expect(after.answeredAt).toBe(11_700 + 1000);
    expect(counted.PredictionLogLate).toBe(3);
  });

  it('keeps 32 MiB, gives up the oldest beyond and counts them', async () => {
    const { append, timer, stored, counted } = openScripted(Array<Fate>(8).fill('refused'));
    const ids = Array.from({ length: 60 }, (_, index) => `id-${String(index).padStart(2, '0')}`);
    for (const id of ids) append([large(id)]);
    await timer.pass(60_000);
    const kept = Math.floor((32 * 2 ** 20) / 600_200);
    expect(stored).toEqual(ids.slice(-kept));
    expect(counted.PredictionLogDropped).toBe(ids.length - kept);
  });

  it('sends at most 500 records and 4 MB a call', async () => {
    const many = openScripted([]);
    for (let index = 0; index < 1200; index++) many.append([row(String(index))]);
    await many.timer.pass(0);
    // The first call is on its way before there is a second record.
    expect(many.calls.map((records) => records.length)).toEqual([1, 500, 500, 199]);
    const big = openScripted([]);
    big.append(Array.from({ length: 20 }, (_, index) => large(String(index))));
    await big.timer.pass(0);
    expect(big.bytes.every((size) => size <= 4_000_000)).toBe(true);
    expect(big.calls.map((records) => records.length)).toEqual([6, 6, 6, 2]);
  });

  it('loses nothing, whatever fails how often, and doubles only what it could not know to be taken', async () => {
    const fate: fc.Arbitrary<Fate> = fc.oneof(
      fc.constantFrom<Fate>('taken', 'refused', 'hangs', 'answer lost'),
      fc.subarray([0, 1, 2, 3]),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { maxLength: 12 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat(700)), { minLength: 1, maxLength: 8 }),
        async (fates, requests) => {
          const doubling = fates.includes('answer lost');
          const { append, timer, stored, counted } = openScripted([...fates]);
          const sent: string[] = [];
          for (const [count, pause] of requests) {
            const ids = Array.from({ length: count }, (_, index) => `${sent.length + index}`);
            sent.push(...ids);
            const begun = timer.now();
            const request = append(ids.map(large));
            await timer.pass(pause);
            if (request.answeredAt !== undefined)
              expect(request.answeredAt - begun).toBeLessThanOrEqual(1000);
          }
          await timer.pass(120_000);
          expect([...new Set(stored)].sort()).toEqual(sent.sort());
          if (!doubling) expect(stored).toHaveLength(sent.length);
          expect(counted.PredictionLogDropped).toBeUndefined();
        },
      ),
      { numRuns: 30 },
    );
  });
});
