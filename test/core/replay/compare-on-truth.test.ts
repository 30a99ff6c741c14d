import { describe, expect, it } from 'vitest';
import { compareOnTruth, type JudgedRow, truthVerdict } from '#core/replay/compare-on-truth.ts';
import type { TruthComparison } from '#core/replay/report.ts';

const binary = (before: number, after: number, actual: boolean): JudgedRow => ({
  before: { probability: before, margin: 0, positive: before >= 0.5 },
  after: { probability: after, margin: 0, positive: after >= 0.5 },
  actual,
});
const compare = (rows: JudgedRow[]) =>
  compareOnTruth('binary', rows, { metric: 'logLoss' }) as TruthComparison;

describe('answers against what happened', () => {
  it('say nothing when nothing is known', () => {
    expect(compareOnTruth('binary', [], { metric: 'logLoss' })).toBeNull();
  });

  it('of a binary model: log loss, Brier score, AUC and the share of right decisions', () => {
    const found = compare([binary(0.5, 0.8, true), binary(0.5, 0.4, false), binary(0.25, 0.75, true)]);
    expect(found.rows).toBe(3);
    expect(found.right).toEqual({ before: 1 / 3, after: 1 });
    const [logLoss, brier, auc] = found.metrics;
    expect(logLoss).toMatchObject({ metric: 'logLoss' });
    expect(logLoss?.before).toBeCloseTo(-(2 * Math.log(0.5) + Math.log(0.25)) / 3, 12);
    expect(logLoss?.after).toBeCloseTo(-(Math.log(0.8) + Math.log(0.6) + Math.log(0.75)) / 3, 12);
    expect(brier).toMatchObject({ metric: 'brier' });
    expect(brier?.before).toBeCloseTo((0.25 + 0.25 + 0.5625) / 3, 12);
    expect(auc).toMatchObject({ metric: 'auc', before: 0.25, after: 1 });
  });

  it('of a regression: the loss that it was trained for first', () => {
    const row = (before: number, after: number, actual: number) => ({
      before: { value: before },
      after: { value: after },
      actual,
    });
    const rows = [row(1, 2, 3), row(5, 4, 4)];
    const found = compareOnTruth('regression', rows, { metric: 'pinball', quantile: 0.9 });
    expect(found?.right).toEqual({ before: null, after: null });
    expect(found?.metrics.map(({ metric, before, after }) => [metric, before, after])).toEqual([
      ['pinball', (0.9 * 2 + 0.1 * 1 - 0) / 2, (0.9 * 1) / 2].map((v) =>
        typeof v === 'number' ? expect.closeTo(v, 12) : v,
      ),
      ['mse', 2.5, 0.5],
      ['mae', 1.5, 0.5],
    ]);
  });

  it('of a multiclass model: a class that a version does not know has probability 0 there', () => {
    const rows = [
      {
        before: { label: 'a', probabilities: { a: 1 } },
        after: { label: 'b', probabilities: { a: 0.5, b: 0.5 } },
        actual: 'b',
      },
    ];
    const found = compareOnTruth('multiclass', rows, { metric: 'logLoss' });
    expect(found?.right).toEqual({ before: 0, after: 1 });
    expect(found?.metrics[0]?.after).toBeCloseTo(Math.log(2), 12);
    expect(found?.metrics[0]?.before).toBeGreaterThan(30);
  });
});

describe('the sentence on truth', () => {
  const rows = (before: (index: number) => number, after: (index: number) => number) =>
    Array.from({ length: 200 }, (_, index) => binary(before(index), after(index), index % 2 === 0));
  const near = (index: number) => (index % 2 === 0 ? 0.8 : 0.2) + (index % 5) / 100;
  const far = (index: number) => (index % 2 === 0 ? 0.6 : 0.4) + (index % 7) / 100;
  const wavering = (index: number) =>
    near(index) + (index % 3 === 0 ? 0.1 : -0.05) * (index % 2 === 0 ? 1 : -1);
  const sentence = (before: typeof near, after: typeof near) =>
    truthVerdict('m@2', compare(rows(before, after)));

  it.each([
    [
      'a better version',
      far,
      near,
      /^m@2 is better: logLoss 0\.\d+ against 0\.\d+ of the 200 rows .*, lower by at least 0\.\d+ \(95 %/,
    ],
    [
      'a worse version',
      near,
      far,
      /^m@2 is worse: logLoss .*, higher by at least 0\.\d+ \(95 % confidence\)\.$/,
    ],
    ['the same', near, near, /^m@2 has the same logLoss /],
    ['what chance can explain', wavering, near, /^Neither is surely better: /],
  ])('tells %s', (_, before, after, expected) => {
    expect(sentence(before, after)).toMatch(expected);
  });

  it('says when the rows define nothing', () => {
    const undefinedOnes = {
      metric: 'poissonDeviance',
      before: null,
      after: null,
      difference: null,
      bound: null,
    };
    const truth = { rows: 5, right: { before: null, after: null }, metrics: [undefinedOnes] };
    expect(truthVerdict('m@2', truth)).toBe(
      'Nothing can be said of the 5 rows whose truth is in: they do not define poissonDeviance.',
    );
  });
});
