import { createHmac, randomBytes } from 'node:crypto';
import { NotFoundError } from '#core/errors.ts';
import type { Row } from '#core/expression/index.ts';
import { type Hash, redactRow } from '#core/serve/redact.ts';
import type { InputColumn } from '#core/serve/signature.ts';
import type { ObjectStore } from '#ports/object-store.ts';

const KEY_BYTES = 32;
const HASH_BYTES = 16;

/** Where a model's key is, in the store; who deletes it makes what was hashed unknowable. */
const logKeyOf = (model: string) => `keys/${model}/prediction-log`;

/**
 * What a version's rows become before they are logged.
 * The key is read when a column asks for a hash, and only then.
 * @param columns of the version: its inputs, and what it carries
 */
export async function openRedaction(
  store: ObjectStore,
  model: string,
  columns: readonly InputColumn[],
): Promise<(row: Row) => Row> {
  const sensitive = columns.filter(({ column }) => column.sensitive !== undefined);
  if (sensitive.length === 0) return (row) => row;
  const hashes = sensitive.some(({ column }) => column.sensitive === 'hash');
  const hash = hashes ? await openHash(store, model) : noHash;
  return (row) => redactRow(sensitive, row, hash);
}

const noHash: Hash = () => {
  throw new TypeError('no column of this version is to be hashed');
};

/** The keyed hash of a model's log: `hmac:` and the first 16 bytes of HMAC-SHA-256, hex. Its key is made once. */
export async function openHash(store: ObjectStore, model: string): Promise<Hash> {
  const key = await readKey(store, logKeyOf(model));
  return (text) =>
    `hmac:${createHmac('sha256', key)
      .update(text)
      .digest('hex')
      .slice(0, 2 * HASH_BYTES)}`;
}

async function readKey(store: ObjectStore, at: string): Promise<Uint8Array> {
  try {
    return await store.read(at);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
  const made = randomBytes(KEY_BYTES);
  // Another instance may have been first: its key is the one.
  return (await store.create(at, made)) ? made : store.read(at);
}
