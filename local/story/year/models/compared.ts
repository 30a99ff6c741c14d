import { defineModel } from '#core/spec/model.ts';
import { flightsLate } from './flights-late.ts';

const compared = {
  ...flightsLate,
  // Nobody watches them: they are what the loop is compared with.
  monitor: { ...flightsLate.monitor, every: '3650 days' },
  retrain: {},
};

/** The same model, trained once. */
export const flightsLateNever = defineModel({ ...compared, name: 'flights-late-never' });

/** The same model, trained again every month, whatever that comes to. */
export const flightsLateMonthly = defineModel({
  ...compared,
  name: 'flights-late-monthly',
  gates: { baseline: false },
});
