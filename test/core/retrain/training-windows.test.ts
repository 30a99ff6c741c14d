import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparedRows, windowStarts } from '#core/retrain/training-windows.ts';

const anchors = {
  oldest: '2013-01-01T05:00:00.000Z',
  newest: '2013-04-22T10:00:00.000Z',
  changedAt: '2013-04-10T00:00:00.000Z',
};

describe('windowStarts', () => {
  it('goes back from the newest row by a duration, and to the change', () => {
    expect(windowStarts(['all', '30 days', 'since change'], anchors)).toEqual([
      { window: 'all', since: null },
      { window: '30 days', since: '2013-03-23T10:00:00.000Z' },
      { window: 'since change', since: '2013-04-10T00:00:00.000Z' },
    ]);
  });

  it('has no window since a change that was none', () => {
    expect(windowStarts(['since change', '1 day'], { ...anchors, changedAt: null })).toEqual([
      { window: '1 day', since: '2013-04-21T10:00:00.000Z' },
    ]);
  });

  it('takes a window that holds all rows for all', () => {
    const reaches = { ...anchors, oldest: '2013-03-23T10:00:00.000Z', changedAt: '2013-01-01T00:00:00.000Z' };
    expect(windowStarts(['30 days'], reaches)).toEqual([{ window: '30 days', since: null }]);
    expect(windowStarts(['all', '30 days', 'since change', '29 days'], reaches)).toEqual([
      { window: 'all', since: null },
      { window: '29 days', since: '2013-03-24T10:00:00.000Z' },
    ]);
  });

  it('tries none twice: of equal ones the first stays', () => {
    const changedAt = '2013-03-23T10:00:00.000Z';
    expect(windowStarts(['30 days', 'since change', '720 hours'], { ...anchors, changedAt })).toEqual([
      { window: '30 days', since: changedAt },
    ]);
  });
});

describe('comparedRows', () => {
  it.each([
    [27_564, 8270],
    [1000, 300],
    [600, 200],
    [200, 200],
    [150, 150],
    [200_000, 50_000],
  ])('of %d newer rows are %d', (newRows, compared) => {
    expect(comparedRows(newRows)).toBe(compared);
  });

  it('are never more than there are, and of many leave most to be learned from', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (newRows) => {
        expect(comparedRows(newRows)).toBeLessThanOrEqual(Math.min(newRows, 50_000));
        if (newRows >= 1000) expect(comparedRows(newRows) / newRows).toBeLessThan(0.301);
      }),
    );
  });
});
