import { describe, expect, it } from 'vitest';
import { defaultSpace } from '#core/search/index.ts';
import { AlgorithmSpec } from '#core/spec/algorithm.ts';

describe('the default space', () => {
  it.each(['xgboost', 'forest', 'linear'] as const)('of %s holds settings that a spec accepts', (kind) => {
    for (const rows of [100, 5000, 10_000_000]) {
      const ends = Object.entries(defaultSpace(kind, { rows })).map(([name, space]) => {
        if (space.kind === 'choice') throw new TypeError(`${name}: expected a range`);
        expect(space.low).toBeLessThan(space.high);
        if (space.log) expect(space.low).toBeGreaterThan(0);
        return [name, space.low, space.high] as const;
      });
      for (const end of [1, 2] as const) {
        const setting = Object.fromEntries(ends.map((range) => [range[0], range[end]]));
        expect(AlgorithmSpec.parse({ kind, ...setting })).toMatchObject(setting);
      }
    }
  });

  it.each([
    [100, 5],
    [5000, 50],
    [1_000_000, 100],
  ])('of trees asks %d rows for leaves of at most %d weight', (rows, heaviest) => {
    for (const kind of ['xgboost', 'forest'] as const) {
      expect(defaultSpace(kind, { rows }).minChildWeight).toMatchObject({ low: 1, high: heaviest });
    }
  });
});
