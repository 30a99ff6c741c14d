import { describe, expect, it } from 'vitest';
import { attributedRows, meanAttribution } from '#core/monitor/attribution.ts';

const features = ['km', 'city'];
// Two rows, two outputs; the bias is last.
const contributions = Float32Array.of(1, -2, 9, -3, 0, 9, -1, 4, 9, 5, -6, 9);

describe('meanAttribution', () => {
  it('is the mean size of a feature’s values over the rows, summed over the outputs, without the bias', () => {
    expect(meanAttribution(features, 2, contributions)).toEqual({ km: 10 / 2, city: 12 / 2 });
    expect(meanAttribution(features, 1, contributions)).toEqual({ km: 10 / 4, city: 12 / 4 });
    expect(attributedRows(features, 2, contributions)).toBe(2);
  });

  it('takes nothing from a value that is no number, or infinite', () => {
    const odd = Float32Array.of(Number.NaN, 2, 0, Infinity, -2, 0, 3, -Infinity, 0);
    expect(meanAttribution(features, 1, odd)).toEqual({ km: 1, city: 4 / 3 });
  });

  it('is 0 without a row', () => {
    expect(meanAttribution(features, 1, new Float32Array())).toEqual({ km: 0, city: 0 });
  });
});
