import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckDb } from '#adapters/duckdb/open-duckdb.ts';
import { literal } from '#adapters/duckdb/sql.ts';
import { readRequests } from '#local/story/april.ts';
import { example } from './deployment.ts';
import type { Row } from './flight-rows.ts';
import { departuresLate } from './project/models/departures-late.ts';

/** Months of 2013, and how many of 1,000 of their flights are in a lot. */
export interface Season {
  readonly months: readonly string[];
  readonly share: number;
}
export const WINTER: Season = { months: ['01', '02', '03'], share: 65 };
export const SUMMER: Season = { months: ['07'], share: 165 };

/** A flight that has a label. */
export interface Flight {
  /** As a caller sends it. */
  readonly row: Row;
  /** When it leaves, ISO 8601, UTC, to the hour. */
  readonly at: string;
  /** 1: it was late. */
  readonly label: number;
}

/** Flights that were drawn at random. */
export interface Lot {
  /** As a producer drops them, those without a label, too: Parquet. */
  readonly file: Uint8Array;
  /** In order of time. */
  readonly flights: readonly Flight[];
}

const WEATHER = example('weather-2013.parquet');

/** The lot of a season of that number, from 0: no flight is in two. */
export async function drawLot({ months, share }: Season, lot: number): Promise<Lot> {
  const folder = await mkdtemp(join(tmpdir(), 'leeboard-lot-'));
  const file = join(folder, 'lot.parquet');
  const files = months.map((month) => example(`flights-2013-${month}.parquet`));
  const database = await openDuckDb({
    files: [...files, file],
    spillDirectory: join(folder, 'spill'),
    memoryMb: 1024,
  });
  try {
    const drawn = `SELECT * FROM read_parquet([${files.map(literal).join(', ')}])
      WHERE hash(carrier, flight, origin, time_hour) % 1000 BETWEEN ${lot * share} AND ${(lot + 1) * share - 1}`;
    await database.run(`COPY (${drawn}) TO ${literal(file)} (FORMAT parquet)`);
    const { rows, labels } = await readRequests(departuresLate, { departures: file, weather: WEATHER });
    const flights = rows.map((row, index) => ({
      row,
      at: String(row.time_hour),
      label: labels[index] as number,
    }));
    return { file: await readFile(file), flights: flights.sort(byTime) };
  } finally {
    database.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of one hour, in an order that does not depend on how they were read. */
function byTime(a: Flight, b: Flight): number {
  const [first, second] = [a, b].map(({ at, row }) => `${at} ${row.carrier} ${row.flight} ${row.origin}`);
  return (first as string) < (second as string) ? -1 : 1;
}
