import { boolean, number, text, timestamp } from '#core/spec/column.ts';
import { defineDataset } from '#core/spec/dataset.ts';

/** Orders that were delivered: for the tests of training. */
export const orders = defineDataset({
  name: 'orders',
  time: 'at',
  key: ['order'],
  columns: {
    order: text(),
    at: timestamp(),
    items: number({ min: 1, max: 12 }),
    weight: number({ min: 0, nullable: 0.2 }),
    city: text({ oneOf: ['north', 'south', 'east', 'west'] }),
    minutes: number({ min: 0 }),
    delivery: text({ oneOf: ['early', 'on time', 'late'] }),
  },
});

/** Claims of a month; every drop replaces the one before: for the tests of gates. */
export const claims = defineDataset({
  name: 'claims',
  mode: 'replace',
  time: 'at',
  key: ['claim'],
  columns: {
    claim: text(),
    at: timestamp(),
    amount: number(),
    age: number(),
    shop: text(),
    paid: boolean(),
  },
});

/** Where claims come from. */
export const shops = defineDataset({
  name: 'shops',
  mode: 'replace',
  key: ['shop'],
  columns: { shop: text(), rating: number() },
});
