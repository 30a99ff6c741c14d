import { describe, expect, it } from 'vitest';
import { columnWeights, isLight } from '#core/monitor/weights.ts';
import { signatureOf } from '#core/serve/signature-of.ts';
import { signature } from '#test/support/bundle.ts';
import { tripsLate } from '#test/support/trips.ts';

describe('columnWeights', () => {
  it('gives a column its share of what the features that read it are attributed', () => {
    const weights = columnWeights(signature, { city: 1, kind: 0, km: 2, express: 1, mm: 0 });
    expect(weights).toEqual({ city: 0.25, kind: 0, km: 0.5, express: 0.25, mm: 0 });
  });

  it('splits a feature among the columns that it reads, and adds up those of a column', () => {
    const both = signatureOf(
      tripsLate({ features: { long: 'km', wet: 'km * mm', noon: 'hour(at) + 0' } }),
      {},
    );
    const weights = columnWeights(both, { long: 2, wet: 4, noon: 2 });
    expect(weights).toEqual({ km: 0.5, mm: 0.25, at: 0.25 });
  });

  it('are not known without a reference, nor of a model that relies on nothing', () => {
    expect(columnWeights(signature, undefined)).toBeNull();
    expect(columnWeights(signature, { city: 0, kind: 0, km: 0, express: 0, mm: 0 })).toBeNull();
  });
});

it('a column is light below a tenth of an even share, and never when its weight is not known', () => {
  expect(isLight(0.0049, 20)).toBe(true);
  expect(isLight(0.005, 20)).toBe(false);
  expect(isLight(0, 1)).toBe(true);
  expect(isLight(null, 20)).toBe(false);
});
