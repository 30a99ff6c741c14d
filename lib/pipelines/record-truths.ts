import { gzipSync } from 'node:zlib';
import { canonicalJson } from '#core/data/canonical-json.ts';
import type { Row } from '#core/expression/index.ts';
import type { StatedTruth } from '#core/serve/check-truth.ts';
import type { Truth } from '#core/serve/truth.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import { folderOf } from './list-hours.ts';

export interface TruthPorts {
  readonly store: ObjectStore;
  /** SHA-256 of a text, hex. */
  readonly sha256: (text: string) => string;
  /** A key as the prediction log keeps it. */
  readonly redact: (key: Row) => Row;
}

/** Truths that came together. */
export type Arrival = Pick<Truth, 'model' | 'at' | 'source'>;

/** Truths in one object. */
const PIECE = 10_000;

/**
 * Keeps truths as they came. Objects are named by all that they hold, when it came included, so that an arrival that is
 * delivered again, or was broken off, leaves what one whole arrival leaves, and one that takes a correction back is kept.
 * @returns how many were not there yet
 */
export async function recordTruths(
  { store, sha256, redact }: TruthPorts,
  { model, at, source }: Arrival,
  truths: AsyncIterable<StatedTruth> | Iterable<StatedTruth>,
): Promise<number> {
  let created = 0;
  let piece: StatedTruth[] = [];
  const flush = async () => {
    const text = piece
      .map((truth) => `${canonicalJson({ model, ...truth, at, source } satisfies Truth)}\n`)
      .join('');
    const key = `truth/${model}/${folderOf(Date.parse(at))}/${sha256(text)}.jsonl.gz`;
    if (await store.create(key, gzipSync(text), 'application/gzip')) created += piece.length;
    piece = [];
  };
  for await (const truth of truths) {
    piece.push('key' in truth.of ? { ...truth, of: { key: redact(truth.of.key) } } : truth);
    if (piece.length === PIECE) await flush();
  }
  if (piece.length > 0) await flush();
  return created;
}
