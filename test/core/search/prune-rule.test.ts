import { describe, expect, it } from 'vitest';
import { boostingPruning, type PruningBar, pruneRule } from '#core/search/index.ts';
import { oracle } from '#test/fixtures/search/optuna.ts';
import { failed, result } from '#test/fixtures/search/results.ts';

const options = {
  candidate: 'xgboost',
  direction: 'maximize',
  warmupRounds: 2,
  everyRounds: 2,
  startupTrials: 3,
} as const;
const curve = (number: number, ...values: number[]) =>
  result(number, values.at(-1) as number, { curve: values.map((value, round) => [round, value] as const) });
const rising = [curve(0, 1, 2, 3, 4, 5), curve(1, 2, 3, 4, 5, 6), curve(2, 0, 1, 2, 3, 4)];

describe('median stopping', () => {
  it.each(oracle.prunings.map((item) => ({ ...item, elders: item.history.length })))(
    "stops trials where Optuna's MedianPruner does: $direction, $elders elders",
    ({ direction, history, trials }) => {
      const results = history.map((values, number) => curve(number, ...values));
      const rule = pruneRule(results, {
        ...options,
        direction,
        warmupRounds: 4,
        everyRounds: 3,
        startupTrials: 5,
      });
      const stops = trials.map(({ values }) => {
        const worse = ({ round, value }: PruningBar) => {
          const bests = values.slice(0, round + 1);
          return direction === 'maximize' ? Math.max(...bests) < value : Math.min(...bests) > value;
        };
        return rule.find(worse)?.round ?? null;
      });
      expect(stops).toEqual(trials.map(({ stopped }) => stopped));
    },
  );

  it('checks from the warm-up on, at every interval, up to the longest elder', () => {
    expect(pruneRule(rising, options)).toEqual([
      { round: 2, value: 3 },
      { round: 4, value: 5 },
    ]);
  });

  it('takes the best so far, not the last value', () => {
    const falling = [curve(0, 9, 1, 1, 1), curve(1, 8, 1, 1, 1), curve(2, 7, 1, 1, 1)];
    expect(pruneRule(falling, options)).toEqual([{ round: 2, value: 8 }]);
    const losses = [curve(0, 1, 9, 9, 9), curve(1, 2, 9, 9, 9), curve(2, 3, 9, 9, 9)];
    expect(pruneRule(losses, { ...options, direction: 'minimize' })).toEqual([{ round: 2, value: 2 }]);
  });

  it('keeps the best of a trial that stopped early by itself', () => {
    expect(pruneRule([...rising.slice(1), curve(3, 50)], options)).toEqual([
      { round: 2, value: 4 },
      { round: 4, value: 6 },
    ]);
  });

  it('takes the mean of the two in the middle', () => {
    expect(pruneRule([...rising, curve(3, 5, 5, 5, 5, 9)], options).at(-1)).toEqual({ round: 4, value: 5.5 });
  });

  it('stops nothing before enough trials are completed; failed and pruned ones and other algorithms do not count', () => {
    const others = [
      failed(3, 'x'),
      { ...curve(4, 9, 9, 9), status: 'pruned' } as const,
      { ...curve(5, 9, 9, 9), candidate: 'linear' },
    ];
    expect(pruneRule([...rising.slice(1), ...others], options)).toEqual([]);
    expect(pruneRule([...rising, ...others], options)).toEqual(pruneRule(rising, options));
  });

  it('stops nothing when no elder tells its rounds', () => {
    expect(pruneRule([result(0, 1), result(1, 1), result(2, 1)], options)).toEqual([]);
    expect(pruneRule([...rising, result(3, 9, { curve: [] })], options)).toEqual(pruneRule(rising, options));
  });

  it('stops nothing at rounds that no elder has reached', () => {
    const late = [0, 1, 2].map((number) => result(number, 1, { curve: [[4, number]] }));
    expect(pruneRule(late, options)).toEqual([{ round: 4, value: 1 }]);
  });

  it('lets boosted trees that start slowly grow for a third of their rounds', () => {
    const climb = (number: number, rate: number, end: number) =>
      curve(number, ...Array.from({ length: 300 }, (_, round) => end * (1 - Math.exp(-rate * round))));
    const quick = [0, 1, 2, 3, 4].map((number) => climb(number, 0.1, 0.7));
    const slow = climb(5, 0.03, 0.75).curve ?? [];
    const isStopped = (pruning: typeof usual) =>
      pruneRule(quick, { ...options, ...pruning }).some(
        ({ round, value }) => (slow[round]?.[1] as number) < value,
      );
    const usual = boostingPruning(300);
    expect(isStopped(usual)).toBe(false);
    expect(isStopped({ ...usual, warmupRounds: 10 })).toBe(true);
    expect(boostingPruning(10).warmupRounds).toBe(4);
  });

  it('does not depend on the order of the results', () => {
    expect(pruneRule(rising.toReversed(), options)).toEqual(pruneRule(rising, options));
  });
});
