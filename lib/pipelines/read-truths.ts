import type { Truth } from '#core/serve/truth.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import { listHours } from './list-hours.ts';
import { readLines, type Window } from './read-lines.ts';

/** Truths that arrived within a window, as they came, the newest first: repeated, conflicting and unknown ones too. */
export async function* readTruths(store: ObjectStore, model: string, window: Window): AsyncGenerator<Truth> {
  const objects = await listHours(store, `truth/${model}/`, window.from, window.to);
  for await (const { lines } of readLines<Truth>(store, objects, window)) yield* lines;
}
