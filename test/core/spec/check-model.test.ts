import { describe, expect, it } from 'vitest';
import type { ModelInput } from '#core/spec/model.ts';
import { problemsOf } from '#test/support/problems.ts';
import { tripsLate } from '#test/support/trips.ts';

type Changes = Partial<ModelInput>;

const kilometres = { task: 'regression', label: 'delay' } as const;
const kinds = { task: 'multiclass', label: "case(delay > 5, 'late', 'soon')" } as const;

describe('defineModel refuses', () => {
  it.each<[rule: string, changes: Changes, field: string, expected: string | RegExp, got: string | RegExp]>([
    [
      'a condition as the label of a regression',
      { task: 'regression' },
      'label',
      'an expression of type number, not boolean',
      '"delay > 5"',
    ],
    [
      'a number as the label of classes',
      { task: 'multiclass', label: 'delay' },
      'label',
      'an expression of type text, not number',
      '"delay"',
    ],
    [
      'a gate by a metric of another task',
      { gates: { metrics: { rmse: { max: 5 } } } },
      'gates.metrics.rmse',
      /^a metric of a binary model: auc, /,
      '"rmse"',
    ],
    [
      'a gate by the area under the curve of a regression',
      { ...kilometres, gates: { metrics: { auc: { min: 0.6 } } } },
      'gates.metrics.auc',
      /^a metric of a regression model: rmse, /,
      '"auc"',
    ],
    [
      'a champion compared by a metric of another task',
      { ...kinds, gates: { champion: { metric: 'auc', margin: 0.1 } } },
      'gates.champion.metric',
      'one of logLoss, brier',
      '"auc"',
    ],
    [
      'calibration of a regression model',
      { ...kilometres, calibration: 'isotonic' },
      'calibration',
      'none for a regression model',
      '"isotonic"',
    ],
    [
      'calibration of a multiclass model',
      { ...kinds, calibration: 'platt' },
      'calibration',
      'none for a multiclass model',
      '"platt"',
    ],
    [
      'a threshold of a multiclass model',
      { ...kinds, threshold: { metric: 'f1' } },
      'threshold',
      'none for a multiclass model',
      /f1/,
    ],
    ['a threshold that is no probability', { threshold: 1.5 }, 'threshold', 'at most 1', '1.5'],
    [
      'fairness of a regression model',
      { ...kilometres, gates: { fairness: ['city'] } },
      'gates.fairness',
      'none for a regression model',
      /city/,
    ],
    [
      'slices by a number',
      { gates: { slices: ['city', 'km'] } },
      'gates.slices[1].by',
      'an expression of type text or boolean, not number',
      '"km"',
    ],
    [
      'slices by a column that is not there',
      { gates: { slices: ['town'] } },
      'gates.slices[0].by',
      /town/,
      '"town"',
    ],
    [
      'slices judged by a metric of another task',
      { gates: { slices: [{ by: 'city', metric: 'rmse', max: 3 }] } },
      'gates.slices[0].metric',
      /^one of auc, /,
      '"rmse"',
    ],
    [
      'groups by an instant',
      { gates: { fairness: ['express', 'at'] } },
      'gates.fairness[1].group',
      'an expression of type text or boolean, not timestamp',
      '"at"',
    ],
    [
      'groups by a column that is not there',
      { gates: { fairness: [{ group: 'gender' }] } },
      'gates.fairness[0].group',
      /gender/,
      '"gender"',
    ],
  ])('%s, naming field, value and what was expected', (_, changes, field, expected, got) => {
    const problems = problemsOf('SpecError', () => tripsLate(changes));
    expect(problems).toHaveLength(1);
    expect(problems[0]?.field).toBe(field);
    expect(problems[0]?.expected).toMatch(expected);
    expect(problems[0]?.got).toMatch(got);
  });
});

describe('defineModel accepts', () => {
  it.each<[rule: string, changes: Changes]>([
    ['a text as the label of classes', kinds],
    ['a number as the label of a regression', kilometres],
    [
      'slices and groups by texts and conditions of any dataset, also of what is known only afterwards',
      { gates: { slices: ['city', 'mm > 1', { by: 'delay > 9' }], fairness: ['kind', 'express'] } },
    ],
    [
      'slices judged by a metric of its task',
      { gates: { slices: [{ by: 'city', metric: 'auc', min: 0.6 }] } },
    ],
    ['the default threshold, whatever the task', { ...kilometres, threshold: 0.5 }],
    [
      'gates of a regression',
      { ...kilometres, gates: { metrics: { r2: { min: 0 } }, champion: { metric: 'mae', margin: 1 } } },
    ],
  ])('%s', (_, changes) => {
    expect(tripsLate(changes).name).toBe('trips-late');
  });
});
