const PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * An ISO 8601 instant; without an offset it is UTC, a date alone is its midnight in UTC.
 * @returns epoch milliseconds, digits after the third cut off; undefined when it is not an instant
 */
export function parseInstant(text: string): number | undefined {
  const found = PATTERN.exec(text);
  if (!found) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', offset = 'Z'] = found;
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3);
  const zone = offset === 'Z' || offset.includes(':') ? offset : `${offset.slice(0, 3)}:${offset.slice(3)}`;
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${zone}`);
  if (Number.isNaN(instant)) return undefined;
  // Date.parse rolls 30 February over; a date that does not exist is no instant.
  const days = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  days.setUTCFullYear(Number(year));
  return days.getUTCDate() === Number(day) && days.getUTCMonth() === Number(month) - 1 ? instant : undefined;
}
