import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckDbPreparer } from '#adapters/duckdb/duckdb-preparer.ts';
import { openDuckDbReader } from '#adapters/duckdb/duckdb-reader.ts';
import { sha256 } from '#adapters/hash.ts';
import { predictorOpener } from '#adapters/open-predictor.ts';
import { trainSync } from '#adapters/xgboost/train.ts';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { partKey } from '#core/data/manifest.ts';
import type { WindowRecord } from '#core/monitor/records.ts';
import { type BundleFiles, MODEL_FILE } from '#core/registry/bundle.ts';
import type { TriggerKind } from '#core/retrain/records.ts';
import type { Signature } from '#core/serve/signature.ts';
import { signatureOf } from '#core/serve/signature-of.ts';
import { candidatesOf, type SingleAlgorithm } from '#core/spec/algorithm.ts';
import { changeModel } from '#core/spec/change-model.ts';
import type { DatasetSpec } from '#core/spec/dataset.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { chosenBy } from '#core/training/search-space.ts';
import { commitDatasetVersion } from '#lib/pipelines/commit-dataset-version.ts';
import { fetchParts } from '#lib/pipelines/fetch-parts.ts';
import {
  type JudgedRetraining,
  type JudgingPorts,
  type JudgingRequest,
  judgeRetraining,
} from '#lib/pipelines/judge-retraining.ts';
import { newestVersion } from '#lib/pipelines/newest-version.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import { type TrainingEngines, trainVersion } from '#lib/pipelines/train-version.ts';
import { openTrainingRows } from '#lib/pipelines/training-rows.ts';
import type { StoredObject } from '#ports/object-store.ts';
import type { TrainingParameters } from '#ports/trainer.ts';
import { libraryPath, xgboost } from '#test/adapters/xgboost/library.ts';
import { ParquetPress } from '#test/fixtures/parquet.ts';
import { MemoryRegistry } from './memory-registry.ts';
import { MemoryStore } from './memory-store.ts';

const THREADS = 2;

