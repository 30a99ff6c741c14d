import { gunzipSync } from 'node:zlib';
import { InvalidInputError } from '#core/errors.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import { listHours } from './list-hours.ts';

const HOUR = 3_600_000;
/**
 * Firehose names an object by the arrival of its oldest record, and fills it for at most 15 minutes.
 * https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
 */
const LONGEST_BUFFER = 15 * 60_000;
/** Firehose may deliver an answer so much later than it was given. */
const LATEST_DELIVERY = HOUR;

/**
 * Predictions answered within a window, each id once: Firehose may deliver a record twice.
 * @param from included, to excluded; epoch milliseconds
 * @param most @default any number
 * @throws InvalidInputError when there are more than `most`
 */
export async function readPredictions(
  store: ObjectStore,
  model: string,
  from: number,
  to: number,
  most = Infinity,
): Promise<LoggedPrediction[]> {
  const found = new Map<string, LoggedPrediction>();
  const end = to + LATEST_DELIVERY;
  for (const { key } of await listHours(store, `predictions/${model}/`, from - LONGEST_BUFFER, end + 1)) {
    const lines = gunzipSync(await store.read(key))
      .toString('utf8')
      .split('\n');
    for (const line of lines.filter(Boolean)) {
      const row = JSON.parse(line) as LoggedPrediction;
      const at = Date.parse(row.at);
      if (at >= from && at < to) found.set(row.id, row);
    }
    if (found.size > most) {
      const expected = `a window of at most ${most} logged predictions`;
      throw new InvalidInputError([{ field: 'from', expected, got: `${found.size} and more` }]);
    }
  }
  return [...found.values()];
}
