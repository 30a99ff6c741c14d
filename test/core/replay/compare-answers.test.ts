import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareAnswers, isChanged } from '#core/replay/compare-answers.ts';
import type { AnswerChange } from '#core/replay/report.ts';
import type { BinaryPrediction, MulticlassPrediction, Prediction } from '#core/serve/answer.ts';

const binary = (probability: number, positive = probability >= 0.5): BinaryPrediction => ({
  probability,
  margin: Math.log(probability / (1 - probability)),
  positive,
});
const value = (number: number) => ({ value: number });
const label = (name: string, probabilities: Record<string, number>): MulticlassPrediction => ({
  label: name,
  probabilities,
});
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

function compare<Task extends AnswerChange['task']>(task: Task, before: Prediction[], after: Prediction[]) {
  return compareAnswers(task, before, after) as Extract<AnswerChange, { task: Task }>;
}

describe('probabilities and decisions', () => {
  const change = compare(
    'binary',
    [binary(0.1), binary(0.2), binary(0.6), binary(0.9)],
    [binary(0.3), binary(0.7), binary(0.4), binary(0.9)],
  );

  it('count the decisions that turn, each way', () => {
    expect(change).toMatchObject({ rows: 4, equal: 1, changed: 2, toPositive: 1, toNegative: 1 });
    expect(change.positive).toEqual({ before: 2, after: 2 });
  });

  it('each version decides by its own threshold', () => {
    const turned = compare('binary', [binary(0.4, true)], [binary(0.4, false)]);
    expect(turned).toMatchObject({ equal: 1, changed: 1, toNegative: 1, toPositive: 0 });
    expect(turned.positive).toEqual({ before: 1, after: 0 });
  });

  it("the change has numpy's quantiles: of -0.2, 0, 0.2, 0.5", () => {
    const { min, p5, p25, p50, p75, p95, max } = change.difference;
    const found = [min, p5, p25, p50, p75, p95, max];
    for (const [index, expected] of [-0.2, -0.17, -0.05, 0.1, 0.275, 0.455, 0.5].entries())
      expect(found[index]).toBeCloseTo(expected, 12);
    expect(change.mean.before).toBeCloseTo(0.45, 12);
    expect(change.mean.after).toBeCloseTo(0.575, 12);
  });

  it('pictures count a probability at an edge above it, and 1 in the last bin', () => {
    const { scores } = compare(
      'binary',
      [binary(0), binary(0.05), binary(1)],
      [0.5, 0.5, 0.5].map((p) => binary(p)),
    );
    expect(scores.edges).toHaveLength(21);
    expect([scores.before[0], scores.before[1], scores.before[19]]).toEqual([1, 1, 1]);
    expect(scores.after[10]).toBe(3);
  });

  it('PSI over the deciles of the answers before: all of ten moved above the highest is 0.9999 ln 10000 and the rest', () => {
    const before = Array.from({ length: 10 }, (_, index) => binary((index + 1) / 100));
    const after = before.map(() => binary(0.5));
    // Nine bins of 0.1 become empty (floored at 1e-4), the last of 0.1 becomes 1.
    const expected = 9 * (1e-4 - 0.1) * Math.log(1e-4 / 0.1) + (1 - 0.1) * Math.log(1 / 0.1);
    expect(compare('binary', before, after).psi).toBeCloseTo(expected, 12);
  });
});

describe('values', () => {
  it('count the rows that move by more than a standard deviation of the answers before', () => {
    const before = [2, 4, 4, 4, 5, 5, 7, 9].map(value);
    const after = [2, 4, 4, 4, 5, 5, 9.1, 11].map(value);
    expect(compare('regression', before, after)).toMatchObject({
      deviation: 2,
      beyond: 1,
      rows: 8,
      equal: 6,
    });
  });

  it('of one value alone have a picture with a width', () => {
    const { scores, changes } = compare('regression', [value(3)], [value(3)]);
    expect([scores.edges[0], scores.edges.at(-1)]).toEqual([2.5, 3.5]);
    expect([changes.edges[0], changes.edges.at(-1)]).toEqual([-0.5, 0.5]);
  });

  it('outliers are in the outermost bins', () => {
    const before = [...Array.from({ length: 999 }, (_, index) => value(index)), value(1e9)];
    const { scores } = compare('regression', before, before);
    expect(scores.edges.at(-1)).toBeLessThan(1000);
    expect(sum(scores.before)).toBe(1000);
  });
});

describe('labels', () => {
  const before = [
    label('a', { a: 0.9, b: 0.1 }),
    label('a', { a: 0.6, b: 0.4 }),
    label('b', { a: 0.2, b: 0.8 }),
  ];
  const after = [
    label('a', { a: 0.9, b: 0.1 }),
    label('b', { a: 0.4, b: 0.6 }),
    label('c', { a: 0.1, b: 0.2, c: 0.7 }),
  ];

  it('count who was called what, and is now; a class that only one version knows is one of them', () => {
    const change = compare('multiclass', before, after);
    expect(change).toMatchObject({ rows: 3, changed: 2, equal: 1, labels: ['a', 'b', 'c'] });
    expect(change.confusion).toEqual([
      [1, 1, 0],
      [0, 0, 1],
      [0, 0, 0],
    ]);
  });
});

const answers: Record<AnswerChange['task'], fc.Arbitrary<Prediction>> = {
  binary: fc.record({
    probability: fc.double({ min: 0, max: 1, noNaN: true }),
    margin: fc.constant(0),
    positive: fc.boolean(),
  }),
  regression: fc.record({ value: fc.double({ min: -1e6, max: 1e6, noNaN: true }) }),
  multiclass: fc
    .constantFrom('a', 'b', 'c')
    .map((name) =>
      label(name, { a: Number(name === 'a'), b: Number(name === 'b'), c: Number(name === 'c') }),
    ),
};

describe.each(['binary', 'regression', 'multiclass'] as const)('any answers of a %s model', (task) => {
  it('against themselves change nothing', () => {
    fc.assert(
      fc.property(fc.array(answers[task], { minLength: 1, maxLength: 50 }), (before) => {
        const change = compareAnswers(task, before, structuredClone(before));
        expect(change).toMatchObject({ equal: before.length, rows: before.length, psi: 0 });
        expect(change.task === 'regression' ? change.beyond : change.changed).toBe(0);
        expect(before.some((answer) => isChanged(answer, structuredClone(answer)))).toBe(false);
      }),
    );
  });

  it('lose no row: every picture and table adds up to all of them', () => {
    const pairs = fc.array(fc.tuple(answers[task], answers[task]), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(pairs, (both) => {
        const change = compareAnswers(
          task,
          both.map(([before]) => before),
          both.map(([, after]) => after),
        );
        const counts =
          change.task === 'multiclass'
            ? [change.confusion.flat()]
            : [change.scores.before, change.scores.after, change.changes.counts];
        for (const bins of counts) expect(sum(bins)).toBe(both.length);
        if (change.task !== 'regression')
          expect(change.changed).toBe(both.filter(([before, after]) => isChanged(before, after)).length);
      }),
    );
  });
});
