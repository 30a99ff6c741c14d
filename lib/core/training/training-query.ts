import { type Expression, parseExpression, toSql } from '../expression/index.ts';
import { columnTypes } from '../spec/dataset.ts';
import { durationSeconds } from '../spec/duration.ts';
import { featureExpressions, type JoinSpec, type ModelSpec, modelColumns } from '../spec/model.ts';

/** Which split a row belongs to; rows are cut by time, newest last. */
export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];

/** Columns that the engine adds to a dataset's table: which part a row came from, and where it stood in it. */
export const PART_COLUMN = 'leeboard part';
export const ROW_COLUMN = 'leeboard row';
/** Columns that the training table adds. */
export const LABEL_COLUMN = 'leeboard label';
export const SPLIT_COLUMN = 'leeboard split';
/** Whether the model's join of that index found a row. */
export const matchColumn = (join: number) => `leeboard match ${join}`;

// Beyond it a label is infinite to the engines, which learn from float32.
const LARGEST_FLOAT32 = 3.4028234663852886e38;

/** A name as a quoted SQL identifier. */
export type Quote = (name: string) => string;

/**
 * SQL of a model's labelled rows: the newest part's row for each key, joined point in time, ordered by time and key.
 * Columns: those of `from` and the joined ones of other names, `matchColumn` of each join, and the label: 0 or 1
 * of a condition, a number that float32 can hold, or a text. Left out are rows without a label (null: not known
 * yet, or never), rows without a time (they are neither old nor new) and those before the spec's `since`.
 * @param table dataset name -> table with that dataset's columns, PART_COLUMN and ROW_COLUMN
 */
export function labelledRows(model: ModelSpec, table: (dataset: string) => string, quote: Quote): string {
  const base = newestRows(model.from.key, table(model.from.name), quote);
  const label = `, ${labelValue(model, quote)} AS ${quote(LABEL_COLUMN)}`;
  return `
    SELECT * FROM (${withJoined(model, base, table, quote, label)})
    WHERE ${isLearned(model, quote)}
    ORDER BY ${rowOrder(model, quote)}`;
}

/**
 * SQL of when the rows of `labelledRows` happened: one column `happened`, epoch milliseconds, in no order. Needs no table
 * but that of `from`.
 */
export function labelledInstants(model: ModelSpec, table: (dataset: string) => string, quote: Quote): string {
  const base = newestRows(model.from.key, table(model.from.name), quote);
  return `
    SELECT epoch_ms(${quote(model.from.time as string)}) AS happened
    FROM (SELECT base.*, ${labelValue(model, quote)} AS ${quote(LABEL_COLUMN)} FROM (${base}) base)
    WHERE ${isLearned(model, quote)}`;
}

function isLearned({ from, since }: ModelSpec, quote: Quote): string {
  const time = quote(from.time as string);
  const known = `${quote(LABEL_COLUMN)} IS NOT NULL AND ${time} IS NOT NULL`;
  return since === undefined ? known : `${known} AND ${time} >= epoch_ms(${Date.parse(since)})`;
}

/**
 * SQL of a part's rows whose label is known: the key and time columns and the label, of rows with one key the last.
 * @param table a part with the dataset's columns, PART_COLUMN and ROW_COLUMN
 */
export function truthRows(model: ModelSpec, table: string, quote: Quote): string {
  const names = [...new Set([...model.from.key, model.from.time as string])];
  return `
    SELECT ${names.map(quote).join(', ')}, ${quote(LABEL_COLUMN)} FROM (
      SELECT base.*, ${labelValue(model, quote)} AS ${quote(LABEL_COLUMN)}
      FROM (${newestRows(model.from.key, table, quote)}) base
    )
    WHERE ${[...names, LABEL_COLUMN].map((name) => `${quote(name)} IS NOT NULL`).join(' AND ')}
    ORDER BY ${quote(ROW_COLUMN)}`;
}

/**
 * SQL of all rows of `from`, each as it is and none left out, joined as `labelledRows` joins, in the order of parts
 * and their rows. Columns: those of `labelledRows` but the label.
 * @param table as of `labelledRows`
 */
export function rowsToScore(model: ModelSpec, table: (dataset: string) => string, quote: Quote): string {
  const base = `SELECT * FROM ${table(model.from.name)}`;
  return `${withJoined(model, base, table, quote)} ORDER BY base.${quote(PART_COLUMN)}, base.${quote(ROW_COLUMN)}`;
}