/** A store and a registry in memory, the engines themselves, and what pipelines do between them. */
export class JudgingWorld {
  readonly store = new MemoryStore();
  readonly registry = new MemoryRegistry();
  /** What each model that was fitted was fitted by. */
  readonly fits: TrainingParameters[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'leeboard-judging-'));
  readonly #press: ParquetPress;
  #decisions = 0;

  private constructor(press: ParquetPress) {
    this.#press = press;
  }

  static async open(): Promise<JudgingWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'leeboard-press-'));
    return new JudgingWorld(await ParquetPress.open(join(folder, 'pressed.parquet')));
  }

  close(): void {
    this.#press.close();
    rmSync(this.#folder, { recursive: true });
  }

  /** Adds a part with a query's rows to a dataset. */
  async drop(dataset: DatasetSpec, query: string, createdAt: string): Promise<void> {
    const file = join(this.#folder, 'part.parquet');
    await this.#press.export(query, file, 'parquet');
    const { versionId, ...stored } = await this.store.upload(file, `parts/${dataset.name}/${createdAt}`);
    const kept = await this.store.write(
      partKey(dataset.name, stored.sha256),
      await this.store.read(stored.key),
    );
    const rows = 5000;
    await commitDatasetVersion(this.store, this.registry, {
      part: {
        key: kept.key,
        sha256: kept.sha256,
        size: kept.size,
        s3VersionId: kept.versionId,
        rows,
        source: {
          bucket: 'incoming',
          key: stored.key,
          versionId,
          sha256: stored.sha256,
          size: stored.size,
        },
      },
      profile: { rows, columns: {} },
      context: {
        dataset: dataset.name,
        mode: dataset.mode,
        createdAt,
        specHash: 'spec',
        codeVersion: 'code',
        libraries: { duckdb: '1' },
      },
    });
  }

  /** Trains as `train-model` does and makes the version champion. @returns its number */
  async train(deployed: ModelSpec, asOf: string, set?: Readonly<Record<string, unknown>>): Promise<number> {
    const model = set ? changeModel(deployed, set) : deployed;
    const names = [model.from, ...model.join.map(({ dataset }) => dataset)].map(({ name }) => name);
    const datasets = await Promise.all(
      names.map(async (dataset) => {
        const found = await newestVersion(this.registry, dataset, asOf);
        if (!found) throw new Error(`${dataset} has no version as of ${asOf}`);
        return { dataset, version: found.version, manifest: found.manifest };
      }),
    );
    const file = (name: string) => join(this.#folder, `train-${name}.parquet`);
    const parts = await Promise.all(
      datasets.map(async ({ dataset, manifest }) => ({
        dataset,
        parts: await fetchParts(this.store, this.#folder, manifest),
      })),
    );
    const prepared = await openDuckDbPreparer({ spillDirectory: join(this.#folder, 'spill') }).prepare({
      model,
      datasets: parts,
      featuresFile: file('features'),
      testRowsFile: file('test'),
    });
    const signature = signatureOf(model, prepared.levels, prepared.classes);
    const sets = await openDuckDbReader(join(this.#folder, 'spill')).readSets(file('features'), signature);
    const [algorithm] = candidatesOf(model.algorithm) as [SingleAlgorithm];
    const trained = await trainVersion(this.#enginesFor(signature), {
      model,
      algorithm,
      metric: chosenBy(model),
      signature,
      sets,
      threads: THREADS,
    });
    const runId = `run-${asOf}`;
    const write = (name: string, value: unknown) =>
      this.store.write(`runs/${runId}/${name}`, value instanceof Uint8Array ? value : canonicalJson(value));
    const { engine } = trained.record;
    const files: Record<string, StoredObject> = {
      [MODEL_FILE[engine]]: await write(MODEL_FILE[engine], trained.model),
      'signature.json': await write('signature.json', signature),
      'decision.json': await write('decision.json', trained.decision),
      'baseline.json': await write('baseline.json', { format: 1, columns: [] }),
      'evaluation.json': await write('evaluation.json', {}),
      'spec.json': await write('spec.json', model),
      'training.json': await write('training.json', trained.record),
    };
    const facts = {
      model: model.name,
      createdAt: asOf,
      runId,
      parent: null,
      specHash: sha256(canonicalJson(model)),
      codeVersion: 'code',
      engine,
      libraries: {},
      seed: algorithm.seed,
      datasets,
    };
    await this.registry.recordRun({
      model: model.name,
      runId,
      pipeline: 'train-model',
      status: 'succeeded',
      startedAt: asOf,
      by: 'anna',
      ...(set && { set }),
    });
    const { version, manifest } = await registerVersion(this.store, this.registry, {
      facts,
      files: files as BundleFiles<StoredObject>,
      metrics: {},
    });
    const deployment = await this.registry.deployment(model.name);
    const rev = (deployment?.rev ?? 0) + 1;
    const audit = { by: 'anna', action: 'promote', from: null, to: version, reason: 'first' } as const;
    await this.registry.commitDeployment({
      expectedRev: rev - 1,
      next: {
        model: model.name,
        rev,
        changedAt: asOf,
        champion: { version, manifest: manifest as StoredObject },
      },
      audit: { model: model.name, rev, at: asOf, ...audit },
    });
    return version;
  }

  /** Enters a decision of these causes. @returns its number */
  async decide(model: string, kinds: readonly TriggerKind[]): Promise<number> {
    const number = ++this.#decisions;
    const triggers = kinds.map((kind) => ({
      id: kind,
      kind,
      at: '2013-01-01',
      by: 'leeboard',
      reason: kind,
    }));
    const loop = await this.registry.retraining(model);
    const step = { at: '2013-01-01', status: 'judging', reason: 'judged' } as const;
    const decision = { model, number, ...step, triggers, steps: [step] };
    const next = {
      ...(loop ?? { model, rev: 0 }),
      rev: (loop?.rev ?? 0) + 1,
      decisions: number,
      open: decision,
    };
    await this.registry.commitRetraining(next as never, [decision]);
    return number;
  }

  /** Judges a new decision. */
  async judge(
    model: ModelSpec,
    asOf: string,
    kinds: readonly TriggerKind[] = ['schedule'],
    changes: Partial<JudgingRequest> = {},
  ): Promise<JudgedRetraining> {
    const decision = changes.decision ?? (await this.decide(model.name, kinds));
    const request = {
      model,
      specHash: 'spec',
      codeVersion: 'code',
      asOf,
      threads: THREADS,
      execution: `decision-${decision}`,
      ...changes,
      decision,
    };
    return judgeRetraining(this.ports(), request);
  }

  ports(): JudgingPorts {
    const spillDirectory = join(this.#folder, 'spill');
    return {
      store: this.store,
      registry: this.registry,
      rows: openTrainingRows({
        store: this.store,
        preparer: openDuckDbPreparer({ spillDirectory }),
        reader: openDuckDbReader(spillDirectory),
        folder: this.#folder,
      }),
      enginesFor: (signature) => this.#enginesFor(signature),
      openChampion: ({ manifest, signature, model }) => open(manifest.engine, model, signature),
    };
  }

  /** Records that a window's inputs had drifted. */
  async drift(model: string, version: number, from: string, to: string, drifted = ['km']): Promise<void> {
    const record = { model, version, from, to, revision: 1, drifted, rows: 500 };
    await this.registry.recordWindow(record as unknown as WindowRecord, undefined);
  }

  #enginesFor(signature: Signature): TrainingEngines {
    return {
      trainer: {
        train: async (request, onRound) => {
          this.fits.push(request.parameters);
          return trainSync(xgboost, request, onRound);
        },
      },
      open: (engine, model) => open(engine, model, signature),
    };
  }
}

const open = predictorOpener(() => libraryPath);
