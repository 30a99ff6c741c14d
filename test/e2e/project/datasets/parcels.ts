import { number, text, timestamp } from '#core/spec/column.ts';
import { defineDataset } from '#core/spec/dataset.ts';

/** Parcels, and how long they took once they have arrived: for the tests of truth alone. */
export const parcels = defineDataset({
  name: 'parcels',
  time: 'at',
  key: ['parcel'],
  columns: {
    parcel: text(),
    at: timestamp(),
    weight: number({ min: 0 }),
    hours: number({ min: 0, nullable: true }),
  },
});
