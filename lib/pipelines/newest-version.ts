import type { DatasetVersion } from '#core/registry/records.ts';
import type { DatasetRegistry } from '#ports/registry.ts';

/** A dataset's newest version as of an instant, ISO 8601 in UTC: what a training takes; undefined: there was none. */
export async function newestVersion(
  registry: DatasetRegistry,
  dataset: string,
  asOf: string,
): Promise<DatasetVersion | undefined> {
  const versions = await registry.datasetVersions(dataset, { limit: 1000 });
  return versions.find(({ createdAt }) => createdAt <= asOf);
}
