import { boolean, integer, number, text, timestamp } from '#core/spec/column.ts';
import { type DatasetInput, defineDataset } from '#core/spec/dataset.ts';
import { categorical, defineModel, type ModelInput, type ModelSpec, xgboost } from '#core/spec/model.ts';

/** A small dataset with one column of each kind; `delay` is known afterwards. */
export const tripsInput = {
  name: 'trips',
  time: 'at',
  key: ['id'],
  columns: {
    id: integer({ min: 1 }),
    at: timestamp(),
    city: text({ oneOf: ['north', 'south'] }),
    kind: text({ nullable: true, maxLength: 8 }),
    km: number({ min: 0, max: 100, nullable: 0.5 }),
    express: boolean({ nullable: true }),
    delay: number({ nullable: true }),
  },
} satisfies DatasetInput;
export const trips = defineDataset(tripsInput);

export const rain = defineDataset({
  name: 'rain',
  time: 'measured_at',
  key: ['city', 'measured_at'],
  columns: { city: text(), measured_at: timestamp(), mm: number({ min: 0, nullable: true }) },
});

const modelInput = {
  name: 'trips-late',
  task: 'binary',
  from: trips,
  join: [{ dataset: rain, on: { city: 'city', at: 'measured_at' }, kind: 'asof', within: '3 hours' }],
  label: 'delay > 5',
  available: { delay: 'after' },
  features: {
    city: categorical('city'),
    kind: categorical('kind'),
    km: 'km',
    express: 'express',
    mm: 'mm',
  },
  minRows: 100,
  algorithm: xgboost({ rounds: 5 }),
} satisfies ModelInput;

/** The model over both, some fields changed. */
export function tripsLate(changes: Partial<ModelInput> = {}): ModelSpec {
  return defineModel({ ...modelInput, ...changes });
}
