import { flightsLate as asked } from '../../../models/flights-late.ts';
import { type LabelledRequests, readRequests } from '../april.ts';
import { type Answers, askModels, awaitLog, MODELS, scoreOf } from './ask-models.ts';
import { awaitIdle, awaitLoop, decidedBetween } from './await-loop.ts';
import { dropMonth, flightsOf, WEATHER } from './drop-month.ts';
import { type BySide, type MonthFigures, type RungAlarm, SIDES, type Side } from './figures.ts';
import { flightsLate } from './models/flights-late.ts';
import { beginningOf, cutAt, monthAfter, planMonth } from './plan-month.ts';
import type { World } from './start-world.ts';
import { trainModel } from './train-models.ts';
import { causesOfAlarms, quiet, watch } from './watch-models.ts';

const WINDOWS = 100;

/**
 * A month: its flights are asked about week by week, watched as the weeks end, and known when it is over; then the loop
 * decides, and the calendar's model is trained.
 * @param isLast nothing is asked afterwards, so nothing is trained
 */
export async function liveMonth(world: World, month: string, isLast: boolean): Promise<MonthFigures> {
  const requests = inOrder(await readRequests(asked, { flights: flightsOf(month), weather: WEATHER }));
  const stretches = planMonth(month, flightsLate.monitor.every);
  const parts = cutAt(stretches, requests.rows, timeOf);
  const alarms = new Map<string, RungAlarm>();
  const remember = (rung: readonly RungAlarm[]) => {
    for (const alarm of rung)
      alarms.set(alarm.alarm, { ...alarm, at: alarms.get(alarm.alarm)?.at ?? alarm.at });
  };
  const answers = noAnswers();
  for (const [index, { at, endsWindow }] of stretches.entries()) {
    if (index > 0) await moveTo(world, at);
    if (endsWindow) {
      remember(await causesOfAlarms(world, await watch(world)));
      await awaitIdle(world); // a training takes minutes, not the week that is asked about next
    }
    const rows = parts[index] ?? [];
    const given = await askModels(world, rows);
    for (const side of SIDES) {
      answers[side].probabilities.push(...given[side].probabilities);
      answers[side].versions.push(...given[side].versions);
    }
    await awaitLog(world, at, rows.length);
  }
  const seen = await seenIn(world, month);
  await moveTo(world, beginningOf(monthAfter(month)));
  if (!isLast) await learn(world, month, requests.rows.length);
  const scores = SIDES.map((side) => [side, scoreOf(requests.labels, answers[side])] as const);
  const by = (metric: 'auc' | 'logLoss') =>
    Object.fromEntries(scores.map(([side, score]) => [side, score[metric]])) as unknown as BySide;
  return {
    month,
    rows: requests.rows.length,
    auc: by('auc'),
    logLoss: by('logLoss'),
    versions: [...new Set(answers.closedLoop.versions)],
    alarms: [...alarms.values()],
    ...seen,
  };
}

/** What the end of a month brings: its flights, their truth, the loop's decision, and the calendar's training. */
async function learn(world: World, month: string, asked: number): Promise<void> {
  const version = await dropMonth(world, month, asked);
  await Promise.all([
    watch(world).then(() => awaitLoop(world, version)),
    trainModel(world, MODELS.monthly, `${month} is over`),
  ]);
}

async function moveTo(world: World, moment: string): Promise<void> {
  await Promise.all([quiet(world), awaitIdle(world)]);
  await world.clock.moveTo(moment);
}

const timeOf = (row: LabelledRequests['rows'][number]) => String(row[asked.from.time as string]);

/** The rows as they happened. */
function inOrder({ rows, labels }: LabelledRequests): LabelledRequests {
  const order = rows.map((row, index) => ({ index, time: timeOf(row) }));
  order.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.index - b.index));
  return {
    rows: order.map(({ index }) => rows[index] as LabelledRequests['rows'][number]),
    labels: order.map(({ index }) => labels[index] as number),
  };
}

type Collected = { readonly [S in Side]: { readonly [K in keyof Answers]: number[] } };

const noAnswers = (): Collected => ({
  closedLoop: { probabilities: [], versions: [] },
  never: { probabilities: [], versions: [] },
  monthly: { probabilities: [], versions: [] },
});

/** What the registry has of a month so far: a decision is told in the month in which it ended. */
export async function seenIn(
  world: World,
  month: string,
): Promise<Pick<MonthFigures, 'drift' | 'decisions'>> {
  const [from, to] = [month, monthAfter(month)].map(beginningOf) as [string, string];
  const windows = await world.registry.windows(MODELS.closedLoop, { limit: WINDOWS });
  const own = windows.filter((window) => window.to > from && window.to <= to);
  return {
    drift: {
      psi: Math.max(0, ...own.map(({ alarmPsi }) => alarmPsi ?? 0)),
      columns: [...new Set(own.flatMap(({ drifted }) => drifted))],
    },
    decisions: await decidedBetween(world, from, to),
  };
}
