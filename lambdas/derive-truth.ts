import { join } from 'node:path';
import { z } from 'zod';
import { readTruthRows } from '#adapters/duckdb/read-truth-rows.ts';
import { NotFoundError } from '#core/errors.ts';
import { keyColumns } from '#core/serve/signature-of.ts';
import { readManifest } from '#lib/pipelines/commit-dataset-version.ts';
import { recordTruths } from '#lib/pipelines/record-truths.ts';
import { parseInput } from './shared/payloads.ts';
import { registry, store } from './shared/resources.ts';
import { withScratch } from './shared/scratch.ts';
import { ownModel, truthPorts } from './shared/truth.ts';

const DatasetVersionCreated = z.object({
  detail: z.object({ dataset: z.string(), version: z.number() }),
});

/** What became of a version's part: truths that were not kept before, or why it was not looked at. */
export type Derived = { readonly recorded: number } | { readonly ignored: string };

/**
 * Keeps what the newest part of the model's dataset says really happened, by its key. The truths came when the part
 * did, so that the same event twice leaves the same objects.
 */
export const handler = async (event: unknown): Promise<Derived> => {
  const { dataset, version } = parseInput(DatasetVersionCreated, event).detail;
  const model = await ownModel();
  if (dataset !== model.from.name) return { ignored: `not a version of ${model.from.name}` };
  if (model.from.key.length === 0) return { ignored: `the rows of ${dataset} have no key` };
  if (keyColumns(model).some(({ column }) => column.sensitive === 'omit')) {
    return { ignored: 'the log does not keep the whole key' };
  }
  if (!(await registry().deployment(model.name))?.champion) return { ignored: 'nothing was predicted yet' };
  const created = await registry().datasetVersion(dataset, version);
  if (!created) throw new NotFoundError(`${dataset} has no version ${version}`);
  const { parts } = await readManifest(store(), created.manifest);
  const part = parts.find(({ sha256 }) => sha256 === created.added.sha256);
  if (!part) throw new NotFoundError(`${dataset}@${version} does not hold the part that it added`);
  return withScratch(async (folder) => {
    const file = join(folder, 'part.parquet');
    await store().downloadVerified({ ...part, versionId: part.s3VersionId }, file);
    const arrival = { model: model.name, at: created.createdAt, source: `${dataset}@${version}` };
    const rows = readTruthRows(file, model, { spillDirectory: folder });
    return { recorded: await recordTruths(await truthPorts(), arrival, rows) };
  });
};
