import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInstant } from '#core/serve/instant.ts';

describe('parseInstant', () => {
  it.each([
    ['1970-01-01', 0],
    ['1970-01-01T00:00:00Z', 0],
    ['1970-01-01 00:00', 0],
    ['2001-09-09T01:46:40Z', 1_000_000_000_000],
    ['2001-09-09T03:46:40+02:00', 1_000_000_000_000],
    ['2001-09-08T20:16:40-0530', 1_000_000_000_000],
    ['2001-09-09T01:46:40.9Z', 1_000_000_000_900],
    ['2001-09-09T01:46:40.123999999Z', 1_000_000_000_123],
    ['2000-02-29', 951_782_400_000],
    ['1969-12-31T23:59:59.999Z', -1],
    ['1600-02-29T12:00Z', Date.UTC(1600, 1, 29, 12)],
    ['9999-12-31T23:59:59.999Z', 253_402_300_799_999],
  ])('%s is %d ms after the epoch', (text, instant) => {
    expect(parseInstant(text)).toBe(instant);
  });

  it.each([
    '2001-02-29', // no leap year
    '1900-02-29', // a century that is none
    '2001-04-31',
    '2001-13-01',
    '2001-00-10',
    '2001-01-00',
    '2001-01-01T24:00Z',
    '2001-01-01T23:60Z',
    '2016-12-31T23:59:60Z', // a leap second has no epoch milliseconds of its own
    '2001-01-01T00:00+24:00',
    '2001-01-01T00:00+01:60',
    '2001-01-01T00:00z',
    '2001-01-01T00:00:00.1234567890Z',
    '2001-01-01T00:00:00,5Z',
    '2001-01-01T00:00.5Z',
    '2001-1-1',
    '20010101',
    '0000-01-01',
    '0001-01-01T00:00:00Z',
    '1599-12-31',
    '-000001-01-01T00:00:00Z',
    '+010000-01-01T00:00:00Z',
    '2001-01-01Z',
    ' 2001-01-01',
    '2001-01-01\n',
    'now',
    '',
  ])('%j is not an instant', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it('reads back every instant that toISOString writes', () => {
    const date = fc.date({ min: new Date('1600-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(date, (date) => {
        expect(parseInstant(date.toISOString())).toBe(date.getTime());
      }),
    );
  });

  it('takes any text without throwing', () => {
    const digits = fc.stringMatching(/^[0-9TZ:+. -]{0,30}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), digits), (text) => {
        const instant = parseInstant(text);
        expect(instant === undefined || Number.isInteger(instant)).toBe(true);
      }),
    );
  });
});
