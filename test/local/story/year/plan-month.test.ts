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

  it('ends every window of the year once, though a month begins in it', () => {
    const moments = MONTHS.flatMap((month) => planMonth(month, '7 days'));
    const ends = moments.filter(({ endsWindow }) => endsWindow).map(({ at }) => Date.parse(at));
    const weeks = ends.slice(1).map((end, index) => (end - (ends[index] as number)) / 86_400_000);
    expect(new Set(weeks)).toEqual(new Set([7]));
    expect(moments.map(({ at }) => at)).toEqual(moments.map(({ at }) => at).toSorted());
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
