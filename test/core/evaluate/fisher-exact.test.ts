import { describe, expect, it } from 'vitest';
import { fisherExact } from '#core/evaluate/fisher-exact.ts';

describe('fisherExact', () => {
  // scipy.stats.fisher_exact([[hits, trials - hits], [other, others - other]], alternative='greater')
  it.each([
    [3, 200, 3, 10_000, 0.00014220225495857603],
    [1, 200, 1, 10_000, 0.038833103591470894],
    [40, 200, 1000, 10_000, 2.1502537486221585e-5],
    [10, 50, 20, 300, 0.004646824705534955],
    [500, 10_000, 300, 10_000, 2.6679358461478056e-13],
    [5, 5, 0, 5, 0.003968253968253969],
  ])('%i of %i beside %i of %i has the chance that scipy gives', (hits, trials, other, others, chance) => {
    const found = fisherExact({ hits, trials }, { hits: other, trials: others });
    expect(found / chance).toBeCloseTo(1, 8);
  });

  it('says nothing of a share that is not above the other', () => {
    expect(fisherExact({ hits: 1, trials: 100 }, { hits: 10, trials: 1000 })).toBe(1);
    expect(fisherExact({ hits: 0, trials: 100 }, { hits: 10, trials: 1000 })).toBe(1);
    expect(fisherExact({ hits: 0, trials: 0 }, { hits: 0, trials: 0 })).toBe(1);
  });
});
