import { expect, it } from 'vitest';
import { yearOf } from '#local/story/year/figures.ts';
import { APRIL, MAY } from './a-year.ts';

it('means are of months, each as much as any other, and trainings that came of decisions are counted', () => {
  const year = yearOf([APRIL, MAY]);
  expect(year.meanAuc.closedLoop).toBeCloseTo(0.71, 12);
  expect(year.meanAuc.never).toBeCloseTo(0.69, 12);
  expect(year.meanAuc.monthly).toBeCloseTo(0.715, 12);
  expect(year).toMatchObject({ retrainings: 1, alarmsWithoutCause: 0, months: [APRIL, MAY] });
});

it('says of every goal by how much it is reached, or not', () => {
  const { goals } = yearOf([APRIL, MAY]);
  expect(goals.map(({ what, is, holds }) => [what, Number(is.toFixed(6)), holds])).toEqual([
    ['mean AUC above never retrained', 0.02, false],
    ['mean AUC below retrained every month', 0.005, true],
    ['retrainings', 1, true],
    ['mean AUC above plain XGBoost, never retrained', 0.04, true],
    ['mean AUC below plain XGBoost, retrained every month', -0.003, true],
    ['alarms without a cause in the data', 0, true],
  ]);
});

it('more trainings than five miss the goal', () => {
  const trained = MAY.decisions[0] as (typeof MAY.decisions)[number];
  const often = { ...MAY, decisions: Array.from({ length: 6 }, () => trained) };
  expect(yearOf([often]).goals[2]).toMatchObject({ is: 6, holds: false });
});

it('counts an alarm of which the data shows no cause', () => {
  const odd = APRIL.alarms.map((alarm) => ({ ...alarm, cause: null }));
  const year = yearOf([{ ...APRIL, alarms: odd }, MAY]);
  expect(year.alarmsWithoutCause).toBe(1);
  expect(year.goals.at(-1)).toMatchObject({ is: 1, holds: false });
});
