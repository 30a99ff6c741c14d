import { ALARM_KINDS, type AlarmKind, alarmName } from '#core/monitor/alarm-names.ts';
import type { WindowRecord } from '#core/monitor/records.ts';
import type { WindowReport } from '#core/monitor/report.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import { until } from '../flights-story.ts';
import { MODELS } from './ask-models.ts';
import type { RungAlarm } from './figures.ts';
import { flightsLate } from './models/flights-late.ts';
import type { World } from './start-world.ts';

const MODEL = MODELS.closedLoop;
const LOOKED_THROUGH = 100;
const { minRows, psi: threshold } = flightsLate.monitor;

/** What watching showed at a moment. */
export interface Watched {
  /** The newest window's report; undefined before the first. */
  readonly newest: WindowReport | undefined;
  /** That of the newest window whose truth is in. */
  readonly known: WindowReport | undefined;
}

/** Runs `monitor-model` as its schedule does, and waits until the alarms say what it found. */
export async function watch(world: World): Promise<Watched> {
  const { client } = world;
  await quiet(world); // its own schedule may have been faster
  await client.finish(await client.start('monitor-model', MODEL, { scheduled: true }));
  const watched = await readWatched(world);
  await until('the alarms to say what monitoring found', async () => {
    const ringing = await ringingAlarms(world);
    return Object.entries(expectedOf(watched)).every(
      ([kind, rings]) => ringing.has(kind as AlarmKind) === rings,
    );
  });
  return watched;
}

/** Waits until nothing watches: the clock is moved while nothing runs. */
export async function quiet({ client }: Pick<World, 'client'>): Promise<void> {
  await until('monitoring to end', async () => {
    const running = await client.executions(`${MODEL}-monitor-model`, 1, 'RUNNING');
    return running.length === 0;
  });
}

async function readWatched({ registry, store }: World): Promise<Watched> {
  const windows = await registry.windows(MODEL, { limit: LOOKED_THROUGH });
  const known = windows.find(({ performance }) => performance !== null && performance.rows >= minRows);
  const [newest, report] = await Promise.all(
    [windows[0], known].map((record) => record && read(store, record)),
  );
  return { newest, known: report };
}

async function read(store: ObjectStore, { reportKey }: WindowRecord): Promise<WindowReport> {
  return JSON.parse(Buffer.from(await store.read(reportKey)).toString()) as WindowReport;
}

/** Which of the two alarms of the data must ring; those of which nothing is known are left out. */
function expectedOf({ newest, known }: Watched): Partial<Record<AlarmKind, boolean>> {
  const psi = newest?.inputs.alarmPsi ?? null;
  const drop = known?.truth?.watched?.drop;
  return {
    ...(psi !== null && { drift: psi >= threshold }),
    ...(drop !== undefined && { performance: drop > 0 }),
  };
}

/** Alarms of the closed loop that ring now. */
async function ringingAlarms({ client }: Pick<World, 'client'>): Promise<Set<AlarmKind>> {
  const states = await client.alarms();
  const stateOf = (kind: AlarmKind) => {
    const name = alarmName(client.outputs.environment, MODEL, kind);
    return states.find(({ alarm }) => alarm === name)?.state;
  };
  return new Set(ALARM_KINDS.filter((kind) => stateOf(kind) === 'ALARM'));
}

/** The alarms that ring now, with what the data shows of their cause. */
export async function causesOfAlarms(world: World, watched: Watched): Promise<RungAlarm[]> {
  const at = (await world.clock.now()).toISOString();
  const ringing = await ringingAlarms(world);
  return [...ringing].map((kind) => ({ alarm: kind, at, ...causeOf(kind, watched) }));
}

/** What an alarm says of itself is no cause: only what the windows show is. */
function causeOf(kind: AlarmKind, { newest, known }: Watched): Pick<RungAlarm, 'cause' | 'figures'> {
  const none = { cause: null, figures: {} };
  if (kind === 'drift') {
    const psi = newest?.inputs.alarmPsi ?? 0;
    if (!newest || psi < threshold) return none;
    const { columns, drifted } = newest.inputs;
    const figures = columns.flatMap((of) => (drifted.includes(of.column) ? [[of.column, of.psi]] : []));
    const cause = `PSI ${psi.toFixed(2)} from ${day(newest.from)} to ${day(newest.to)}: ${drifted.join(', ')}`;
    return { cause, figures: Object.fromEntries(figures) };
  }
  if (kind === 'performance') {
    const of = known?.truth?.watched;
    if (!known || !of || of.drop <= 0) return none;
    const [before, now] = [of.before.value ?? Number.NaN, of.now.value ?? Number.NaN];
    const cause = `${of.metric} ${now.toFixed(3)} from ${day(known.from)} to ${day(known.to)}, ${before.toFixed(3)} when version ${known.version} was judged: worse by ${of.drop.toFixed(3)} beyond doubt`;
    return { cause, figures: { before, now, drop: of.drop } };
  }
  return none;
}

const day = (instant: string) => instant.slice(0, 10);
