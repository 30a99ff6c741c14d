import { describe, expect, it } from 'vitest';
import { problem } from '#core/data/report.ts';

describe('problem', () => {
  it('says column, rule, row and what was expected', () => {
    expect(problem('range', '0 to 24', { column: 'hour', rows: [7] }).message).toBe(
      'hour: values are out of range (row 7): expected 0 to 24',
    );
  });

  it('says how many rows there are when it does not name them all', () => {
    expect(problem('null', 'a value in each row', { column: 'hour', count: 12, rows: [1, 2] }).message).toBe(
      'hour: too many values are missing (12 rows, first 1, 2): expected a value in each row',
    );
  });

  it('names no row when the whole file is meant', () => {
    expect(problem('empty', 'at least one row')).toMatchObject({ column: null, count: 1, rows: [] });
  });
});
