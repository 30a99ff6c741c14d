import { expect, it } from 'vitest';
import { yearOf } from '#local/story/year/figures.ts';
import { describeMonth, describeYear } from '#local/story/year/year-table.ts';
import { APRIL, MAY } from './a-year.ts';

it('tells a month in one line: the three scores, the version, what rang and what was decided', () => {
  expect(describeMonth(APRIL)).toBe('AUC 0.660 (never 0.660, monthly 0.660) by version 1; rang: drift');
  expect(describeMonth(MAY)).toBe(
    'AUC 0.760 (never 0.720, monthly 0.770) by version 2; decision 1 promoted version 2; decision 2 declined',
  );
});

it('the year is a table of months, their mean, and how far the goals are reached', () => {
  expect(describeYear(yearOf([APRIL, MAY]))).toEqual([
    'month    flights  closed loop  never  monthly  version  alarms  decided',
    '2013-04  27,564   0.660        0.660  0.660    1        drift   -',
    '2013-05  28,128   0.760        0.720  0.770    2        -       decision 1 promoted version 2, decision 2 declined',
    'mean              0.710        0.690  0.715',
    '',
    '1 retrainings by the loop, 1 by the calendar.',
    'not reached: mean AUC above never retrained 0.0200, at least 0.03',
    'reached: mean AUC below retrained every month 0.0050, at most 0.012',
    'reached: retrainings 1, at most 5',
    'reached: mean AUC above plain XGBoost, never retrained 0.0400, at least 0.03',
    'reached: mean AUC below plain XGBoost, retrained every month -0.0030, at most 0.012',
    'reached: alarms without a cause in the data 0, at most 0',
  ]);
});
