import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckDbPreparer } from '#adapters/duckdb/duckdb-preparer.ts';
import { openDuckDbReader } from '#adapters/duckdb/duckdb-reader.ts';
import { loadPredictor } from '#adapters/xgboost/predict.ts';
import { trainSync } from '#adapters/xgboost/train.ts';
import { linearPredictor, parseLinearModel } from '#core/linear/index.ts';
import { naivePredictor, parseNaiveModel } from '#core/naive/index.ts';
import { signatureOf } from '#core/serve/signature-of.ts';
import { candidatesOf, type SingleAlgorithm } from '#core/spec/algorithm.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { primaryMetric } from '#core/spec/task.ts';
import type { VersionEvaluation } from '#core/training/evaluation.ts';
import { type EvaluationRequest, evaluateVersion } from '#lib/pipelines/evaluate-version.ts';
import { type TrainingEngines, trainVersion } from '#lib/pipelines/train-version.ts';
import { xgboost } from '#test/adapters/xgboost/library.ts';
import { example } from '#test/fixtures/nycflights.ts';
import { ParquetPress } from '#test/fixtures/parquet.ts';

export interface FlightsToLearn {
  readonly model: ModelSpec;
  /** Of 2013, 1 to 12. */
  readonly months: readonly number[];
  /** SQL over the months' flights, in the table `source`. @default as they are */
  readonly flights?: string;
  /** SQL over the year's weather, in the table `source`. @default as it is */
  readonly weather?: string;
  readonly champion?: EvaluationRequest['champion'];
}

export interface JudgedVersion {
  readonly evaluation: VersionEvaluation;
  /** The version as the next one's champion. */
  readonly champion: NonNullable<EvaluationRequest['champion']>;
}

/** Prepares, trains and evaluates a version on flights of 2013, with the engines themselves. */
export async function judgeOnFlights({
  model,
  months,
  champion = null,
  ...sql
}: FlightsToLearn): Promise<JudgedVersion> {
  const folder = mkdtempSync(join(tmpdir(), 'leeboard-flights-'));
  const file = (name: string) => join(folder, `${name}.parquet`);
  const press = await ParquetPress.open(file('pressed'));
  try {
    await press.export(
      changed(
        months.map((month) => `flights-2013-${String(month).padStart(2, '0')}`),
        sql.flights,
      ),
      file('flights'),
      'parquet',
    );
    await press.export(changed(['weather-2013'], sql.weather), file('weather'), 'parquet');
    const preparation = await openDuckDbPreparer({ spillDirectory: join(folder, 'spill') }).prepare({
      model,
      datasets: [
        { dataset: 'flights', parts: [file('flights')] },
        { dataset: 'weather', parts: [file('weather')] },
      ],
      featuresFile: file('features'),
      testRowsFile: file('test-rows'),
    });
    const signature = signatureOf(model, preparation.levels, preparation.classes);
    const reader = openDuckDbReader(join(folder, 'spill-too'));
    const sets = await reader.readSets(file('features'), signature);
    const [algorithm] = candidatesOf(model.algorithm) as [SingleAlgorithm];
    const open: TrainingEngines['open'] = (engine, bytes) => {
      if (engine === 'xgboost') return loadPredictor(xgboost, bytes);
      const json = JSON.parse(new TextDecoder().decode(bytes)) as unknown;
      return engine === 'linear'
        ? linearPredictor(parseLinearModel(json))
        : naivePredictor(parseNaiveModel(json), signature.features.length);
    };
    const trained = await trainVersion(
      { trainer: { train: async (request) => trainSync(xgboost, request) }, open },
      { model, algorithm, metric: primaryMetric(model.task, algorithm), signature, sets, threads: 2 },
    );
    const load = () => open(trained.record.engine, trained.model);
    const challenger = { signature, decision: trained.decision, predictor: load(), model: trained.model };
    const evaluation = evaluateVersion({
      model,
      algorithm,
      challenger,
      reload: load,
      champion,
      sets,
      testRows: (await reader.readColumns(file('test-rows'))).columns,
      joins: preparation.joins,
      clock: () => performance.now(),
    });
    return { evaluation, champion: { ...challenger, version: 1 } };
  } finally {
    press.close();
    rmSync(folder, { recursive: true });
  }
}

/** Rows of example files with their times as an accepted part has them. */
function changed(names: readonly string[], change = 'SELECT * FROM source'): string {
  const files = names.map((name) => `'${example(`${name}.parquet`)}'`).join(', ');
  return `WITH source AS (
      SELECT * REPLACE (time_hour AT TIME ZONE 'UTC' AS time_hour) FROM read_parquet([${files}])
    ) ${change}`;
}
