import type { Literal } from './ast.ts';
import { binary, exactly, type Operation, unary } from './operation.ts';
import { wallClock } from './time-zone.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

function datePart(name: string, sqlName: string, read: (date: Date) => number): Operation {
  return {
    usage: `${name}(timestamp) or ${name}(timestamp, 'Area/City')`,
    parameters: (count) => (count < 2 ? ['timestamp'] : ['timestamp', 'zone']),
    result: 'number',
    sql: ([instant, zone]) => {
      const local = zone === undefined ? instant : `timezone(${zone}, timezone('UTC', ${instant}))`;
      return `CAST(${sqlName}(${local}) AS DOUBLE)`;
    },
    js: (args, { args: [, zone] }) => {
      const local = wallClock(zone === undefined ? 'UTC' : ((zone as Literal).value as string));
      return unary<number>((instant) => read(new Date(local(instant))))(args);
    },
  };
}

function dayOfYear(date: Date): number {
  return (
    (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) -
      Date.UTC(date.getUTCFullYear(), 0, 0)) /
    DAY
  );
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
