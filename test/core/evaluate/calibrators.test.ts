import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '#core/errors.ts';
import { applyCalibration, fitIsotonic, fitPlatt } from '#core/evaluate/calibrators.ts';
import { evaluateBinary } from '#core/evaluate/evaluate-binary.ts';
import { seededRandom } from '#core/random/seeded-random.ts';
import { expectEqual, oracle } from '#test/fixtures/evaluate/evaluate.ts';

describe.each(Object.entries(oracle.calibration))('calibration of %s equals scikit-learn', (_, sample) => {
  const { labels, probabilities, asked } = sample;

  it('isotonic: points and answers', () => {
    const calibration = fitIsotonic(labels, probabilities);
    expect(calibration.x).toEqual(sample.isotonic.x);
    expect(calibration.y).toHaveLength(sample.isotonic.y.length);
    for (const [index, y] of calibration.y.entries()) expectEqual(y, sample.isotonic.y[index] as number);
    for (const [index, probability] of asked.entries()) {
      expectEqual(applyCalibration(calibration, probability), sample.isotonic.answers[index] as number);
    }
  });

  it('Platt: the optimum, and to the digits that its own search has, scikit-learn', () => {
    const { a, b } = fitPlatt(labels, probabilities);
    expectEqual(a, sample.platt.a);
    expectEqual(b, sample.platt.b);
    expect(Math.abs(a - sample.platt.sklearn.a)).toBeLessThan(1e-8);
    expect(Math.abs(b - sample.platt.sklearn.b)).toBeLessThan(1e-8);
  });
});

/** Rows with ties, probabilities 0 and 1 among them. */
const scored = fc.array(
  fc.record({
    label: fc.constantFrom(0, 1),
    probability: fc.oneof(
      fc.integer({ min: 0, max: 10 }).map((tenth) => tenth / 10),
      fc.double({ min: 0, max: 1, noNaN: true }),
    ),
  }),
  { minLength: 1, maxLength: 40 },
);
const fits = { isotonic: fitIsotonic, Platt: fitPlatt };

