/**
 * Time zones, from the tz database of the JavaScript engine alone. DuckDB brings a database of its own, often of
 * another year, and then the two disagree (British Columbia's winter of 2026 is such a case): so the SQL
 * carries the zone's transitions instead of asking DuckDB.
 */

const DAY = 86_400_000;

/** Zones keep their changes from here until there, epoch milliseconds; before and after, their offset stands still. */
const FIRST_RULE = Date.UTC(1900, 0, 1);
const LAST_RULE = Date.UTC(2100, 0, 1);

/** Shorter than any two changes that undo each other. */
const SCAN_STEP = 5 * DAY;

/** A zone's offset east of UTC, milliseconds, from an instant on until the next one's. */
interface Period {
  readonly from: number;
  readonly offset: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const histories = new Map<string, readonly Period[]>();

/** Whether `zone` is an IANA time zone by name; bare offsets such as +02:00 are not. */
export function isTimeZone(zone: string): boolean {
  // Node 22 takes offsets for zones, Node 20 does not.
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/**
 * The wall clock of `zone` at an instant, as the epoch milliseconds at which UTC shows the same date and time.
 * @param instant epoch milliseconds
 */
export function wallClock(zone: string): (instant: number) => number {
  const format = formatOf(zone);
  // Month, hour and weekday of one instant are usually asked for together.
  let last = Number.NaN;
  let offset = Number.NaN;
  return (instant) => {
    if (instant !== last) {
      offset = offsetAt(format, Math.min(Math.max(instant, FIRST_RULE), LAST_RULE));
      last = instant;
    }
    return instant + offset;
  };
}

/**
 * The same in SQL, from and to a TIMESTAMP. Time is cut into equal slots with at most one change each: a slot's
 * number finds its change and the offsets before and after it in constant lists.
 * @param instant SQL of epoch milliseconds, mentioned five times
 */
export function wallClockSql(zone: string, instant: string): string {
  const { width, changes, offsets } = slotsOf(historyOf(zone));
  const slot = `least(greatest((${instant} - ${FIRST_RULE}) // ${width}, 0), ${changes.length - 1}) + 1`;
  const passed = `CAST(${instant} >= [${changes}][${slot}] AS BIGINT)`;
  return `make_timestamp_ms(${instant} + [${offsets}][${slot} + ${passed}])`;
}

interface Slots {
  /** Milliseconds of a slot. */
  readonly width: number;
  /** The change inside each slot; 0 when there is none, and then the offsets beside it are equal. */
  readonly changes: readonly number[];
  /** The offset at the start of each slot, and at the end of the last. */
  readonly offsets: readonly number[];
}

function slotsOf(periods: readonly Period[]): Slots {
  const changes = periods.slice(1);
  const slotOf = (instant: number, width: number) => Math.floor((instant - FIRST_RULE) / width);
  const fits = (width: number) =>
    new Set(changes.map(({ from }) => slotOf(from, width))).size === changes.length;
  let width = 128 * DAY;
  while (!fits(width)) width /= 2;
  const count = slotOf(LAST_RULE, width) + 1;
  const bySlot = new Map(changes.map((change) => [slotOf(change.from, width), change]));
  let offset = periods[0]?.offset as number;
  const offsets = [offset];
  for (let slot = 0; slot < count; slot++) {
    offset = bySlot.get(slot)?.offset ?? offset;
    offsets.push(offset);
  }
  return { width, changes: Array.from({ length: count }, (_, slot) => bySlot.get(slot)?.from ?? 0), offsets };
}

function historyOf(zone: string): readonly Period[] {
  const known = histories.get(zone);
  if (known) return known;
  const format = formatOf(zone);
  const periods: Period[] = [{ from: FIRST_RULE, offset: offsetAt(format, FIRST_RULE) }];
  for (let start = FIRST_RULE; start < LAST_RULE; start += SCAN_STEP) {
    const end = Math.min(start + SCAN_STEP, LAST_RULE);
    const offset = offsetAt(format, end);
    if (offset !== periods.at(-1)?.offset)
      periods.push({ from: firstWith(format, offset, start, end), offset });
  }
  histories.set(zone, periods);
  return periods;
}

/** The first instant after `before` that has the offset which `after` has, by bisection. */
function firstWith(format: Intl.DateTimeFormat, offset: number, before: number, after: number): number {
  let [low, high] = [before, after];
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (offsetAt(format, middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}

function offsetAt(format: Intl.DateTimeFormat, instant: number): number {
  const second = Math.floor(instant / 1000) * 1000;
  const part = new Map(format.formatToParts(second).map(({ type, value }) => [type, Number(value)]));
  const get = (type: Intl.DateTimeFormatPartTypes) => part.get(type) as number;
  return (
    Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second')) - second
  );
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, format);
  return format;
}
