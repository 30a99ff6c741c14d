import { canonicalJson } from '#core/data/canonical-json.ts';
import { type DatasetManifest, type ManifestContext, nextManifest, type Part } from '#core/data/manifest.ts';
import type { PartProfile } from '#core/data/report.ts';
import { ConflictError, NotFoundError } from '#core/errors.ts';
import type { DatasetVersion } from '#core/registry/records.ts';
import type { ObjectStore, StoredObject } from '#ports/object-store.ts';
import type { DatasetRegistry } from '#ports/registry.ts';

/** Other writers can be first so many times in a row before the caller has to come back. */
const MAX_ATTEMPTS = 20;

export interface Commit {
  readonly version: number;
  readonly rows: number;
  /** Whether the content was in the dataset before this drop. */
  readonly duplicate: boolean;
}

/**
 * Makes an accepted part the next dataset version. The manifest's conditional write in the store decides who
 * gets a number; the registry follows, and whoever finds a manifest that it does not know yet enters it first.
 * So files that come together all get in, and a crash at any point is mended by the next call.
 * @throws ConflictError when others were first too often
 */
export async function commitDatasetVersion(
  store: ObjectStore,
  registry: DatasetRegistry,
  { part, profile, context }: { part: Part; profile: PartProfile; context: ManifestContext },
): Promise<Commit> {
  const { dataset } = context;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const holder = await versionHolding(registry, dataset, part);
    // A late retry must not bring its part back over newer ones (mode `replace`).
    if (holder && isOf(holder, part)) return described(holder, false);
    const latest = await registry.latestDatasetVersion(dataset);
    const parent = latest && {
      manifest: await readManifest(store, latest.manifest),
      sha256: latest.manifest.sha256,
    };
    const next = nextManifest(parent, part, profile, context);
    if (latest && next === parent?.manifest) return described(holder ?? latest, true);
    const key = manifestKey(dataset, next.version);
    const written = await store.create(key, canonicalJson(next), 'application/json');
    if (written) {
      await enter(registry, next, written);
      return { version: next.version, rows: next.rows, duplicate: false };
    }
    // Another drop's, or this one's before it crashed: known to the registry, the next round tells them apart.
    const stored = await describeWinner(store, key);
    if (stored) await enter(registry, await readManifest(store, stored), stored);
  }
  throw new ConflictError(`${dataset}: other drops were first ${MAX_ATTEMPTS} times: commit this one again`);
}

/** `datasets/<name>/versions/000012.json` */
export function manifestKey(dataset: string, version: number): string {
  return `datasets/${dataset}/versions/${String(version).padStart(6, '0')}.json`;
}

/** A dataset version's manifest. @throws IntegrityError when its bytes are not those recorded */
export async function readManifest(store: ObjectStore, pointer: StoredObject): Promise<DatasetManifest> {
  return JSON.parse(new TextDecoder().decode(await store.readVerified(pointer))) as DatasetManifest;
}

async function enter(
  registry: DatasetRegistry,
  manifest: DatasetManifest,
  stored: StoredObject,
): Promise<void> {
  const added = manifest.parts.at(-1) as Part;
  const record: DatasetVersion = {
    dataset: manifest.dataset,
    version: manifest.version,
    createdAt: manifest.createdAt,
    specHash: manifest.specHash,
    rows: manifest.rows,
    parts: manifest.parts.length,
    added: { sha256: added.sha256, rows: added.rows, source: sourceOf(added) },
    manifest: stored,
  };
  try {
    await registry.addDatasetVersion(record);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    // Somebody entered this very manifest for us; any other record under this number cannot be.
    const entered = await registry.datasetVersion(manifest.dataset, manifest.version);
    if (entered?.manifest.sha256 !== stored.sha256) throw error;
  }
}

/** The manifest that took the number; undefined when its conditional write was under way, and failed. */
async function describeWinner(store: ObjectStore, key: string): Promise<StoredObject | undefined> {
  try {
    return await store.describe(key);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/** The newest version that added the part's content. */
async function versionHolding(
  registry: DatasetRegistry,
  dataset: string,
  part: Part,
): Promise<DatasetVersion | undefined> {
  const version = await registry.versionOfPart(dataset, part.sha256);
  return version === undefined ? undefined : registry.datasetVersion(dataset, version);
}

function described({ version, rows }: DatasetVersion, duplicate: boolean): Commit {
  return { version, rows, duplicate };
}

/** Whether a version was made by this very drop, not by another one of the same content. */
function isOf(version: DatasetVersion, part: Part): boolean {
  return version.added.source === sourceOf(part);
}

function sourceOf({ source }: Part): string {
  return `s3://${source.bucket}/${source.key}?versionId=${source.versionId}`;
}
