import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileEncoder, featureCoder } from '#core/serve/encode-rows.ts';
import { signatureOf } from '#core/serve/signature-of.ts';
import { tripsLate } from '#test/support/trips.ts';

describe('featureCoder', () => {
  const number = featureCoder({ kind: 'number' });
  const level = featureCoder({ kind: 'categorical', levels: ['b', '', 'a', 'constructor'] });

  it.each([
    [1.5, 1.5],
    [0.1, Math.fround(0.1)],
    [-0, -0],
    [true, 1],
    [false, 0],
    [3.4028234663852886e38, 3.4028234663852886e38], // FLT_MAX
    [1e-46, 0], // below the smallest float32
    [null, Number.NaN],
    [3.5e38, Number.NaN],
    [-1e300, Number.NaN],
    [Number.POSITIVE_INFINITY, Number.NaN],
    [Number.NaN, Number.NaN],
  ])('the number %s is %s: what float32 cannot hold is missing', (value, expected) => {
    expect(number(value)).toBe(expected);
  });

  it.each([
    ['b', 0],
    ['', 1],
    ['a', 2],
    ['constructor', 3],
    ['toString', Number.NaN],
    ['A', Number.NaN],
    [null, Number.NaN],
  ])('the level %j is %s: one never seen in training is missing', (value, expected) => {
    expect(level(value)).toBe(expected);
  });

  it('gives finite float32 or NaN for every double', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const coded = number(value);
        expect(Number.isNaN(coded) || (Number.isFinite(coded) && Object.is(Math.fround(coded), coded))).toBe(
          true,
        );
      }),
    );
  });
});

describe('compileEncoder', () => {
  const model = tripsLate({ features: { ...tripsLate().features, far: 'km > 50', double: 'km * 2' } });
  const encoder = compileEncoder(signatureOf(model, { city: ['south', 'north'], kind: ['day'] }));

  it('lays the features out row by row in the spec’s order', () => {
    const rows = [
      { city: 'north', kind: 'day', km: 60, express: false, mm: 0.25 },
      { city: 'west', kind: null, km: null, express: null, mm: null },
    ];
    const [nan] = [Number.NaN];
    expect(encoder.columns).toBe(7);
    expect([...encoder.encode(rows)]).toEqual([1, 0, 60, 0, 0.25, 1, 120, nan, nan, nan, nan, nan, nan, nan]);
  });

  it('gives no values for no rows', () => {
    expect(encoder.encode([])).toEqual(new Float32Array(0));
  });
});
