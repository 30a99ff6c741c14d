import { describe, expect, it } from 'vitest';
import { type ParameterSpaces, proposeTrials, type TrialResult } from '#core/search/index.ts';
import { oracle } from '#test/fixtures/search/optuna.ts';
import { completed } from '#test/fixtures/search/results.ts';

type Point = Readonly<Record<string, unknown>>;
const x = (point: Point, name: string) => point[name] as number;

function branin(point: Point): number {
  const a =
    x(point, 'y') - (5.1 / (4 * Math.PI ** 2)) * x(point, 'x') ** 2 + (5 / Math.PI) * x(point, 'x') - 6;
  return a ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x(point, 'x')) + 10;
}

const functions: Record<'quadratic' | 'branin', { space: ParameterSpaces; of: (point: Point) => number }> = {
  quadratic: {
    space: Object.fromEntries([0, 1, 2, 3, 4].map((i) => [`x${i}`, { kind: 'float', low: -5, high: 5 }])),
    of: (point) => [0, 1, 2, 3, 4].reduce((sum, i) => sum + (x(point, `x${i}`) - i + 2) ** 2, 0),
  },
  branin: {
    space: { x: { kind: 'float', low: -5, high: 10 }, y: { kind: 'float', low: 0, high: 15 } },
    of: branin,
  },
};

/** Median over 30 seeds of the best value of 60 trials. */
function medianBest(name: keyof typeof functions, sampler: 'random' | 'tpe', parallel: number): number {
  const bests = Array.from({ length: 30 }, (_, seed) => {
    const history: TrialResult[] = [];
    while (history.length < 60) {
      const space = { candidates: { a: functions[name].space } };
      const batch = {
        space,
        sampler,
        seed,
        count: parallel,
        direction: 'minimize',
        history,
        first: [],
      } as const;
      history.push(
        ...proposeTrials(batch).map((trial) => completed(trial, functions[name].of(trial.parameters))),
      );
    }
    return Math.min(...history.map(({ value }) => value as number));
  }).sort((a, b) => a - b);
  return ((bests[14] as number) + (bests[15] as number)) / 2;
}

describe.each(['quadratic', 'branin'] as const)(
  'on the %s function, 60 trials, median of 30 seeds',
  (name) => {
    const theirs = oracle.searches[name];

    it("random search does as well as Optuna's", () => {
      const ratio = medianBest(name, 'random', 1) / theirs.RandomSampler;
      expect(ratio).toBeGreaterThan(0.6);
      expect(ratio).toBeLessThan(1.6);
    });

    it.each([1, 4])("TPE beats random search and keeps up with Optuna's, %d trials at once", (parallel) => {
      const best = medianBest(name, 'tpe', parallel);
      expect(best).toBeLessThan(0.7 * medianBest(name, 'random', 1));
      expect(best).toBeLessThan(1.5 * theirs.TPESampler);
    });
  },
);
