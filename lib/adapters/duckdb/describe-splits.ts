import type { DuckDBConnection, Json } from '@duckdb/node-api';
import { NotFeasibleError } from '#core/errors.ts';
import { candidatesOf } from '#core/spec/algorithm.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { LABEL_COLUMN, SPLIT_COLUMN, SPLITS, type Split } from '#core/training/training-query.ts';
import type { Preparation, SplitSummary } from '#ports/preparation.ts';
import { queryRows } from './query.ts';
import { identifier } from './sql.ts';
import { TRAINING_TABLE, time } from './training-table.ts';

const label = identifier(LABEL_COLUMN);
const split = identifier(SPLIT_COLUMN);

/** What a split's rows say of its labels, as SQL. */
const LABEL_FACTS: Record<ModelSpec['task'], string> = {
  binary: `sum(${label}) AS positives`,
  multiclass: `CAST(histogram(${label}) AS JSON) AS classes`,
  regression: `avg(${label}) AS mean, stddev_samp(${label}) AS sd, count_if(${label} < 0) AS negatives`,
};

/**
 * The splits' rows, times and labels.
 * @throws NotFeasibleError when a split has one label only, or a label is negative where the loss takes none
 */
export async function describeSplits(
  database: DuckDBConnection,
  model: ModelSpec,
): Promise<Preparation['splits']> {
  const iso = (sql: string) => `strftime(${sql}, '%Y-%m-%dT%H:%M:%SZ')`;
  const found = await queryRows(
    database,
    `SELECT ${split} AS split, count(*) AS rows, count(DISTINCT ${label}) AS labels, ${LABEL_FACTS[model.task]},
       ${iso(`min(${time(model)})`)} AS first, ${iso(`max(${time(model)})`)} AS last FROM ${TRAINING_TABLE} GROUP BY 1`,
  );
  requireNoNegatives(model, found);
  const bySplit = new Map(found.map((row) => [row.split, row]));
  return Object.fromEntries(
    SPLITS.map((split) => [split, summary(model, split, bySplit.get(split))]),
  ) as Record<Split, SplitSummary>;
}

function requireNoNegatives(model: ModelSpec, found: readonly Record<string, Json>[]): void {
  const losses = candidatesOf(model.algorithm).flatMap((algorithm) =>
    'loss' in algorithm && ['poisson', 'tweedie'].includes(algorithm.loss) ? [algorithm.loss] : [],
  );
  const negatives = found.reduce((sum, row) => sum + Number(row.negatives ?? 0), 0);
  if (losses.length > 0 && negatives > 0) {
    const rows = found.reduce((sum, row) => sum + Number(row.rows), 0);
    throw new NotFeasibleError(
      `${model.name}: expected labels of 0 or more for the loss ${losses[0]}, got ${negatives} negative of ${rows} rows`,
    );
  }
}

function summary(model: ModelSpec, split: Split, row: Record<string, Json> = {}): SplitSummary {
  const rows = Number(row.rows ?? 0);
  if (Number(row.labels ?? 0) < 2)
    throw new NotFeasibleError(`${model.name}: ${oneLabel(model, split, row)}`);
  return { rows, from: String(row.first), to: String(row.last), ...labelFacts(model, row) };
}

function oneLabel(model: ModelSpec, split: Split, row: Record<string, Json>): string {
  const rows = Number(row.rows ?? 0);
  if (model.task === 'binary') {
    return `expected both labels among the ${split} rows, got ${Number(row.positives ?? 0)} positive of ${rows} rows`;
  }
  const what = model.task === 'multiclass' ? 'classes' : 'different labels';
  return `expected at least 2 ${what} among the ${split} rows, got ${Number(row.labels ?? 0)} in ${rows} rows`;
}

function labelFacts(model: ModelSpec, row: Record<string, Json>): Partial<SplitSummary> {
  switch (model.task) {
    case 'binary':
      return { positives: Number(row.positives) };
    case 'multiclass':
      return { classes: JSON.parse(String(row.classes)) };
    case 'regression':
      return { mean: Number(row.mean), sd: Number(row.sd) };
  }
}
