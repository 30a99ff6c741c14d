import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  injectNulls,
  measureRobustness,
  NULL_SHARE,
  permuteColumn,
  type RobustnessInput,
} from '#core/evaluate/robustness.ts';
import type { Row } from '#core/expression/index.ts';
import { seededRandom } from '#core/random/seeded-random.ts';

const random = seededRandom('rows');
const rows: Row[] = Array.from({ length: 2000 }, () => ({ km: random.normal(), mm: random.normal() }));
const labels = rows.map(({ km }) => 2 * (km as number));

/** The model 2 km, to which mm says nothing; a missing km counts 0. Losses are squared errors. */
const encode = (given: readonly Row[]) =>
  Float32Array.from(given.flatMap(({ km, mm }) => [Number(km ?? Number.NaN), Number(mm ?? Number.NaN)]));
const lossesOf: RobustnessInput['lossesOf'] = (values, own) =>
  Float64Array.from(own, (label, row) => (label - 2 * (values[2 * row] || 0) - 1) ** 2);
const values = encode(rows);
const input: RobustnessInput = {
  seed: 1,
  features: ['km', 'mm'],
  nullable: ['km'],
  rows,
  values,
  labels,
  losses: lossesOf(values, labels),
  encode,
  lossesOf,
};

describe('nulls injected', () => {
  it('are a tenth of each column, drawn apart for each', () => {
    const changed = injectNulls(rows, ['km', 'mm'], 1);
    const lost = (column: string) => changed.flatMap((row, index) => (row[column] === null ? [index] : []));
    for (const column of ['km', 'mm']) {
      expect(lost(column).length).toBeGreaterThan(2000 * NULL_SHARE - 5 * Math.sqrt(180));
      expect(lost(column).length).toBeLessThan(2000 * NULL_SHARE + 5 * Math.sqrt(180));
    }
    expect(lost('km')).not.toEqual(lost('mm'));
    expect(injectNulls(rows, ['km', 'mm'], 1)).toEqual(changed);
    expect(injectNulls(rows, ['km', 'mm'], 2)).not.toEqual(changed);
  });

  it('leave other columns and the rows themselves as they are', () => {
    const before = structuredClone(rows);
    const changed = injectNulls(rows, ['km'], 1);
    expect(changed.map(({ mm }) => mm)).toEqual(rows.map(({ mm }) => mm));
    expect(rows).toEqual(before);
  });

  it('cost what the missing values are worth', () => {
    const { nulls } = measureRobustness(input);
    expect(nulls.columns).toEqual(['km']);
    expect(nulls.loss).toBeCloseTo(1, 6);
    // Without its value a row's error is 2 km - 1, whose square is 5 on average: a tenth of 4 more.
    expect(nulls.perturbed).toBeGreaterThan(1.3);
    expect(nulls.perturbed).toBeLessThan(1.5);
    expect(nulls.lost).toBeCloseTo(((nulls.perturbed as number) - 1) / 1, 5);
  });

  it('of no column cost nothing', () => {
    expect(measureRobustness({ ...input, nullable: [] }).nulls.lost).toBe(0);
  });
});

describe('a permuted feature', () => {
  it('costs what it is worth, one that says nothing costs nothing', () => {
    const { permutation } = measureRobustness(input);
    expect(permutation.map(({ feature }) => feature)).toEqual(['km', 'mm']);
    // 2 km - 2 km' has variance 8.
    expect(permutation[0]?.increase).toBeGreaterThan(7);
    expect(permutation[0]?.increase).toBeLessThan(9);
    expect(permutation[1]?.increase).toBe(0);
  });

  it('keeps its values, and every other feature keeps its place', () => {
    const matrix = fc.array(fc.tuple(fc.integer(), fc.integer(), fc.integer()), { minLength: 1 });
    fc.assert(
      fc.property(matrix, fc.integer({ min: 0, max: 2 }), fc.string(), (table, column, seed) => {
        const before = Float32Array.from(table.flat());
        const after = permuteColumn(before, 3, column, seed);
        const columnOf = (given: Float32Array, wanted: number) =>
          [...given].filter((_, at) => at % 3 === wanted);
        for (const other of [0, 1, 2].filter((index) => index !== column)) {
          expect(columnOf(after, other)).toEqual(columnOf(before, other));
        }
        const rise = (a: number, b: number) => a - b;
        expect(columnOf(after, column).sort(rise)).toEqual(columnOf(before, column).sort(rise));
        expect(permuteColumn(before, 3, column, seed)).toEqual(after);
      }),
    );
  });
});

describe('a shift in time', () => {
  const shift = (losses: number[] | null) =>
    measureRobustness({ ...input, losses: losses && Float64Array.from(losses) }).timeShift;

  it('is the rise of the loss from the older to the newer half', () => {
    expect(shift([1, 1, 1.5, 1.5])).toEqual({ older: 1, newer: 1.5, lost: 0.5 });
    expect(shift([2, 2, 1])).toMatchObject({ older: 2, newer: 1.5, lost: -0.25 });
  });

  it('has an answer for a perfect older half: nothing lost, or no share of nothing', () => {
    expect(shift([0, 0, 0, 0]).lost).toBe(0);
    expect(shift([0, 0, 1, 1]).lost).toBeNull();
  });

  it('is not defined without losses', () => {
    expect(shift(null)).toEqual({ older: null, newer: null, lost: null });
  });
});

it('scores 20,000 rows for a perturbation at most', () => {
  const many = Array.from({ length: 45_000 }, (_, index) => rows[index % 2000] as Row);
  const all = encode(many);
  const own = many.map(({ km }) => 2 * (km as number));
  const asked: number[] = [];
  const measured = measureRobustness({
    ...input,
    rows: many,
    values: all,
    labels: own,
    losses: lossesOf(all, own),
    lossesOf: (changed, some) => {
      asked.push(some.length);
      return lossesOf(changed, some);
    },
  });
  expect(measured.rows).toBe(20_000);
  expect(asked).toEqual([20_000, 20_000, 20_000]);
});
