import { join } from 'node:path';
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
