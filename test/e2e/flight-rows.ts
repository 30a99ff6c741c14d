import { inputColumns } from '#core/spec/model.ts';
import { readRequests } from '#local/story/april.ts';
import { flightsLate } from '../../models/flights-late.ts';
import { example } from './deployment.ts';

export type Row = Readonly<Record<string, unknown>>;

/** Flights of a month of 2013 as a caller would send them, in order of time. */
export async function flightRows(month: '01' | '02' | '03' | '04'): Promise<readonly Row[]> {
  const { rows } = await readRequests(flightsLate, {
    flights: example(`flights-2013-${month}.parquet`),
    weather: example('weather-2013.parquet'),
  });
  return rows;
}

/** The columns that `flights-late` needs. */
export const flightInputs = inputColumns(flightsLate);
