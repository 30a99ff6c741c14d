import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LATENCY_BOUNDS, SCORE_BINS } from '#core/registry/serving-records.ts';
import { countAnswer, countError } from '#core/serve/count-served.ts';

const binary = (probability: number) => ({ probability, margin: 0, positive: false });

describe('countAnswer', () => {
  it('counts a request once, and each of its rows in the bin of its score', () => {
    const counts = countAnswer([binary(0), binary(0.049), binary(0.5), binary(1)], 1, [], []);
    expect(counts).toMatchObject({ requests: 1, rows: 4, errors: 0 });
    expect(counts.scores.flatMap((count, bin) => (count > 0 ? [[bin, count]] : []))).toEqual([
      [0, 2],
      [10, 1],
      [19, 1],
    ]);
  });

  it('counts a class by its place, and a number by the edges of its rollout', () => {
    const classes = countAnswer([{ label: 'b', probabilities: {} }], 1, ['a', 'b'], []);
    expect(classes.scores.indexOf(1)).toBe(1);
    const numbers = countAnswer([{ value: 9 }, { value: 10 }, { value: 99 }], 1, [], [10, 20]);
    expect(numbers.scores.slice(0, 3)).toEqual([1, 1, 1]);
  });

  it('counts a class that the champion does not know in the last bin', () => {
    const { scores } = countAnswer([{ label: 'new', probabilities: {} }], 1, ['a', 'b'], []);
    expect(scores.indexOf(1)).toBe(SCORE_BINS - 1);
  });

  it('puts a latency into the first bucket whose bound it does not exceed, or above all', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e5, noNaN: true }), (latencyMs) => {
        const { latency } = countAnswer([], latencyMs, [], []);
        expect(latency).toHaveLength(LATENCY_BOUNDS.length + 1);
        expect(latency.reduce((sum, count) => sum + count)).toBe(1);
        const bucket = latency.indexOf(1);
        expect(latencyMs).toBeLessThanOrEqual(LATENCY_BOUNDS[bucket] ?? Number.POSITIVE_INFINITY);
        expect(latencyMs).toBeGreaterThan(LATENCY_BOUNDS[bucket - 1] ?? Number.NEGATIVE_INFINITY);
      }),
    );
  });
});

it('a request that could not be answered is a request and an error, and has no latency', () => {
  const { requests, errors, rows, latency } = countError();
  expect([requests, errors, rows, Math.max(...latency)]).toEqual([1, 1, 0, 0]);
});
