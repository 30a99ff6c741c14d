import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ndcg } from '#core/monitor/ndcg.ts';

describe('ndcg', () => {
  // sklearn.metrics.ndcg_score([gains], [ranking])
  it.each([
    [[5, 3, 2, 1], [5, 3, 2, 1], 1],
    [[5, 3, 2, 1], [1, 2, 3, 5], 0.7106705819777582],
    [[0.4, 0.3, 0.2, 0.1, 0], [0.1, 0.5, 0.5, 0.2, 0], 0.8602526142827062],
    [[1, 0, 0], [0, 0, 0], 0.7103099178571524],
    [[3, 2, 1], [2, 2, 2], 0.894999002123018],
  ])('of gains %j in the order of %j is what scikit-learn gives', (gains, ranking, expected) => {
    expect(ndcg(gains, ranking)).toBeCloseTo(expected, 12);
  });

  it('of one thing that matters is 1, and of things of which none does is not known', () => {
    expect(ndcg([0.3], [0])).toBe(1);
    expect(ndcg([0, 0], [1, 2])).toBeNull();
    expect(ndcg([], [])).toBeNull();
  });

  it('is never above 1, were it by rounding', () => {
    // 0.1 six times is not 0.6.
    expect(ndcg(new Array(6).fill(0.1), [6, 5, 4, 3, 2, 1])).toBe(1);
  });

  const gains = fc.array(
    fc.record({ gain: fc.integer({ min: 0, max: 9 }), place: fc.integer({ min: 0, max: 5 }) }),
    {
      minLength: 1,
    },
  );
  it('is from 0 to 1, 1 in the best order, and does not depend on the order of the things', () => {
    fc.assert(
      fc.property(gains, (things) => {
        const of = (list: typeof things) =>
          ndcg(
            list.map(({ gain }) => gain),
            list.map(({ place }) => place),
          );
        const value = of(things);
        fc.pre(value !== null);
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThanOrEqual(1);
        expect(of([...things].reverse())).toBeCloseTo(value as number, 12);
        const best = things.map(({ gain }) => gain);
        expect(ndcg(best, best)).toBe(1);
      }),
    );
  });
});
