import type { MonthFigures } from '#local/story/year/figures.ts';

/** Two months: the loop is told of drift and trains in the second. */
export const APRIL: MonthFigures = {
  month: '2013-04',
  rows: 27_564,
  auc: { closedLoop: 0.66, never: 0.66, monthly: 0.66 },
  logLoss: { closedLoop: 0.58, never: 0.58, monthly: 0.58 },
  versions: [1],
  drift: { psi: 3.5, columns: ['temp', 'dewp'] },
  alarms: [
    {
      alarm: 'drift',
      at: '2013-04-11T00:05:20.000Z',
      cause: 'PSI 3.50 from 2013-04-04 to 2013-04-11: temp, dewp',
      figures: { psi: 3.5, columns: 2 },
    },
  ],
  decisions: [],
};
export const MAY: MonthFigures = {
  month: '2013-05',
  rows: 28_128,
  auc: { closedLoop: 0.76, never: 0.72, monthly: 0.77 },
  logLoss: { closedLoop: 0.46, never: 0.48, monthly: 0.46 },
  versions: [2],
  drift: { psi: 0, columns: [] },
  alarms: [],
  decisions: [
    {
      number: 1,
      at: '2013-05-01T05:02:00.000Z',
      status: 'promoted',
      triggers: ['drift', 'new-data'],
      reason: 'version 2 is champion',
      version: 2,
      trained: true,
    },
    {
      number: 2,
      at: '2013-05-09T00:06:00.000Z',
      status: 'declined',
      triggers: ['drift'],
      reason: 'no point: <nothing> newer',
      version: null,
      trained: false,
    },
  ],
};