function withJoined(
  model: ModelSpec,
  base: string,
  table: (dataset: string) => string,
  quote: Quote,
  added = '',
): string {
  const joined = model.join.map(
    (join, index) => `, joined_${index} AS (${joinedRows(join, table(join.dataset.name), quote)})`,
  );
  return `
    WITH base AS (${base})${joined.join('\n')}
    SELECT base.*${joinedColumns(model, quote)}${added}
    FROM base ${model.join.map((join, index) => joinClause(model, join, index, quote)).join('\n')}`;
}

function labelValue(model: ModelSpec, quote: Quote): string {
  const sql = toSql(parseExpression(model.label, columnTypes(model.from)), (name) => `base.${quote(name)}`);
  if (model.task === 'multiclass') return sql;
  if (model.task === 'binary') return `CAST(${sql} AS INTEGER)`;
  return `CASE WHEN abs(${sql}) <= ${LARGEST_FLOAT32} THEN ${sql} END`;
}

/** A total order of rows, so that the same versions give the same bytes. */
function rowOrder(model: ModelSpec, quote: Quote): string {
  const names = [model.from.time as string, ...model.from.key, PART_COLUMN, ROW_COLUMN];
  return names.map((name) => `${quote(name)} NULLS FIRST`).join(', ');
}

/** A feature as a column of the training table: DOUBLE for a number or a condition, VARCHAR for levels. */
export function featureColumns(model: ModelSpec, quote: Quote): { name: string; sql: string }[] {
  return featureExpressions(model).map(({ name, expression }) => ({
    name,
    sql: asFeature(expression, quote),
  }));
}

function asFeature(expression: Expression, quote: Quote): string {
  const sql = toSql(expression, quote);
  return expression.type === 'boolean' ? `CAST(${sql} AS DOUBLE)` : sql;
}

/** Of rows with one key, the one of the newest part: a later drop corrects an earlier one. */
function newestRows(key: readonly string[], table: string, quote: Quote): string {
  if (key.length === 0) return `SELECT * FROM ${table}`;
  return `SELECT * FROM ${table} QUALIFY row_number() OVER (
    PARTITION BY ${key.map(quote).join(', ')} ORDER BY ${quote(PART_COLUMN)} DESC, ${quote(ROW_COLUMN)} DESC) = 1`;
}

/** At most one row for each value of the join's columns: a join never multiplies rows. */
function joinedRows(join: JoinSpec, table: string, quote: Quote): string {
  return newestRows(Object.values(join.on), table, quote);
}

function joinedColumns(model: ModelSpec, quote: Quote): string {
  const seen = new Set(Object.keys(model.from.columns));
  let columns = '';
  for (const [index, join] of model.join.entries()) {
    const fresh = Object.keys(join.dataset.columns).filter((name) => !seen.has(name));
    for (const name of fresh) {
      seen.add(name);
      const value = `joined_${index}.${quote(name)}`;
      columns += `, ${join.kind === 'asof' ? `CASE WHEN ${isRecent(model, join, index, quote)} THEN ${value} END` : value} AS ${quote(name)}`;
    }
    const found = `joined_${index}.${quote(ROW_COLUMN)} IS NOT NULL`;
    const matched = join.kind === 'asof' ? `${found} AND ${isRecent(model, join, index, quote)}` : found;
    columns += `, ${matched} AS ${quote(matchColumn(index))}`;
  }
  return columns;
}

function isRecent(model: ModelSpec, join: JoinSpec, index: number, quote: Quote): string {
  const [left, right] = timePair(model, join);
  const age = `epoch_ms(base.${quote(left)}) - epoch_ms(joined_${index}.${quote(right)})`;
  return `${age} <= ${durationSeconds(join.within) * 1000}`;
}

function joinClause(model: ModelSpec, join: JoinSpec, index: number, quote: Quote): string {
  const [time] = join.kind === 'asof' ? timePair(model, join) : [];
  const conditions = Object.entries(join.on).map(
    ([left, right]) => `base.${quote(left)} ${left === time ? '>=' : '='} joined_${index}.${quote(right)}`,
  );
  return `${join.kind === 'asof' ? 'ASOF ' : ''}LEFT JOIN joined_${index} ON ${conditions.join(' AND ')}`;
}

function timePair(model: ModelSpec, join: JoinSpec): [string, string] {
  const left = model.from.time as string;
  return [left, join.on[left] as string];
}

/** All raw columns of a labelled row, sorted. */
export function rawColumns(model: ModelSpec): string[] {
  return Object.keys(modelColumns(model)).sort();
}
