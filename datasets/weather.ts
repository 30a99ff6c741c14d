import { integer, number, text, timestamp } from '#core/spec/column.ts';
import { defineDataset } from '#core/spec/dataset.ts';

/** Hourly weather at New York's three airports. */
export const weather = defineDataset({
  name: 'weather',
  mode: 'append',
  time: 'time_hour',
  key: ['origin', 'time_hour'],
  columns: {
    origin: text({ oneOf: ['EWR', 'JFK', 'LGA'] }),
    year: integer({ min: 1987, max: 2100 }),
    month: integer({ min: 1, max: 12 }),
    day: integer({ min: 1, max: 31 }),
    hour: integer({ min: 0, max: 23 }),
    temp: number({ min: -60, max: 140, nullable: 0.05 }),
    dewp: number({ min: -80, max: 120, nullable: 0.05 }),
    humid: number({ min: 0, max: 100, nullable: 0.05 }),
    wind_dir: number({ min: 0, max: 360, nullable: 0.1 }),
    wind_speed: number({ min: 0, nullable: 0.05 }),
    wind_gust: number({ min: 0, nullable: true }),
    precip: number({ min: 0, max: 20, nullable: 0.05 }),
    pressure: number({ min: 850, max: 1100, nullable: 0.3 }),
    visib: number({ min: 0, max: 100, nullable: 0.05 }),
    time_hour: timestamp(),
  },
  volume: { minRows: 24 },
});
