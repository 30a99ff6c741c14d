import { number, text, timestamp } from '#core/spec/column.ts';
import { defineDataset } from '#core/spec/dataset.ts';

/** Rentals, and whether they came back late. */
export const rentals = defineDataset({
  name: 'rentals',
  time: 'at',
  key: ['rental'],
  columns: {
    rental: text(),
    at: timestamp(),
    days: number({ min: 0 }),
    hours: number({ min: 0, nullable: true }),
  },
});
