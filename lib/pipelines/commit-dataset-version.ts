import { canonicalJson } from '#core/data/canonical-json.ts';
import { type DatasetManifest, type ManifestContext, nextManifest, type Part } from '#core/data/manifest.ts';
import type { PartProfile } from '#core/data/report.ts';
import { ConflictError } from '#core/errors.ts';
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
    const latest = await registry.latestDatasetVersion(dataset);
    const parent = latest && {
      manifest: await readManifest(store, latest.manifest),
      sha256: latest.manifest.sha256,
    };
    const next = nextManifest(parent, part, profile, context);
    if (latest && next === parent?.manifest) return describeHeld(registry, dataset, part, latest);
    const key = manifestKey(dataset, next.version);
    const json = canonicalJson(next);
    const written = await store.create(key, json, 'application/json');
    const stored = written ?? (await store.describe(key));
    const manifest = written ? next : await readManifest(store, stored);
    await enter(registry, manifest, stored);
    const isOurs = written !== undefined || canonicalJson(manifest) === json;
    if (isOurs) return { version: manifest.version, rows: manifest.rows, duplicate: false };
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
    // Somebody entered this very manifest for us; any other record under this number cannot be.
    const entered = await registry.datasetVersion(manifest.dataset, manifest.version);
    if (!(error instanceof ConflictError) || entered?.manifest.sha256 !== stored.sha256) throw error;
  }
}

/** The part is in already: by this very drop (a retry after a crash), or by an earlier one of the same content. */
async function describeHeld(
  registry: DatasetRegistry,
  dataset: string,
  part: Part,
  latest: DatasetVersion,
): Promise<Commit> {
  const version = (await registry.versionOfPart(dataset, part.sha256)) ?? latest.version;
  const holder = (await registry.datasetVersion(dataset, version)) ?? latest;
  return { version, rows: holder.rows, duplicate: holder.added.source !== sourceOf(part) };
}

function sourceOf({ source }: Part): string {
  return `s3://${source.bucket}/${source.key}?versionId=${source.versionId}`;
}
