import { number, text, timestamp } from '#core/spec/column.ts';
import { defineDataset } from '#core/spec/dataset.ts';

const columns = { sensor: text(), at: timestamp(), value: number({ min: -100, max: 100 }) };

/** What sensors measured; every drop adds. */
export const readings = defineDataset({
  name: 'readings',
  mode: 'append',
  time: 'at',
  key: ['sensor', 'at'],
  columns,
});

/** Where sensors stand; every drop replaces the one before. */
export const sensors = defineDataset({
  name: 'sensors',
  mode: 'replace',
  key: ['sensor'],
  columns: { sensor: text(), floor: number() },
});

/** Nothing is ever dropped here. */
export const silence = defineDataset({ name: 'silence', time: 'at', key: ['sensor', 'at'], columns });

/** What a producer with no other right may drop. */
export const deliveries = defineDataset({ name: 'deliveries', key: ['item'], columns: { item: text() } });
