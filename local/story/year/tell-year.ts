import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { count } from '#lib/commands/format.ts';
import type { DrivenEmulator } from '../../emulator.ts';
import { SetUpError } from '../../set-up-error.ts';
import { workDirectory } from '../../work-directory.ts';
import type { Storyteller } from '../steps.ts';
import { MODELS } from './ask-models.ts';
import { awaitLoop } from './await-loop.ts';
import { drop, joinMonths, WEATHER } from './drop-month.ts';
import { type MonthFigures, type YearFigures, yearOf } from './figures.ts';
import { liveMonth, seenIn } from './live-month.ts';
import { beginningOf, MONTHS } from './plan-month.ts';
import { deployYear, FOLDER, startWorld, type World } from './start-world.ts';
import { trainModel } from './train-models.ts';
import { yearPage } from './year-page.ts';
import { describeMonth, describeYear } from './year-table.ts';

/** What is known when the story begins. */
const BEFORE = ['2013-01', '2013-02', '2013-03'];
const BEGINS = beginningOf(MONTHS[0] as string);

/** An AWS in which it is the end of March 2013. */
export const startYear = (story: Storyteller): Promise<DrivenEmulator> => startWorld(story, BEGINS);

/** `npm start -- --year`: 2013 from April on, month by month, with a loop that closes itself and two that do not. */
export async function tellYear(story: Storyteller, emulator: DrivenEmulator, once: boolean): Promise<void> {
  const world = await deployYear(story, emulator);
  const version = await story.step(
    'Drop weather and flights',
    () => dropAll(world),
    (version) => `the year's weather, and flights@${version}: January to March`,
  );
  await story.step(
    'Train three of the same',
    () => trainFirst(world, version),
    () => `${MODELS.closedLoop} by itself, ${MODELS.never} and ${MODELS.monthly} by hand`,
  );
  const months: MonthFigures[] = [];
  for (const month of MONTHS) {
    const lived = () => liveMonth(world, month, month === MONTHS.at(-1));
    months.push(await story.step(`Live ${month}`, lived, describeMonth));
  }
  const year = yearOf(
    await Promise.all(months.map(async (month) => ({ ...month, ...(await seenIn(world, month.month)) }))),
  );
  await writeYear(year);
  console.log(
    `\n${describeYear(year)
      .map((line) => `  ${line}`)
      .join('\n')}\n`,
  );
  console.log(
    `  ${count(months.reduce((sum, { rows }) => sum + rows, 0))} flights, ${story.seconds.toFixed(0)} s. The figures: .leeboard/year.json, the picture: .leeboard/year.html\n`,
  );
  if (!once) {
    const clock = await world.clock.nodeOptions();
    console.log(`  AWS endpoint   ${emulator.endpoint}   (key and secret: test)`);
    console.log(
      `  Try            NODE_OPTIONS='${clock}' npx leeboard why ${MODELS.closedLoop}\n\n  It stays up until Ctrl-C.\n`,
    );
  }
}

async function dropAll(world: World): Promise<number> {
  await drop(world, 'weather', WEATHER);
  const file = join(FOLDER, 'flights-2013-01-to-03.parquet');
  await joinMonths(BEFORE, file);
  return drop(world, 'flights', file);
}

/** The loop trains its first version when the data comes; the others are asked to. */
async function trainFirst(world: World, flightsVersion: number): Promise<void> {
  const byHand = [MODELS.never, MODELS.monthly].map((model) => trainModel(world, model, 'January to March'));
  await Promise.all([awaitLoop(world, flightsVersion), ...byHand]);
  const { champion } = await world.client.deployment(MODELS.closedLoop);
  if (champion === null)
    throw new SetUpError(`${MODELS.closedLoop} has no champion: see "npx leeboard why ${MODELS.closedLoop}"`);
}

async function writeYear(year: YearFigures): Promise<void> {
  const page = await yearPage(year);
  for (const [name, text] of [
    ['year.json', `${JSON.stringify(year, null, 2)}\n`],
    ['year.html', page],
  ] as const) {
    const file = join(workDirectory, name);
    writeFileSync(`${file}.tmp`, text);
    renameSync(`${file}.tmp`, file);
  }
}
