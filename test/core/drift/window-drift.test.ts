import { describe, expect, it } from 'vitest';
import { windowDrift } from '#core/drift/index.ts';
import { categoricalProfile, decileCuts, numericProfile } from '#core/drift/profile.ts';

const numbers = Array.from({ length: 1000 }, (_, index) => index);
const baseline = [
  numericProfile('km', decileCuts(numbers), numbers),
  categoricalProfile(
    'express',
    ['true', 'false'],
    numbers.map((n) => String(n % 2 === 0)),
  ),
];
const rows = numbers.map((n) => ({ km: n, express: n % 2 === 0, city: 'not in the baseline' }));

describe('windowDrift', () => {
  it('finds none in the baseline’s own rows, true and false being levels', () => {
    const drift = windowDrift(baseline, rows, {});
    expect(drift.columns.map(({ column, psi, verdict }) => [column, psi, verdict])).toEqual([
      ['km', 0, 'stable'],
      ['express', 0, 'stable'],
    ]);
    expect(drift.drifted).toEqual([]);
  });

  it('names the column that moved', () => {
    const drift = windowDrift(
      baseline,
      rows.map((row) => ({ ...row, km: row.km / 10 })),
      {},
    );
    expect(drift).toMatchObject({ column: 'km', drifted: ['km'] });
  });

  it('counts a column that is not logged as missing', () => {
    const drift = windowDrift(
      baseline,
      rows.map(({ km }) => ({ km })),
      {},
    );
    expect(drift).toMatchObject({ column: 'express', drifted: ['express'] });
  });

  it('judges by the threshold and the fewest rows it is given', () => {
    const moved = rows.map((row) => ({ ...row, km: row.km / 2 }));
    const verdict = (options: object) => windowDrift(baseline, moved, options).columns[0]?.verdict;
    expect(verdict({ minRows: 1001 })).toBe('too-few-rows');
    expect(verdict({ threshold: 100 })).toBe('shifted');
  });

  it('says so when there are no rows', () => {
    expect(windowDrift(baseline, [], {})).toMatchObject({ psi: null, drifted: [], shifted: [] });
  });
});
