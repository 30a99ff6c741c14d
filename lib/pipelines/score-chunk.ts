import { type BatchPlan, batchPrefix, type ScoredChunk } from '#core/batch/batch-files.ts';
import { type Chunk, chunkName } from '#core/batch/chunk.ts';
import { type ParsedRow, parseEach } from '#core/batch/parse-each.ts';
import { predictionColumns } from '#core/batch/prediction-columns.ts';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { ConflictError } from '#core/errors.ts';
import type { Engine } from '#core/registry/bundle.ts';
import { MAX_ROWS } from '#core/serve/parse-rows.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { ChunkScorer } from '#ports/chunk-scorer.ts';
import type { ObjectStore, StoredObject } from '#ports/object-store.ts';
import type { Predictor } from '#ports/predictor.ts';
import type { LocalDataset } from '#ports/preparation.ts';
import type { ServingRegistry } from '#ports/registry.ts';
import { readManifest } from './commit-dataset-version.ts';
import { loadBundle, readBaseline, readJson } from './load-bundle.ts';
import { type BatchExecution, createFile, findFile, requireRunning } from './running-batch.ts';
import { rowScorer, type Scorer } from './score-rows.ts';

export interface ScoreChunkPorts {
  readonly registry: ServingRegistry;
  readonly store: ObjectStore;
  readonly scorer: ChunkScorer;
  readonly load: (engine: Engine, model: Uint8Array, signature: Signature) => Predictor;
  readonly codeVersion: string;
}

export interface ChunkToScore {
  readonly batch: BatchExecution;
  readonly plan: StoredObject;
  readonly chunk: Chunk;
}

/**
 * Scores a chunk and keeps what came out, or finds what an earlier call kept, checked by its hash.
 * @param folder of its own, for files
 * @throws ConflictError when the batch is not this execution's, or another output is in its place
 * @throws IntegrityError when a part, the model or the earlier output is not what was recorded
 */
export async function scoreChunk(
  ports: ScoreChunkPorts,
  { batch, plan: pointer, chunk }: ChunkToScore,
  folder: string,
): Promise<ScoredChunk> {
  const { registry, store } = ports;
  const name = chunkName(chunk);
  await requireRunning(registry, batch);
  const earlier = await findFile(store, batch, `${name}.json`);
  if (earlier) {
    const scored = await readJson<ScoredChunk>(store, earlier);
    await store.readVerified(scored.file);
    return scored;
  }
  const plan = await readJson<BatchPlan>(store, pointer);
  const { output, rows, ...found } = await scoreRows(ports, plan, chunk, folder);
  if (rows !== chunk.rows) throw new TypeError(`${name}: expected ${chunk.rows} rows, got ${rows}`);
  const file = await createOutput(store, `${batchPrefix(batch)}${name}.parquet`, output);
  const scored: ScoredChunk = { rows, ...found, file, codeVersion: ports.codeVersion };
  return readJson(store, await createFile(store, batch, `${name}.json`, canonicalJson(scored)));
}

/** Writes a chunk's output, or finds the same: a call that crashed before the record had written it. */
async function createOutput(store: ObjectStore, key: string, output: Uint8Array): Promise<StoredObject> {
  const created = await store.create(key, output, 'application/vnd.apache.parquet');
  if (created) return created;
  const found = await store.describe(key);
  if (isSame(output, await store.readVerified(found))) return found;
  throw new ConflictError(`${key} holds what another version of the code wrote: start a new batch`);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

async function scoreRows(
  { store, scorer, load }: ScoreChunkPorts,
  { bundle, datasets }: BatchPlan,
  chunk: Chunk,
  folder: string,
): Promise<Pick<ScoredChunk, 'rows' | 'refused' | 'profiles'> & { output: Uint8Array }> {
  const { manifest, signature, decision, model } = await loadBundle(store, bundle);
  const spec = await readJson<ModelSpec>(store, manifest.files['spec.json']);
  const local = await fetchParts(store, spec, datasets, chunk, folder);
  const predictor = load(manifest.engine, model, signature);
  const columns = predictionColumns(signature);
  let refused = 0;
  try {
    const scored = await scorer.scoreChunk({
      model: spec,
      datasets: local,
      chunk,
      inputs: [...signature.inputs, ...signature.carried].map(({ name }) => name),
      kept: signature.key,
      columns,
      baseline: (await readBaseline(store, manifest)).compared,
      score: (raw) => {
        const parsed = parseEach(signature, raw);
        const predictions = predictAll({ signature, predictor, decision }, parsed);
        return parsed.map((row) => {
          const error = 'error' in row ? row.error : undefined;
          if (error !== undefined) refused++;
          const prediction = error === undefined ? predictions.next().value : undefined;
          return columns.map(({ cell }) => cell(prediction ?? undefined, error));
        });
      },
    });
    return { ...scored, refused };
  } finally {
    predictor.close();
  }
}

/** The predictions of the rows that can be read, in their order, scored in the company that requests have. */
function* predictAll(scorer: Scorer, parsed: readonly ParsedRow[]) {
  const answer = rowScorer(scorer);
  const rows = parsed.flatMap((found) => ('row' in found ? [found.row] : []));
  for (let start = 0; start < rows.length; start += MAX_ROWS)
    yield* answer(rows.slice(start, start + MAX_ROWS));
}

/** Of the scored dataset the chunk's part, of the joined ones all. A dataset joined with itself gives no columns. */
async function fetchParts(
  store: ObjectStore,
  spec: ModelSpec,
  datasets: BatchPlan['datasets'],
  { part: scored }: Chunk,
  folder: string,
): Promise<LocalDataset[]> {
  return Promise.all(
    datasets.map(async ({ dataset, manifest }) => {
      const { parts } = await readManifest(store, manifest);
      const wanted = dataset === spec.from.name ? parts.slice(scored, scored + 1) : parts;
      return { dataset, parts: await Promise.all(wanted.map(fetchPart)) };

      async function fetchPart({ s3VersionId, ...found }: (typeof parts)[number], index: number) {
        const file = `${folder}/${dataset}-${index}.parquet`;
        await store.downloadVerified({ ...found, versionId: s3VersionId }, file);
        return file;
      }
    }),
  );
}
