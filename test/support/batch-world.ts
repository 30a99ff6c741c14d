import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckDbChunkScorer } from '#adapters/duckdb/duckdb-chunk-scorer.ts';
import { openDuckDbReader } from '#adapters/duckdb/duckdb-reader.ts';
import { type BatchManifest, batchPrefix } from '#core/batch/batch-files.ts';
import { type Chunk, planChunks } from '#core/batch/chunk.ts';
import { canonicalJson } from '#core/data/canonical-json.ts';
import type { DatasetManifest, Part } from '#core/data/manifest.ts';
import type { DatasetSpec } from '#core/spec/dataset.ts';
import { startBatch } from '#lib/pipelines/control-batches.ts';
import { endBatch } from '#lib/pipelines/end-batch.ts';
import { planBatch } from '#lib/pipelines/plan-batch.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import { scoreChunk } from '#lib/pipelines/score-chunk.ts';
import type { ChunkScorer } from '#ports/chunk-scorer.ts';
import { ParquetPress } from '#test/fixtures/parquet.ts';
import { leaveRun, SumPredictor } from './bundle.ts';
import { type FaultPlan, withFaults } from './faults.ts';
import { MemoryExecutions } from './memory-executions.ts';
import { MemoryRegistry } from './memory-registry.ts';
import { MemoryStore } from './memory-store.ts';
import { sqlRows, type TestRow } from './sql-rows.ts';
import { rain, trips } from './trips.ts';

export const MODEL = 'trips-late';
export const AT = '2026-01-01T00:00:00.000Z';
const BATCH_ID = 'b';
export const PREFIX = batchPrefix({ model: MODEL, batchId: BATCH_ID });

const folder = mkdtempSync(join(tmpdir(), 'leeboard-batches-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const press = await ParquetPress.open(join(folder, 'pressed.parquet'));
let scratches = 0;

/** A model with a version, and what `score-batch` does with it, over real files. */
export class BatchWorld {
  readonly store = new MemoryStore();
  readonly registry = new MemoryRegistry();
  readonly executions = new MemoryExecutions();
  /** First rows of the chunks that were scored. */
  readonly scored: number[] = [];

  static async open(tripParts: readonly TestRow[][], rainParts: readonly TestRow[][]): Promise<BatchWorld> {
    const world = new BatchWorld();
    await registerVersion(world.store, world.registry, await leaveRun(world.store, 'r'));
    await world.addVersion(trips, tripParts);
    await world.addVersion(rain, rainParts);
    return world;
  }

  get ports() {
    return { store: this.store, registry: this.registry, executions: this.executions };
  }

  async addVersion(dataset: DatasetSpec, contents: readonly TestRow[][]): Promise<void> {
    const parts: Part[] = [];
    for (const rows of contents) {
      const bytes = await press.press(sqlRows(dataset, rows));
      const stored = await this.store.write(`parts/${dataset.name}-${scratches++}`, bytes);
      const { versionId: s3VersionId, ...file } = stored;
      parts.push({ ...file, s3VersionId, rows: rows.length, source: {} as Part['source'] });
    }
    const version = ((await this.registry.latestDatasetVersion(dataset.name))?.version ?? 0) + 1;
    const rows = parts.reduce((sum, part) => sum + part.rows, 0);
    const body = { dataset: dataset.name, version, parts, rows } as unknown as DatasetManifest;
    const manifest = await this.store.write(`${dataset.name}/${version}.json`, canonicalJson(body));
    await this.registry.addDatasetVersion({
      dataset: dataset.name,
      version,
      createdAt: AT,
      specHash: 'spec',
      rows,
      parts: parts.length,
      added: { sha256: `${dataset.name} ${version}`, rows, source: 'test' },
      manifest,
    });
  }

  /** Starts a batch over the newest trips; its chunks have `most` rows at most. */
  async start(most: number): Promise<void> {
    const request = { dataset: 'trips', version: 1, by: 'anna', reason: 'why', at: AT };
    await startBatch(this.ports, MODEL, { ...request, batchId: BATCH_ID });
    const newest = await this.registry.latestDatasetVersion('trips');
    const { parts } = await this.readJson<DatasetManifest>(newest?.manifest.key as string);
    await this.store.create(`${PREFIX}chunks.json`, canonicalJson(planChunks(parts, most)));
  }

  /** What the state machine does, one state after another. @param wrap the engine */
  async run(
    plan: FaultPlan = { calls: 0 },
    { execution = BATCH_ID, wrap = (scorer: ChunkScorer) => scorer } = {},
  ): Promise<void> {
    const batch = { model: MODEL, batchId: BATCH_ID, execution };
    if ((await this.registry.batch(MODEL, BATCH_ID))?.status === 'succeeded') return;
    const ports = { store: withFaults(this.store, plan), registry: withFaults(this.registry, plan) };
    const planned = await planBatch(ports, batch);
    for (const chunk of await this.readJson<Chunk[]>(planned.chunks.key)) {
      const scratch = mkdtempSync(join(folder, 'scratch-'));
      const load = () => new SumPredictor(5);
      const scorer = wrap(this.#counted(openDuckDbChunkScorer(scratch, 512)));
      const more = { scorer, load, codeVersion: 'code' };
      await scoreChunk({ ...ports, ...more }, { batch, plan: planned.plan, chunk }, scratch);
    }
    await endBatch(ports, { batch, plan: planned.plan }, AT);
  }

  #counted(scorer: ChunkScorer): ChunkScorer {
    return {
      scoreChunk: (scoring) => {
        this.scored.push(scoring.chunk.from);
        return scorer.scoreChunk(scoring);
      },
    };
  }

  async readJson<T>(key: string): Promise<T> {
    return JSON.parse(new TextDecoder().decode(await this.store.read(key))) as T;
  }

  async manifest(): Promise<BatchManifest> {
    const batch = await this.registry.batch(MODEL, BATCH_ID);
    return this.readJson(batch?.manifest?.key as string);
  }

  /** The rows of all outputs, in their order. */
  async output(): Promise<Record<string, unknown>[]> {
    const rows: Record<string, unknown>[] = [];
    for (const { file } of (await this.manifest()).outputs) {
      const local = join(folder, `output-${scratches++}.parquet`);
      await this.store.downloadVerified(file, local);
      const { columns, rows: count } = await openDuckDbReader(join(folder, 'spill'), 512).readColumns(local);
      for (let row = 0; row < count; row++) {
        rows.push(Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, cells[row]])));
      }
    }
    return rows;
  }

  /** Names of a batch's files, with how often each was written. */
  async written(): Promise<Record<string, number>> {
    const keys = await this.store.list(PREFIX);
    return Object.fromEntries(keys.map(({ key }) => [key.slice(PREFIX.length), this.store.versions(key)]));
  }
}
