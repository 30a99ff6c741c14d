import type { Call, Literal } from './ast.ts';
import { binary, exactly, type Operation, unary } from './operation.ts';
import { wallClock, wallClockSql } from './time-zone.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

function datePart(name: string, sqlName: string, read: (date: Date) => number): Operation {
  return {
    usage: `${name}(timestamp) or ${name}(timestamp, 'Area/City')`,
    parameters: (count) => (count < 2 ? ['timestamp'] : ['timestamp', 'zone']),
    result: 'number',
    sql: ([instant], call) => {
      const zone = zoneOf(call);
      return `CAST(${sqlName}(${zone === null ? instant : localSql(zone, `${instant}`, call)}) AS DOUBLE)`;
    },
    js: (args, call) => {
      const zone = zoneOf(call);
      if (zone === null) return unary<number>((instant) => read(new Date(instant)))(args);
      const local = wallClock(zone);
      return unary<number>((instant) => read(new Date(local(instant))))(args);
    },
  };
}

/** Columns are short to repeat, and three times as fast; of all else one mention, or nesting would explode. */
function localSql(zone: string, instant: string, { args: [argument] }: Call): string {
  if (argument?.kind === 'column') return wallClockSql(zone, `epoch_ms(${instant})`);
  return `list_transform([epoch_ms(${instant})], lambda v: ${wallClockSql(zone, 'v')})[1]`;
}

function zoneOf({ args: [, zone] }: Call): string | null {
  return zone === undefined ? null : ((zone as Literal).value as string);
}

function dayOfYear(date: Date): number {
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  return (midnight - Date.UTC(date.getUTCFullYear(), 0, 0)) / DAY;
}

export const timeOperations = {
  year: datePart('year', 'year', (date) => date.getUTCFullYear()),
  month: datePart('month', 'month', (date) => date.getUTCMonth() + 1),
  day: datePart('day', 'day', (date) => date.getUTCDate()),
  hour: datePart('hour', 'hour', (date) => date.getUTCHours()),
  minute: datePart('minute', 'minute', (date) => date.getUTCMinutes()),
  weekday: datePart('weekday', 'isodow', (date) => ((date.getUTCDay() + 6) % 7) + 1),
  day_of_year: datePart('day_of_year', 'dayofyear', dayOfYear),
  hours_between: {
    usage: 'hours_between(from, to)',
    parameters: exactly('timestamp', 'timestamp'),
    result: 'number',
    sql: ([from, to]) => `(CAST(epoch_ms(${to}) - epoch_ms(${from}) AS DOUBLE) / ${HOUR}e0)`,
    js: binary<number>((from, to) => (to - from) / HOUR),
  },
} satisfies Record<string, Operation>;
