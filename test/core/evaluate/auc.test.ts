import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delongPaired } from '#core/evaluate/auc.ts';
import { evaluateBinary } from '#core/evaluate/evaluate-binary.ts';
import { normalQuantile } from '#core/evaluate/normal.ts';
import { seededRandom } from '#core/random/seeded-random.ts';
import { expectClose, oracle } from '#test/core/fixtures/statistics/statistics.ts';
import { oracle as published } from '#test/fixtures/evaluate/evaluate.ts';

const auc = (labels: number[], probabilities: number[]) => evaluateBinary(labels, probabilities).metrics.auc;

/** Rows with many ties and at least one row of each class. */
const scoredRows = fc
  .array(fc.record({ label: fc.constantFrom(0, 1), grid: fc.integer({ min: 0, max: 20 }) }), {
    minLength: 1,
    maxLength: 60,
  })
  .map((rows) => [{ label: 0, grid: 7 }, { label: 1, grid: 9 }, ...rows])
  .map((rows) => ({
    labels: rows.map(({ label }) => label),
    probabilities: rows.map(({ grid }) => grid / 20),
  }));

describe.each(Object.entries(oracle.cases))('AUC of %s', (_, sample) => {
  const { labels, probabilities, other } = sample;

  it('equals scikit-learn, with the interval of DeLong written out', () => {
    const { value, low, high } = auc(labels, probabilities);
    const reach = normalQuantile(0.975) * Math.sqrt(sample.aucVariance);
    expectClose(value, sample.auc);
    expectClose(low, Math.max(0, sample.auc - reach));
    expectClose(high, Math.min(1, sample.auc + reach));
  });

  it('differs from a second model by what DeLong written out says', () => {
    const paired = delongPaired(labels, probabilities, other);
    expectClose(paired?.first ?? null, sample.auc);
    expectClose(paired?.second ?? null, sample.otherAuc);
    expectClose(paired?.difference ?? null, sample.auc - sample.otherAuc);
    expectClose(paired?.variance ?? null, sample.differenceVariance);
  });
});

describe.each(Object.entries(published.delong))('paired AUC of %s', (_, sample) => {
  it('equals a published implementation of Sun and Xu', () => {
    const paired = delongPaired(sample.labels, sample.first, sample.second);
    expectClose(paired?.first ?? null, sample.areas[0]);
    expectClose(paired?.second ?? null, sample.areas[1]);
    expectClose(paired?.variance ?? null, sample.differenceVariance);
  });
});

describe('AUC', () => {
  it('of the four rows of the scikit-learn manual is 0.75', () => {
    expect(auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).value).toBe(0.75);
  });

  it('has an interval that stays within [0, 1]', () => {
    expect(auc([0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.5, 0.4, 0.8, 0.9]).high).toBe(1);
    expect(auc([1, 1, 1, 0, 0, 0], [0.1, 0.2, 0.5, 0.4, 0.8, 0.9]).low).toBe(0);
  });

  it('depends on the ranking alone: any rising map leaves it as it is', () => {
    fc.assert(
      fc.property(scoredRows, ({ labels, probabilities }) => {
        const mapped = probabilities.map((probability) => 0.1 + 0.5 * probability ** 3);
        expect(auc(labels, mapped)).toEqual(auc(labels, probabilities));
      }),
    );
  });

  it('of swapped labels is 1 - AUC', () => {
    fc.assert(
      fc.property(scoredRows, ({ labels, probabilities }) => {
        const swapped = labels.map((label) => 1 - label);
        expectClose(auc(swapped, probabilities).value, 1 - (auc(labels, probabilities).value as number));
      }),
    );
  });

  it('covers the true AUC in about 95 of 100 samples', () => {
    const random = seededRandom('coverage');
    const truth = 0.8;
    const shift = Math.SQRT2 * normalQuantile(truth);
    let covered = 0;
    for (let sample = 0; sample < 1000; sample++) {
      const labels = Array.from({ length: 200 }, (_, row) => Number(row % 3 === 0));
      const { low, high } = auc(
        labels,
        labels.map((label) => 1 / (1 + Math.exp(-random.normal() - shift * label))),
      );
      if ((low as number) <= truth && truth <= (high as number)) covered++;
    }
    expect(covered).toBeGreaterThan(930);
    expect(covered).toBeLessThan(970);
  });
});

describe('AUC where DeLong has no variance', () => {
  const rows = (positives: number[], negatives: number[]) =>
    auc([...positives.map(() => 1), ...negatives.map(() => 0)], [...positives, ...negatives]);
  const newcombe = (value: number, m: number) =>
    oracle.newcombe.find(([v, p]) => v === value && p === m) as number[];

  it.each([
    ['perfect separation', 1, 5, rows(Array(5).fill(0.9), Array(7).fill(0.2))],
    ['perfectly wrong', 0, 5, rows(Array(5).fill(0.2), Array(7).fill(0.9))],
    ['all rows tied', 0.5, 20, rows(Array(20).fill(0.4), Array(30).fill(0.4))],
    ['one positive', 0.75, 1, rows([0.5], [0.1, 0.2, 0.3, 0.8])],
  ])('%s: Newcombe gives an interval with a width', (_, value, positives, estimate) => {
    const [, , , low, high] = newcombe(value, positives);
    expect(estimate.value).toBe(value);
    expectClose(estimate.low, low as number);
    expectClose(estimate.high, high as number);
  });
});

describe('paired AUC', () => {
  it('of a class without rows is null', () => {
    expect(delongPaired([1, 1], [0.2, 0.3], [0.4, 0.5])).toBeNull();
  });

  it('of a class of one row has no variance', () => {
    expect(delongPaired([1, 0, 0], [0.9, 0.1, 0.2], [0.9, 0.1, 0.95])).toEqual({
      first: 1,
      second: 0.5,
      difference: 0.5,
      variance: null,
    });
  });
});
