import { describe, expect, it } from 'vitest';
import { featureCoder } from '#core/serve/encode-rows.ts';
import { signatureOf } from '#core/serve/signature-of.ts';
import { ParityError, requireParity } from '#core/training/evaluation.ts';
import { labelCoding } from '#core/training/training-sets.ts';
import { tripsLate } from '#test/support/trips.ts';

describe('labelCoding', () => {
  it('codes a class by its index among the classes, and any other label as its number', () => {
    const levels = { city: ['north'], kind: ['day'] };
    const classes = featureCoder(labelCoding(signatureOf(tripsLate(), levels, ['early', 'late'])));
    expect([classes('late'), classes('early'), classes('cancelled')]).toEqual([1, 0, Number.NaN]);
    const numbers = featureCoder(labelCoding(signatureOf(tripsLate(), levels)));
    expect([numbers(1), numbers(-2.5)]).toEqual([1, -2.5]);
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
