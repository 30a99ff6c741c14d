import { describe, expect, it } from 'vitest';
import { BinMismatchError } from '#core/drift/errors.ts';
import { type ColumnProfile, categoricalProfile, numericProfile } from '#core/drift/profile.ts';
import { requireSameBins } from '#core/drift/same-bins.ts';

const km = numericProfile('km', [1, 2], [0, 1, 2, 3]);
const city = categoricalProfile('city', ['north', 'south'], ['north']);

describe('two profiles', () => {
  it('can be compared when their bins are the same, whatever is in them', () => {
    requireSameBins(km, numericProfile('km', [1, 2], [null, 7]));
    requireSameBins(city, categoricalProfile('city', ['north', 'south'], []));
  });

  it.each<[string, ColumnProfile, ColumnProfile]>([
    ['another column', km, numericProfile('hour', [1, 2], [0])],
    ['another cut', km, numericProfile('km', [1, 2.0000000000000004], [0])],
    ['one cut more', km, numericProfile('km', [1, 2, 3], [0])],
    ['no cut', km, numericProfile('km', [], [0])],
    ['another level', city, categoricalProfile('city', ['north', 'east'], [])],
    ['the same levels in another order', city, categoricalProfile('city', ['south', 'north'], [])],
    [
      'levels whose names run together',
      categoricalProfile('city', ['a,b', 'c'], []),
      categoricalProfile('city', ['a', 'b,c'], []),
    ],
    ['levels instead of numbers', numericProfile('x', [], []), categoricalProfile('x', [], [])],
    ['counts that were cut off', km, { ...km, counts: [1, 2] }],
  ])('cannot be compared with %s', (_, expected, got) => {
    expect(() => requireSameBins(expected, got)).toThrow(BinMismatchError);
    expect(() => requireSameBins(expected, got)).toThrow(`the window of ${expected.column} must be`);
  });
});
