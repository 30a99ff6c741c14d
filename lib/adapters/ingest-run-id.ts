import { sha256 } from './hash.ts';

/**
 * The name of the `ingest-dataset` execution of one drop: of its bucket, key and object version, so the same
 * event twice is one run, and whoever made the drop can look up what became of it.
 */
export function ingestRunId(bucket: string, key: string, versionId: string): string {
  return sha256(JSON.stringify([bucket, key, versionId]));
}
