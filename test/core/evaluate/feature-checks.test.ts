import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concordance } from '#core/evaluate/concordance.ts';
import { checkFeatures, type FeatureCheck } from '#core/evaluate/feature-checks.ts';
import { seededRandom } from '#core/random/seeded-random.ts';
import type { Task } from '#core/spec/task.ts';
import type { EncodedRows } from '#core/training/training-sets.ts';
import { judging } from '#test/fixtures/judging/judging.ts';

describe('concordance', () => {
  const { values, numbers, binary, somersd, auc } = judging.concordance;

  it("is scikit-learn's AUC for two labels", () => {
    expect(concordance(values, binary, 1)).toBeCloseTo(auc, 12);
  });

  it("is (Somers' D + 1) / 2 for numbers (scipy)", () => {
    expect(concordance(values, numbers, 1)).toBeCloseTo((somersd + 1) / 2, 12);
  });

  it('is what counting every pair gives', () => {
    const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(-Infinity, Infinity, -0, 0.5));
    fc.assert(
      fc.property(fc.array(fc.tuple(value, fc.integer({ min: 0, max: 4 })), { maxLength: 25 }), (pairs) => {
        let [won, all] = [0, 0];
        for (const [x, y] of pairs) {
          for (const [u, v] of pairs) {
            if (y <= v) continue;
            all++;
            won += x > u ? 1 : x === u ? 0.5 : 0;
          }
        }
        const found = concordance(
          pairs.map(([x]) => x),
          pairs.map(([, y]) => y),
          1,
        );
        if (all === 0) expect(found).toBeNull();
        else expect(found).toBeCloseTo(won / all, 12);
      }),
    );
  });

  it('is not defined with fewer rows beside the most frequent label than asked for', () => {
    const labels = Array.from({ length: 100 }, (_, row) => Number(row < 9));
    expect(concordance(labels, labels, 10)).toBeNull();
    expect(concordance(labels, labels, 9)).toBe(1);
  });
});

/** One feature's rows from what a seeded draw says of each: [value, label]. */
function drawn(rows: number, seed: string, draw: (random: () => number, row: number) => [number, number]) {
  const random = seededRandom(seed).uniform;
  const pairs = Array.from({ length: rows }, (_, row) => draw(random, row));
  return {
    rows,
    values: Float32Array.from(pairs, ([value]) => value),
    labels: Float32Array.from(pairs, ([, label]) => label),
  };
}

const check = (
  train: EncodedRows,
  test: EncodedRows,
  { task = 'binary', kind = 'number' }: { task?: Task; kind?: FeatureCheck['kind'] } = {},
) => checkFeatures([{ name: 'km', kind }], task, train, test)[0] as FeatureCheck;

/** A number that is larger where the label is true, by so much of its spread; `missing` of them are. */
const number = (rows: number, seed: string, lift: number, missing = 0) =>
  drawn(rows, seed, (random) => {
    const label = Number(random() < 0.3);
    const value = random() + lift * label;
    return [random() < missing ? Number.NaN : value, label];
  });

describe('the strength of a feature', () => {
  it('is 1 for the label itself, whichever way round', () => {
    for (const sign of [1, -1]) {
      const same = drawn(500, 'same', (random) => {
        const label = Number(random() < 0.3);
        return [sign * label, label];
      });
      expect(check(same, same).strength).toBe(1);
    }
  });

  it('is about 0.5 for a number that says nothing', () => {
    const { strength, train, test } = check(number(20_000, 'a', 0), number(20_000, 'b', 0));
    expect(strength).toBeLessThan(0.52);
    expect(train.low).toBeLessThan(0.5);
    expect(test.high).toBeGreaterThan(0.5);
  });

  it('is that of the newest rows when only they have the leak, or only the older ones', () => {
    const [clean, leaked] = [number(2000, 'clean', 0), number(2000, 'leaked', 5)];
    expect(check(clean, leaked).strength).toBe(1);
    expect(check(leaked, clean).strength).toBe(1);
  });

  it('sees the label in what is missing, and in what is not', () => {
    const onlyTrueHaveIt = drawn(2000, 'ends', (random) => {
      const label = Number(random() < 0.3);
      return [label ? random() : Number.NaN, label];
    });
    expect(check(onlyTrueHaveIt, onlyTrueHaveIt).strength).toBe(1);
    const halfMissing = number(2000, 'half', 5, 0.5);
    expect(check(halfMissing, halfMissing).strength).toBe(1);
  });

  it('of a few rows that happen to be ranked well is none', () => {
    const rare = drawn(2000, 'rare', (_, row) => [
      row < 9 ? row : Number.NaN,
      Number(row >= 5 && row % 3 > 0),
    ]);
    expect(check(rare, rare).strength).toBeLessThan(0.55);
    const few = drawn(2000, 'few', (_, row) => [row, Number(row >= 1991)]);
    expect(check(few, few).strength).toBeNull();
  });

  it('of a categorical is that of its levels, learned on other rows than it is judged on', () => {
    const levels = (seed: string, rows: number, count: number, says: number) =>
      drawn(rows, seed, (random) => {
        const level = Math.floor(random() * count);
        return [level, Number(random() < (level % 2 ? 0.5 + says : 0.5 - says))];
      });
    const kind = 'categorical';
    expect(check(levels('a', 4000, 10, 0.5), levels('b', 4000, 10, 0.5), { kind }).strength).toBe(1);
    // As many levels as rows: on the rows it was learned on it would look perfect.
    const { strength } = check(levels('c', 4000, 4000, 0), levels('d', 4000, 4000, 0), { kind });
    expect(strength).toBeLessThan(0.55);
  });

  it('of a multiclass label is that of the class it tells best', () => {
    const classes = drawn(3000, 'classes', (random) => {
      const label = Math.floor(random() * 3);
      return [label === 2 ? 1 : 0, label];
    });
    expect(check(classes, classes, { task: 'multiclass' }).strength).toBe(1);
  });

  it('of a number to predict is 1 for whatever rises with it', () => {
    const rising = drawn(1000, 'rising', (random) => {
      const label = random();
      return [Math.exp(label), label];
    });
    expect(check(rising, rising, { task: 'regression' }).strength).toBe(1);
  });
});

