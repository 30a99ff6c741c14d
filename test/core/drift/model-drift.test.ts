import { describe, expect, it } from 'vitest';
import type { ColumnDrift } from '#core/drift/column-drift.ts';
import { driftedPsi, modelDrift } from '#core/drift/model-drift.ts';

const column = (name: string, psi: number | null, pValue: number | null, drifted: boolean): ColumnDrift => ({
  column: name,
  psi,
  bound: psi === null ? null : 0.1,
  pValue,
  jensenShannon: null,
  chiSquare: null,
  kolmogorovSmirnov: null,
  wasserstein: null,
  rows: psi === null ? 0 : 500,
  drifted,
  verdict: drifted ? 'drifted' : psi === null ? 'no-rows' : 'stable',
});

describe('drift of a model', () => {
  it('is its worst column, and names those that drifted from the largest PSI', () => {
    const columns = [
      column('month', 0.3, 1e-9, true),
      column('carrier', 0.05, 0.4, false),
      column('gust', 0.9, 0, true),
      column('empty', null, null, false),
    ];
    expect(modelDrift(columns)).toEqual({
      psi: 0.9,
      column: 'gust',
      drifted: ['gust', 'month'],
      shifted: [],
      columns,
    });
  });

  it('rejects by the step-up rule: the example of Benjamini and Hochberg 1995 keeps 4 of 15', () => {
    const pValues = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
      0.759, 1,
    ];
    const columns = pValues.map((pValue, index) => column(`p${index + 1}`, 0.5 - index / 100, pValue, true));
    expect(modelDrift(columns, { falseAlarms: 0.05 }).drifted).toEqual(['p1', 'p2', 'p3', 'p4']);
    expect(modelDrift(columns, { falseAlarms: 0.005 }).drifted).toEqual(['p1', 'p2']);
  });

  it('does not report one column of twenty that exceeds its bound by chance', () => {
    const columns = Array.from({ length: 20 }, (_, index) =>
      index === 0 ? column('unlucky', 0.25, 0.04, true) : column(`x${index}`, 0.1, 0.5, false),
    );
    expect(modelDrift(columns)).toMatchObject({ psi: 0.25, column: 'unlucky', drifted: [] });
  });

  it('does not report a column below the threshold, however sure its small change is', () => {
    expect(modelDrift([column('x', 0.05, 0, false)])).toMatchObject({ psi: 0.05, drifted: [] });
  });

  it('names apart, by the same rule, the columns that moved less than the threshold', () => {
    const shifted = (name: string, psi: number, pValue: number): ColumnDrift => ({
      ...column(name, psi, pValue, false),
      verdict: 'shifted',
    });
    const columns = [
      shifted('temp', 0.09, 1e-9),
      shifted('unlucky', 0.08, 0.03),
      shifted('wind', 0.11, 1e-6),
      column('gust', 0.9, 0, true),
      column('x', 0.05, 1e-9, false),
    ];
    expect(modelDrift(columns)).toMatchObject({ drifted: ['gust'], shifted: ['wind', 'temp'] });
    expect(driftedPsi(modelDrift(columns.slice(0, 3)))).toBe(0);
  });

  it('without a column that can be judged is unknown', () => {
    const nothing = { psi: null, column: null, drifted: [], shifted: [] };
    expect(modelDrift([])).toEqual({ ...nothing, columns: [] });
    expect(modelDrift([column('x', null, null, false)])).toMatchObject(nothing);
  });
});

describe('the PSI that the alarm sees', () => {
  it('is the largest of the drifted columns', () => {
    const columns = [
      column('gust', 0.9, 0, true),
      column('month', 0.4, 0, true),
      column('x', 0.1, 0.5, false),
    ];
    expect(driftedPsi(modelDrift(columns))).toBe(0.9);
  });

  it('passes over a larger one that is noise', () => {
    const columns = [column('rare', 1.5, 0.4, false), column('gust', 0.3, 0, true)];
    expect(driftedPsi(modelDrift(columns))).toBe(0.3);
  });

  it('is 0 when nothing drifted', () => {
    expect(driftedPsi(modelDrift([column('rare', 1.5, 0.4, false)]))).toBe(0);
    expect(driftedPsi(modelDrift([]))).toBe(0);
  });
});
