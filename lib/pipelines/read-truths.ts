import { gunzipSync } from 'node:zlib';
import type { Truth } from '#core/serve/truth.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import { listHours } from './list-hours.ts';

/**
 * Truths that arrived within a window, as they came: repeated, conflicting and unknown ones too.
 * @param from included, to excluded; epoch milliseconds
 */
export async function readTruths(
  store: ObjectStore,
  model: string,
  from: number,
  to: number,
): Promise<Truth[]> {
  const found: Truth[] = [];
  for (const { key } of await listHours(store, `truth/${model}/`, from, to)) {
    const lines = gunzipSync(await store.read(key))
      .toString('utf8')
      .split('\n');
    for (const line of lines.filter(Boolean)) {
      const truth = JSON.parse(line) as Truth;
      const at = Date.parse(truth.at);
      if (at >= from && at < to) found.push(truth);
    }
  }
  return found;
}