describe('a feature is inverted', () => {
  it('when it ranks one way in training and the other way in the newest rows', () => {
    const found = check(number(4000, 'a', 0.5), number(4000, 'b', -0.5));
    expect(found.train.low).toBeGreaterThan(0.7);
    expect(found.test.high).toBeLessThan(0.3);
    expect(found.inverted).toBeGreaterThan(0.25);
    expect(found.inverted).toBeCloseTo(
      Math.min((found.train.value as number) - 0.5, 0.5 - (found.test.value as number)),
      12,
    );
  });

  it('not when it goes on as before, or stops saying anything', () => {
    expect(check(number(4000, 'a', 0.5), number(4000, 'b', 0.4)).inverted).toBe(0);
    expect(check(number(4000, 'a', 0.5), number(4000, 'c', 0)).inverted).toBe(0);
  });

  it('not for a few days of odd weather: ten stretches of time must agree', () => {
    // The last three tenths rank strongly the other way, so that all test rows together do, too.
    const odd = drawn(4000, 'odd', (random, row) => {
      const label = Number(random() < 0.3);
      return [random() + (row < 2800 ? 0.05 : -2) * label, label];
    });
    expect(concordance(odd.values, odd.labels, 1)).toBeLessThan(0.45);
    expect(check(number(4000, 'a', 0.5), odd).inverted).toBe(0);
  });

  it('when levels that were late before are early now', () => {
    const levels = (seed: string, late: number) =>
      drawn(4000, seed, (random) => {
        const level = Math.floor(random() * 6);
        return [level, Number(random() < (level % 2 === late ? 0.7 : 0.2))];
      });
    const kind = 'categorical';
    expect(check(levels('a', 1), levels('b', 0), { kind }).inverted).toBeGreaterThan(0.1);
    expect(check(levels('a', 1), levels('b', 1), { kind }).inverted).toBe(0);
  });

  it('for one class of several, too', () => {
    const classes = (seed: string, sign: number) =>
      drawn(6000, seed, (random) => {
        const label = Math.floor(random() * 3);
        return [random() + (label === 2 ? sign * 0.5 : 0), label];
      });
    expect(check(classes('a', 1), classes('b', -1), { task: 'multiclass' }).inverted).toBeGreaterThan(0.2);
  });

  it('never surely when a stretch of time has one label only', () => {
    const oneLabel = drawn(4000, 'one', (random, row) => [random(), Number(row > 3000 && random() < 0.5)]);
    expect(check(number(4000, 'a', 0.5), oneLabel).test).toEqual({ value: null, low: null, high: null });
  });
});

describe('missing values', () => {
  it('are counted for each split', () => {
    const found = check(number(10_000, 'a', 0, 0.2), number(10_000, 'b', 0, 0.7));
    expect(found.missing.train).toBeCloseTo(0.2, 1);
    expect(found.missing.test).toBeCloseTo(0.7, 1);
  });

  it('everywhere leave nothing to rank, and no error', () => {
    const none = number(1000, 'a', 0, 1);
    expect(check(none, none)).toMatchObject({ missing: { train: 1, test: 1 }, strength: 0.5, inverted: 0 });
  });
});

it('a million rows are judged by 40,000 of them, evenly spaced', () => {
  const rows = 1_000_000;
  const labels = Float32Array.from({ length: rows }, (_, row) => Number(row % 3 === 0));
  // Every 25th row is looked at: only those are missing.
  const values = Float32Array.from({ length: rows }, (_, row) => (row % 25 === 0 ? Number.NaN : 1));
  const [found] = checkFeatures(
    [{ name: 'km', kind: 'number' }],
    'binary',
    { rows, values, labels },
    { rows, values, labels },
  );
  expect(found?.missing).toEqual({ train: 1, test: 1 });
});
