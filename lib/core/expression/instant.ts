/** The first and the last instant of the language, epoch milliseconds: what is outside is null. */
export const FIRST_INSTANT = Date.UTC(1600, 0, 1);
export const LAST_INSTANT = Date.UTC(10_000, 0, 1) - 1;

const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Epoch milliseconds of an ISO 8601 date and time with Z or an offset; null when it is not one. */
export function instantOf(text: string): number | null {
  const match = ISO.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second, , , offsetHours, offsetMinutes] = match
    .slice(1)
    .map((digits) => Number(digits ?? 0));
  const local = Date.UTC(
    year as number,
    (month as number) - 1,
    day,
    hour,
    minute,
    second,
    Number((match[7] ?? '').padEnd(3, '0')),
  );
  // Date.UTC carries what is too large, such as 30 February, into the next unit.
  const exact = new Date(local)
    .toISOString()
    .startsWith(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6] ?? '00'}`);
  if (!exact || (offsetHours as number) > 23 || (offsetMinutes as number) > 59) return null;
  const offset = ((offsetHours as number) * 60 + (offsetMinutes as number)) * 60_000;
  const instant = match[8] === '-' ? local + offset : local - offset;
  return isInstant(instant) ? instant : null;
}

/** Whether a number of epoch milliseconds is in the language's range. */
export function isInstant(milliseconds: number): boolean {
  return milliseconds >= FIRST_INSTANT && milliseconds <= LAST_INSTANT;
}
