import { defineModel, xgboost } from '#core/spec/model.ts';
import { departures } from '../datasets/departures.ts';
import { flightsLate } from './flights-late.ts';

/** `flights-late` that trains itself again: for the tests of that alone. */
export const departuresLate = defineModel({
  ...flightsLate,
  name: 'departures-late',
  from: departures,
  algorithm: xgboost({ rounds: 40, earlyStop: 40, maxDepth: 4, learningRate: 0.1, minChildWeight: 20 }),
  // Its test looks at the day before it is over, and nothing else does meanwhile.
  monitor: { ...flightsLate.monitor, every: '1 day' },
  retrain: {
    onDrift: true,
    onPerformance: true,
    onNewData: { minRows: 5000 },
    // A minute has sixty seconds, and the pace of the tests is sixty.
    cooldown: '1 minute',
    windows: ['all', '60 days'],
  },
});
