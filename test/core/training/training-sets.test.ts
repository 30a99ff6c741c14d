import { describe, expect, it } from 'vitest';
import { signatureOf } from '#core/serve/signature-of.ts';
import { ParityError, requireParity } from '#core/training/evaluation.ts';
import { LABEL_COLUMN, SPLIT_COLUMN } from '#core/training/training-query.ts';
import { encodeSplits } from '#core/training/training-sets.ts';
import { tripsLate } from '#test/support/trips.ts';

const signature = signatureOf(tripsLate(), { city: ['south', 'north'], kind: ['day'] });
const columns = {
  [SPLIT_COLUMN]: ['train', 'validation', 'test', 'train'],
  [LABEL_COLUMN]: [1, 0, 1, 0],
  city: ['north', 'south', 'north', null],
  kind: ['day', 'night', 'day', null],
  km: [1, 2, 3, 1e300],
  express: [1, 0, 1, null],
  mm: [0.5, null, 1, 2],
};

describe('encodeSplits', () => {
  it('encodes the chosen splits’ rows in their order, with their labels', () => {
    const nan = Number.NaN;
    const { values, labels, rows } = encodeSplits(signature, columns, ['validation', 'train']);
    expect([rows, ...labels]).toEqual([3, 1, 0, 0]);
    expect([...values]).toEqual([1, 0, 1, 1, 0.5, 0, nan, 2, 0, nan, nan, nan, nan, nan, 2]);
  });

  it('gives no rows for a split without any', () => {
    expect(encodeSplits(signature, { ...columns, [SPLIT_COLUMN]: [] }, ['test'])).toMatchObject({ rows: 0 });
  });

  it.each([SPLIT_COLUMN, LABEL_COLUMN, 'km'])('refuses prepared rows without the column %s', (name) => {
    const { [name]: _, ...rest } = columns as Record<string, (string | number | null)[]>;
    expect(() => encodeSplits(signature, rest, ['train'])).toThrow(
      new TypeError(`the prepared rows have no column "${name}"`),
    );
  });
});

describe('requireParity', () => {
  const trained = Float32Array.of(1, Number.NaN, 3, 0);

  it('holds when every bit is the same, missing values too', () => {
    const part = Float32Array.of(9, 1, Number.NaN, 3, 0).subarray(1);
    expect(() => requireParity(['a', 'b'], trained, part)).not.toThrow();
  });

  it.each([
    [Float32Array.of(1, Number.NaN, 3.0000002, 0), 'feature a, test row 1'],
    [Float32Array.of(1, Number.NaN, 3, -0), 'feature b, test row 1'],
    [Float32Array.of(1, 2, 4, 0), 'feature b, test row 0'],
  ])('names the first feature and row that differ, and no value', (served, where) => {
    expect(() => requireParity(['a', 'b'], trained, served)).toThrow(
      new ParityError(`${where}: serving computes another value than training did`),
    );
  });

  it('refuses other numbers of rows', () => {
    expect(() => requireParity(['a', 'b'], trained, trained.subarray(2))).toThrow(
      'training has 2 test rows, serving 1',
    );
  });
});
