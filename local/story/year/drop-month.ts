import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openDuckDb } from '#adapters/duckdb/open-duckdb.ts';
import { literal } from '#adapters/duckdb/sql.ts';
import { readTruths } from '#lib/pipelines/read-truths.ts';
import { SetUpError } from '../../set-up-error.ts';
import { root } from '../../work-directory.ts';
import { until } from '../flights-story.ts';
import { MODELS } from './ask-models.ts';
import type { World } from './start-world.ts';

const DATA = join(root, 'examples/nycflights13');
const HOUR = 3_600_000;

/** The file of a month's flights. */
export const flightsOf = (month: string) => join(DATA, `flights-${month}.parquet`);
export const WEATHER = join(DATA, 'weather-2013.parquet');

/** Drops a file where producers drop theirs. @returns the dataset's new version @throws SetUpError when it is refused */
export async function drop(
  { client }: Pick<World, 'client'>,
  dataset: string,
  file: string,
): Promise<number> {
  const outcome = await client.ingested(await client.drop(file, dataset));
  if ('version' in outcome) return outcome.version;
  throw new SetUpError(`${file} was refused by ${outcome.rules.join(', ')}: see ${outcome.reportKey}`);
}

/** Several months of flights in one file: what is known when a story begins comes at once. */
export async function joinMonths(months: readonly string[], file: string): Promise<void> {
  const parts = months.map(flightsOf);
  const spillDirectory = `${file}.spill`;
  const database = await openDuckDb({ files: [...parts, file], spillDirectory, memoryMb: 1024 });
  try {
    const rows = `SELECT * FROM read_parquet([${parts.map(literal).join(', ')}])`;
    await database.run(`COPY (${rows}) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd)`);
  } finally {
    database.closeSync();
    await rm(spillDirectory, { recursive: true, force: true });
  }
}

/** Drops the flights of a month, which say what became of those that were asked about, and waits until that is kept. */
export async function dropMonth(world: World, month: string, asked: number): Promise<number> {
  const from = (await world.clock.now()).getTime();
  const version = await drop(world, 'flights', flightsOf(month));
  await until(`the truth of ${asked} flights of ${month}`, async () => {
    let kept = 0;
    for await (const { source } of readTruths(world.store, MODELS.closedLoop, { from, to: from + HOUR }))
      if (source === `flights@${version}`) kept++;
    return kept >= asked;
  });
  return version;
}
