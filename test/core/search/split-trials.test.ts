import { describe, expect, it } from 'vitest';
import { splitTrials } from '#core/search/split-trials.ts';
import { oracle } from '#test/fixtures/search/optuna.ts';
import { failed, result } from '#test/fixtures/search/results.ts';

describe('good trials', () => {
  it.each(oracle.splits.map((item) => ({ ...item, trials: item.results.length })))(
    "are Optuna's: $direction, $trials trials",
    ({ direction, results, good }) => {
      const split = splitTrials(
        results.map((item) => result(item.number, item.value, item)),
        [],
        direction,
      );
      expect(split?.good.map(({ number }) => number)).toEqual(good);
      expect(split?.other).toHaveLength(results.length - good.length);
    },
  );

  it('and the others hold no failed trial, and the others hold the batch in the making', () => {
    const finished = Array.from({ length: 10 }, (_, number) => result(number, number));
    const split = splitTrials([...finished, failed(10, 'x')], [result(11, null)], 'maximize');
    expect(split?.good.map(({ number }) => number)).toEqual([9]);
    expect(split?.other.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 11]);
  });
});
