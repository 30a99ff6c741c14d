import { gunzipSync } from 'node:zlib';
import type { ListedObject, ObjectStore } from '#ports/object-store.ts';

/** Epoch milliseconds. */
export interface Window {
  /** Included. */
  readonly from: number;
  /** Excluded. */
  readonly to: number;
}

/** What an object has of a window. */
export interface ObjectLines<T> {
  readonly object: ListedObject;
  /** The newest first. */
  readonly lines: readonly T[];
  /** Characters of their text. */
  readonly size: number;
}

/** Objects that are fetched at once: most are small. */
const FETCHED = 8;

/**
 * Lines of a window from objects of gzipped JSON Lines, an object at a time and the newest first, so that a reader holds
 * what it needs of them and stops when it has enough.
 * @param oldestFirst the objects in which they may be
 */
export async function* readLines<T extends { readonly at: string }>(
  store: ObjectStore,
  oldestFirst: readonly ListedObject[],
  window: Window,
): AsyncGenerator<ObjectLines<T>> {
  const objects = oldestFirst.toReversed();
  for (let start = 0; start < objects.length; start += FETCHED) {
    const fetched = objects.slice(start, start + FETCHED);
    const bodies = await Promise.all(fetched.map(({ key }) => store.read(key)));
    for (const [index, object] of fetched.entries())
      yield { object, ...linesOf<T>(bodies[index] as Uint8Array, window) };
  }
}

function linesOf<T extends { readonly at: string }>(
  body: Uint8Array,
  { from, to }: Window,
): Omit<ObjectLines<T>, 'object'> {
  const lines: T[] = [];
  let size = 0;
  for (const text of gunzipSync(body).toString('utf8').split('\n')) {
    if (text === '') continue;
    const line = JSON.parse(text) as T;
    const at = Date.parse(line.at);
    if (at < from || at >= to) continue;
    lines.push(line);
    size += text.length;
  }
  return { lines: lines.reverse(), size };
}
