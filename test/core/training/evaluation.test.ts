import { describe, expect, it } from 'vitest';
import { ParityError, requireLoadParity, requireParity } from '#core/training/evaluation.ts';

describe('feature parity', () => {
  const trained = Float32Array.of(1, Number.NaN, 2, 0);

  it('holds for the same bits, missing values among them', () => {
    expect(() => requireParity(['km', 'mm'], trained, Float32Array.from(trained))).not.toThrow();
  });

  it('names the first feature and row that differ, and no value', () => {
    const served = Float32Array.of(1, Number.NaN, 2, 0.125);
    expect(() => requireParity(['km', 'mm'], trained, served)).toThrow(ParityError);
    expect(() => requireParity(['km', 'mm'], trained, served)).toThrow(
      /^feature mm, test row 1: serving computes another value than training did$/,
    );
  });

  it('tells 0 from -0, for a model may', () => {
    expect(() => requireParity(['km', 'mm'], trained, Float32Array.of(1, Number.NaN, 2, -0))).toThrow(
      /feature mm, test row 1/,
    );
  });

  it('counts rows', () => {
    expect(() => requireParity(['km', 'mm'], trained, Float32Array.of(1, 2))).toThrow(
      /^training has 2 test rows, serving 1$/,
    );
  });
});

describe('load parity', () => {
  const judged = Float32Array.of(0.1, 0.2, 0.3, 0.4);

  it('holds for the same scores, and says of how many rows', () => {
    expect(requireLoadParity(judged, Float64Array.from(judged), 2)).toEqual({ rows: 2, maxDifference: 0 });
  });

  it('names the first row that differs by the last bit', () => {
    const served = Float64Array.from(judged);
    served[2] = (served[2] as number) + Number.EPSILON / 4;
    expect(() => requireLoadParity(judged, served, 2)).toThrow(ParityError);
    expect(() => requireLoadParity(judged, served, 2)).toThrow(
      /^test row 1: the bundle loaded from its bytes/,
    );
  });

  it('fails on a score that is no number, or scores that are missing', () => {
    expect(() => requireLoadParity(judged, Float64Array.of(0.1, 0.2, 0.3, Number.NaN), 1)).toThrow(
      ParityError,
    );
    expect(() => requireLoadParity(judged, judged.subarray(2), 2)).toThrow(
      /^2 test rows were judged, the loaded bundle scores 1$/,
    );
  });
});
