import { number, text, timestamp } from '#core/spec/column.ts';
import { defineDataset } from '#core/spec/dataset.ts';

/** Visits of a site: for the tests of the commands alone. */
export const visits = defineDataset({
  name: 'visits',
  time: 'at',
  key: ['visitor'],
  columns: {
    visitor: text({ sensitive: 'hash' }),
    at: timestamp(),
    pages: number({ min: 0, max: 100 }),
    minutes: number({ min: 0 }),
  },
});
