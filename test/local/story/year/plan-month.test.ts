import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginningOf, cutAt, MONTHS, monthAfter, planMonth } from '#local/story/year/plan-month.ts';

describe('planMonth', () => {
  it('begins with the month, and goes on when a window of monitoring has ended', () => {
    // Weeks since 1970 begin on Thursdays.
    expect(planMonth('2013-04', '7 days')).toEqual([
      { at: '2013-04-01T05:00:00.000Z', endsWindow: false },
      { at: '2013-04-04T00:05:00.000Z', endsWindow: true },
      { at: '2013-04-11T00:05:00.000Z', endsWindow: true },
      { at: '2013-04-18T00:05:00.000Z', endsWindow: true },
      { at: '2013-04-25T00:05:00.000Z', endsWindow: true },
    ]);
  });

  it('looks at monitoring at most once a day, and at every window with the next look at the latest', () => {
    const moments = MONTHS.flatMap((month) => planMonth(month, '7 days')).map(({ at }) => Date.parse(at));
    const days = moments.slice(1).map((moment, index) => (moment - (moments[index] as number)) / 86_400_000);
    expect(Math.min(...days)).toBeGreaterThan(1);
    expect(Math.max(...days)).toBeLessThan(9);
    // The first of August is a Thursday, and the second of May.
    expect(planMonth('2013-07', '7 days').at(-1)?.at).toBe('2013-07-25T00:05:00.000Z');
    expect(planMonth('2013-05', '7 days').map(({ at }) => at.slice(0, 10))).toEqual(
      ['01', '09', '16', '23', '30'].map((day) => `2013-05-${day}`),
    );
  });

  it('knows the month after December', () => {
    expect(MONTHS).toEqual(
      ['04', '05', '06', '07', '08', '09', '10', '11', '12'].map((month) => `2013-${month}`),
    );
    expect(monthAfter('2013-12')).toBe('2014-01');
    expect(beginningOf('2014-01')).toBe('2014-01-01T05:00:00.000Z');
  });
});

describe('cutAt', () => {
  const stretches = planMonth('2013-04', '7 days');

  it('gives every row to one stretch, in order, whatever is before the first and after the last', () => {
    const times = fc.array(
      fc.date({ min: new Date('2013-03-01'), max: new Date('2013-06-01'), noInvalidDate: true }),
    );
    fc.assert(
      fc.property(times, (dates) => {
        const rows = dates.map((date) => date.toISOString()).sort();
        const parts = cutAt(stretches, rows, (row) => row);
        expect(parts).toHaveLength(stretches.length);
        expect(parts.flat()).toEqual(rows);
      }),
    );
  });

  it('asks about a flight not before its stretch begins, and before the next does', () => {
    const rows = [
      '2013-03-31T23:00:00Z',
      '2013-04-03T23:00:00Z',
      '2013-04-04T01:00:00Z',
      '2013-05-01T03:00:00Z',
    ];
    expect(cutAt(stretches, rows, (row) => row)).toEqual([
      ['2013-03-31T23:00:00Z', '2013-04-03T23:00:00Z'],
      ['2013-04-04T01:00:00Z'],
      [],
      [],
      ['2013-05-01T03:00:00Z'],
    ]);
  });
});
