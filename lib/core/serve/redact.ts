import { canonicalJson } from '../data/canonical-json.ts';
import type { Row, Value } from '../expression/index.ts';
import type { InputColumn } from './signature.ts';

/** A keyed hash of a text: equal texts give equal hashes, and none can be undone or guessed without the key. */
export type Hash = (text: string) => string;

/**
 * A row as the prediction log may keep it: of columns marked `sensitive`, `hash` becomes the hash of the typed value's
 * canonical JSON (an instant is its epoch milliseconds, -0 is 0), null stays null, and `omit` is left out. A truth's
 * key that went through here joins what was logged.
 * @param columns those that may be sensitive; others of the row stay as they are
 */
export function redactRow(columns: readonly InputColumn[], row: Row, hash: Hash): Row {
  const kept = { ...row } as Record<string, Value>;
  for (const { name, column } of columns) {
    const value = row[name];
    if (value === undefined || column.sensitive === undefined) continue;
    if (column.sensitive === 'omit') delete kept[name];
    else kept[name] = value === null ? null : hash(canonicalJson(value));
  }
  return kept;
}
