import { describe, expect, it } from 'vitest';
import { columnDrift } from '#core/drift/column-drift.ts';
import { categoricalProfile, numericProfile } from '#core/drift/profile.ts';
import { constraintViolations } from '#core/monitor/constraint-violations.ts';
import type { WindowReport } from '#core/monitor/report.ts';
import { inputDriftOf, windowReportOf } from '#test/support/window-reports.ts';

const found = (changes: Partial<WindowReport>) =>
  constraintViolations(windowReportOf({}, changes)).violations;
const quality = (changes: Partial<WindowReport['quality']>) => ({
  quality: { ...windowReportOf().quality, ...changes },
});

it('are none of a quiet window, nor of one without rows', () => {
  expect(constraintViolations(windowReportOf())).toEqual({ violations: [] });
  expect(constraintViolations(windowReportOf({ rows: 0 }))).toEqual({ violations: [] });
});

describe('a violation', () => {
  it('of drift has the distance and the threshold as Model Monitor writes them', () => {
    const inputs = inputDriftOf({ further: 500 });
    const [violation, ...others] = found({ inputs });
    expect(others).toEqual([]);
    expect(violation).toMatchObject({ feature_name: 'km', constraint_check_type: 'baseline_drift_check' });
    // As the readers of Model Monitor's files do.
    const [, distance, threshold] =
      /distance: (.+) exceeds threshold: (.+)/.exec(violation?.description ?? '') ?? [];
    expect(Number(threshold)).toBe(0.2);
    expect(Number(distance)).toBeCloseTo(inputs.psi ?? 0, 1);
  });

  it('of drift is of predictions, too, and not of a shift below the threshold', () => {
    const [before, window] = [0, 200].map((more) =>
      numericProfile(
        'prediction',
        [100, 200, 300],
        Array.from({ length: 400 }, (_, n) => n + more),
      ),
    ) as [never, never];
    const predictions = columnDrift(before, window);
    expect(predictions.drifted).toBe(true);
    expect(found({ predictions })).toMatchObject([
      { feature_name: 'prediction', constraint_check_type: 'baseline_drift_check' },
    ]);
    expect(found({ predictions: { ...predictions, drifted: false, verdict: 'shifted' } })).toEqual([]);
  });

  it('of completeness is a null where none may be, and a surely larger share of missing values', () => {
    const columns = [{ column: 'km', nulls: 3, types: 0, ranges: 0 }];
    const missing = [{ column: 'city', before: 0.1, now: 0.4 }];
    expect(found(quality({ columns, missing }))).toEqual([
      {
        feature_name: 'km',
        constraint_check_type: 'completeness_check',
        description: '3 of 1000 rows have no value, and the dataset asks for one',
      },
      {
        feature_name: 'city',
        constraint_check_type: 'completeness_check',
        description: "60 % of the rows have a value, 90 % of the baseline's",
      },
    ]);
  });

  it('of type is another type, and a number out of range; a text out of its levels is one of categories', () => {
    const columns = [
      { column: 'km', nulls: 0, types: 2, ranges: 5 },
      { column: 'city', nulls: 0, types: 0, ranges: 7 },
    ];
    expect(
      found(quality({ columns })).map((each) => [
        'feature_name' in each && each.feature_name,
        each.constraint_check_type,
        Number(/^\d+/.exec(each.description)?.[0]),
      ]),
    ).toEqual([
      ['km', 'data_type_check', 2],
      ['km', 'data_type_check', 5],
      ['city', 'categorical_values_check', 7],
    ]);
  });

  it('of categories is a level that the baseline has not, where the column surely moved', () => {
    const baseline = [categoricalProfile('city', ['north'], Array(500).fill('north'))];
    const inputs = inputDriftOf({ baseline });
    expect(inputs.drifted).toEqual(['city']);
    expect(found({ inputs })).toMatchObject([
      {
        feature_name: 'city',
        constraint_check_type: 'categorical_values_check',
        description:
          "66.6 % of the rows have a level that is not among the baseline's, 0 % of the baseline's rows",
      },
      { feature_name: 'city', constraint_check_type: 'baseline_drift_check' },
    ]);
    expect(found({ inputs: { ...inputs, drifted: [] } })).toEqual([]);
  });

  it('of columns says how many rows another version answered', () => {
    expect(found({ rows: 1000, compared: 900 })).toEqual([
      {
        feature_name: 'Missing columns',
        constraint_check_type: 'missing_column_check',
        description: expect.stringMatching(/^100 of 1000 rows lack columns of the baseline/),
      },
    ]);
  });

  it('of bias has facet, value and metric as Clarify names them', () => {
    const rate = { value: 0.5, low: 0.4, high: 0.6 };
    const group = (name: string | null, breached: boolean) => ({
      group: name,
      rows: 400,
      selectionRate: rate,
      disparateImpact: 0.6,
      breached,
    });
    const groups = [
      {
        by: 'origin',
        missing: [],
        reference: { group: 'EWR' },
        rows: 800,
        groups: [group('EWR', false), group('LGA', true), group(null, true)],
      },
    ];
    expect(found({ groups })).toEqual([
      {
        facet: 'origin',
        facet_value: 'LGA',
        metric_name: 'DI',
        constraint_check_type: 'bias_drift_check',
        description: 'The ratio of selection rates to EWR is 0.6, surely below the declared bound',
      },
      expect.objectContaining({ facet_value: 'null' }),
    ]);
  });
});
