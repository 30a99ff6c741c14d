import { integer, number, text, timestamp } from '#core/spec/column.ts';
import { defineDataset } from '#core/spec/dataset.ts';

/** Every flight out of New York's three airports; one row a flight. */
export const flights = defineDataset({
  name: 'flights',
  mode: 'append',
  time: 'time_hour',
  key: ['carrier', 'flight', 'origin', 'time_hour'],
  columns: {
    year: integer({ min: 1987, max: 2100 }),
    month: integer({ min: 1, max: 12 }),
    day: integer({ min: 1, max: 31 }),
    dep_time: integer({ min: 0, max: 2400, nullable: 0.2 }),
    sched_dep_time: integer({ min: 0, max: 2400 }),
    dep_delay: number({ min: -120, max: 3000, nullable: 0.2 }),
    arr_time: integer({ min: 0, max: 2400, nullable: 0.2 }),
    sched_arr_time: integer({ min: 0, max: 2400 }),
    arr_delay: number({ min: -200, max: 3000, nullable: 0.2 }),
    carrier: text({ domain: 'learned', maxLength: 2 }),
    flight: integer({ min: 1, max: 9999 }),
    tailnum: text({ nullable: 0.1, maxLength: 8 }),
    origin: text({ oneOf: ['EWR', 'JFK', 'LGA'] }),
    dest: text({ domain: 'learned', maxLength: 3 }),
    air_time: number({ min: 0, max: 1500, nullable: 0.2 }),
    distance: number({ min: 0, max: 6000 }),
    hour: integer({ min: 0, max: 23 }),
    minute: integer({ min: 0, max: 59 }),
    time_hour: timestamp({ min: '1987-01-01T00:00:00Z', max: '2100-01-01T00:00:00Z' }),
  },
  checks: [
    {
      name: 'departs before it arrives or overnight',
      rule: 'sched_dep_time != sched_arr_time',
      atLeast: 0.99,
    },
  ],
  volume: { minRows: 100 },
});
