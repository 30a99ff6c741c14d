import { defineDataset } from '#core/spec/dataset.ts';
import { flights } from '../../../../datasets/flights.ts';

/** Real flights once more: for the tests of training again alone, which drop other months than the rest. */
export const departures = defineDataset({ ...flights, name: 'departures' });
