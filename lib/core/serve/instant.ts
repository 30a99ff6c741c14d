import { instantOf } from '../expression/instant.ts';

const PATTERN = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * An ISO 8601 instant as requests bring it; without an offset it is UTC, a date alone is its midnight in UTC.
 * @returns epoch milliseconds, digits after the third cut off; undefined when it is not an instant
 */
export function parseInstant(text: string): number | undefined {
  const found = PATTERN.exec(text);
  if (!found) return undefined;
  const [, date, time = '00:00', offset = 'Z'] = found;
  const zone = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
  return instantOf(`${date}T${time.slice(0, 'HH:MM:SS.sss'.length)}${zone}`) ?? undefined;
}