describe.each(Object.entries(fits))('%s calibration', (_, learn) => {
  const fitRows = (rows: { label: number; probability: number }[]) =>
    learn(
      rows.map(({ label }) => label),
      rows.map(({ probability }) => probability),
    );

  it('gives probabilities that never fall as the probability rises', () => {
    const pair = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(scored, pair, (rows, pairOf) => {
        const calibration = fitRows(rows);
        const [low, high] = pairOf.toSorted((a, b) => a - b) as [number, number];
        const [from, to] = [applyCalibration(calibration, low), applyCalibration(calibration, high)];
        expect(from).toBeGreaterThanOrEqual(0);
        expect(from).toBeLessThanOrEqual(to);
        expect(to).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('does not depend on the order of rows', () => {
    const shuffled = scored.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
    );
    fc.assert(
      fc.property(shuffled, ([rows, others]) => {
        const [one, two] = [fitRows(rows), fitRows(others)];
        for (const probability of [0, 0.25, 0.5, 0.9, 1]) {
          expect(applyCalibration(one, probability)).toBeCloseTo(applyCalibration(two, probability), 7);
        }
      }),
    );
  });

  it('survives JSON, as a bundle keeps it', () => {
    const calibration = learn([0, 1, 0, 1], [0.1, 0.4, 0.6, 0.9]);
    const kept = JSON.parse(JSON.stringify(calibration));
    expect(kept).toEqual(calibration);
    expect(applyCalibration(kept, 0.7)).toBe(applyCalibration(calibration, 0.7));
  });

  it('makes overconfident probabilities honest: less log loss and calibration error on new rows', () => {
    const random = seededRandom('overconfident');
    const draw = (rows: number) => {
      const odds = Array.from({ length: rows }, () => random.normal());
      return {
        labels: odds.map((odd) => Number(random.uniform() < 1 / (1 + Math.exp(-odd)))),
        probabilities: odds.map((odd) => 1 / (1 + Math.exp(-3 * odd))),
      };
    };
    const [known, fresh] = [draw(2000), draw(4000)];
    const calibration = learn(known.labels, known.probabilities);
    const before = evaluateBinary(fresh.labels, fresh.probabilities).metrics;
    const after = evaluateBinary(
      fresh.labels,
      fresh.probabilities.map((probability) => applyCalibration(calibration, probability)),
    ).metrics;
    expect(after.logLoss.high).toBeLessThan(before.logLoss.low as number);
    expect(after.ece.value).toBeLessThan(0.3 * (before.ece.value as number));
  });

  it.each([
    ['no rows', [], [], 'labels: expected at least 1 row, got 0 rows'],
    ['other lengths', [0, 1], [0.5], 'probabilities: expected 2 values, as many as labels, got 1 values'],
    ['a label 2', [2], [0.5], 'labels[0]: expected 0 or 1, got 2'],
    ['NaN', [1], [Number.NaN], 'probabilities[0]: expected a probability in [0, 1], got NaN'],
  ])('refuses %s', (_name, labels, probabilities, message) => {
    expect(() => learn(labels, probabilities)).toThrow(InvalidInputError);
    expect(() => learn(labels, probabilities)).toThrow(message);
  });
});

describe('isotonic calibration', () => {
  it('takes rows of equal probability as one', () => {
    expect(fitIsotonic([1, 0, 1, 1], [0.3, 0.3, 0.6, 0.6])).toEqual({
      kind: 'isotonic',
      x: [0.3, 0.6],
      y: [0.5, 1],
    });
  });

  it('of labels that fall is their share everywhere', () => {
    expect(fitIsotonic([1, 1, 0], [0.1, 0.5, 0.9])).toEqual({
      kind: 'isotonic',
      x: [0.1, 0.9],
      y: [2 / 3, 2 / 3],
    });
  });

  it('answers beyond its rows as at their ends, between them on a line', () => {
    const calibration = fitIsotonic([0, 1], [0.25, 0.75]);
    expect([0, 0.25, 0.375, 0.5, 0.75, 1].map((at) => applyCalibration(calibration, at))).toEqual([
      0, 0, 0.25, 0.5, 1, 1,
    ]);
  });

  it('rises to a point without passing it by a rounding error', () => {
    const calibration = { kind: 'isotonic', x: [0.2, 0.9], y: [3 / 7, 23 / 24] } as const;
    expect(applyCalibration(calibration, 0.9 - 2 ** -53)).toBeLessThanOrEqual(23 / 24);
  });

  it('of one class is that class', () => {
    expect(applyCalibration(fitIsotonic([1, 1], [0.2, 0.8]), 0.1)).toBe(1);
    expect(applyCalibration(fitIsotonic([0, 0], [0.2, 0.8]), 0.9)).toBe(0);
  });

  it('is no farther from the labels than any other rising answer', () => {
    const rising = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(scored, rising, (rows, others) => {
        const sorted = others.toSorted((a, b) => a - b);
        const distinct = [...new Set(rows.map(({ probability }) => probability))].toSorted((a, b) => a - b);
        const calibration = fitIsotonic(
          rows.map(({ label }) => label),
          rows.map(({ probability }) => probability),
        );
        const distance = (answer: (probability: number) => number) =>
          rows.reduce((sum, { label, probability }) => sum + (label - answer(probability)) ** 2, 0);
        expect(distance((at) => applyCalibration(calibration, at))).toBeLessThanOrEqual(
          distance((at) => sorted[distinct.indexOf(at)] as number) + 1e-9,
        );
      }),
    );
  });
});

describe('Platt calibration', () => {
  it('of labels that fall is flat at their share instead of turning the ranking round', () => {
    const calibration = fitPlatt([1, 1, 0, 0], [0.1, 0.2, 0.8, 0.9]);
    expect(calibration.a).toBe(0);
    expectEqual(applyCalibration(calibration, 0.1), 0.5);
    expectEqual(applyCalibration(calibration, 0.9), 0.5);
  });

  it('of one class stops short of 0 and 1 by the prior: 4 of 4 positives is 5 in 6', () => {
    const calibration = fitPlatt([1, 1, 1, 1], [0.2, 0.4, 0.6, 0.8]);
    expectEqual(applyCalibration(calibration, 0.3), 5 / 6);
  });

  it('of equal probabilities is the mean of the targets', () => {
    const mean = (3 * (4 / 5) + 1 / 3) / 4;
    expectEqual(applyCalibration(fitPlatt([1, 1, 1, 0], Array(4).fill(0.7)), 0.7), mean);
  });

  it('of perfect separation, probabilities 0 and 1 among them, is finite', () => {
    const { a, b } = fitPlatt([0, 0, 1, 1], [0, 0.1, 0.9, 1]);
    expect(a).toBeLessThan(0);
    expect(Number.isFinite(a) && Number.isFinite(b)).toBe(true);
  });
});

describe('Platt calibration of equal probabilities', () => {
  it('is flat at the mean of the targets, in whatever order the labels come', () => {
    const flat = fitPlatt([0, 0, 1, 0, 0], [0, 0, 0, 0, 0]);
    expect(flat.a).toBe(0);
    expect(fitPlatt([0, 1, 0, 0, 0], [0, 0, 0, 0, 0])).toEqual(flat);
    // Targets 2/3 for the one positive and 1/6 for each of the four others.
    const mean = (2 / 3 + 4 / 6) / 5;
    for (const probability of [0, 0.3, 1]) expect(applyCalibration(flat, probability)).toBeCloseTo(mean, 12);
  });

  it('is flat also where equal odds do not add up exactly', () => {
    for (const probability of [0.1, 0.3, 0.7]) {
      for (const rows of [3, 7, 11, 101]) {
        const labels = Array.from({ length: rows }, (_, row) => Number(row % 3 === 0));
        expect(fitPlatt(labels, new Array(rows).fill(probability)).a, `${rows} x ${probability}`).toBe(0);
      }
    }
  });
});
