import { categorical, defineModel, xgboost } from '#core/spec/model.ts';
import { flights } from '../datasets/flights.ts';
import { weather } from '../datasets/weather.ts';

/** Will this flight arrive more than a quarter of an hour late? */
export const flightsLate = defineModel({
  name: 'flights-late',
  task: 'binary',
  from: flights,
  join: [
    { dataset: weather, on: { origin: 'origin', time_hour: 'time_hour' }, kind: 'asof', within: '3 hours' },
  ],
  label: 'arr_delay > 15',
  available: {
    dep_time: 'after',
    dep_delay: 'after',
    arr_time: 'after',
    arr_delay: 'after',
    air_time: 'after',
  },
  features: {
    carrier: categorical('carrier'),
    origin: categorical('origin'),
    dest: categorical('dest'),
    distance: 'distance',
    departure: 'floor(sched_dep_time / 100) * 60 + sched_dep_time % 100',
    arrival: 'floor(sched_arr_time / 100) * 60 + sched_arr_time % 100',
    weekday: "weekday(time_hour, 'America/New_York')",
    temp: 'temp',
    dewp: 'dewp',
    humid: 'humid',
    wind_dir: 'wind_dir',
    wind_speed: 'case(wind_speed < 200, wind_speed, null)',
    gust: 'coalesce(wind_gust, wind_speed)',
    precip: 'precip',
    pressure: 'pressure',
    visib: 'visib',
  },
  split: { by: 'time', validation: 0.15, test: 0.15 },
  algorithm: xgboost({ rounds: 300, earlyStop: 20, maxDepth: 4, learningRate: 0.1, minChildWeight: 20 }),
  gates: { metrics: { auc: { min: 0.6 } }, champion: { metric: 'logLoss', margin: 0.002, confidence: 0.95 } },
  approval: 'automatic',
  rollout: {
    canary: [
      { percent: 10, for: '5 minutes' },
      { percent: 50, for: '10 minutes' },
    ],
    health: { minRequests: 50 },
  },
  monitor: { every: '1 hour', psi: 0.2, minRows: 200 },
});
