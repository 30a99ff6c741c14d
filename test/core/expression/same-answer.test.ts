import { type DuckDBConnection, DuckDBInstance, DuckDBTimestampValue } from '@duckdb/node-api';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseExpression, toFunction, toSql, type ValueType } from '#core/expression/index.ts';
import { asRequest, columns, expressionOf, type StoredRow, storedRow, table } from './generate.ts';

/** How many expressions are compared; EXPRESSION_SEED and EXPRESSION_RUNS ask for others or more. */
const seed = Number(process.env.EXPRESSION_SEED ?? 20_130_310);
const runs = Number(process.env.EXPRESSION_RUNS ?? 10_000);
const BATCH = 50;
const TYPES: readonly ValueType[] = ['number', 'text', 'boolean', 'timestamp'];

let connection: DuckDBConnection;
beforeAll(async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
  // Nothing may depend on the session's zone.
  await connection.run("SET TimeZone = 'Asia/Tokyo'");
});

const source = fc
  .tuple(fc.constantFrom(...TYPES), fc.integer({ min: 1, max: 4 }))
  .chain(([type, depth]) => expressionOf(type, depth))
  .filter((text) => text.length <= 2000);

describe('an expression', () => {
  it(`has the same value in SQL and in JavaScript, to the bit (seed ${seed}, ${runs} expressions)`, async () => {
    const batch = fc.tuple(
      fc.array(source, { minLength: BATCH, maxLength: BATCH }),
      fc.array(storedRow, { minLength: 30, maxLength: 30 }),
    );
    await fc.assert(
      fc.asyncProperty(batch, async ([sources, rows]) => {
        await fill(rows);
        await compare(sources, rows);
      }),
      { seed, numRuns: Math.ceil(runs / BATCH), endOnFailure: true },
    );
  }, 3_600_000);
});

async function fill(rows: readonly StoredRow[]): Promise<void> {
  await connection.run(`CREATE OR REPLACE TABLE rows_of_test (id INTEGER, ${table})`);
  const appender = await connection.createAppender('rows_of_test');
  for (const [id, row] of rows.entries()) {
    appender.appendInteger(id);
    for (const name of Object.keys(columns) as (keyof StoredRow)[]) {
      const value = row[name];
      if (value === null) appender.appendNull();
      else if (typeof value === 'number') appender.appendDouble(value);
      else if (typeof value === 'string') appender.appendVarchar(value);
      else if (typeof value === 'boolean') appender.appendBoolean(value);
      else if (name === 'n') appender.appendBigInt(value);
      else appender.appendTimestamp(new DuckDBTimestampValue(value));
    }
    appender.endRow();
  }
  appender.closeSync();
}

/** DuckDB's client drops a byte order mark at the start of a text. */
const marked = (text: string) => `'.' || ${text}`;

async function compare(sources: readonly string[], rows: readonly StoredRow[]): Promise<void> {
  const expressions = sources.map((text) => parseExpression(text, columns));
  const fields = expressions.map((expression) =>
    expression.type === 'text' ? marked(toSql(expression)) : toSql(expression),
  );
  const sql = `SELECT ${fields.join(',\n')} FROM rows_of_test ORDER BY id`;
  const answers = (await connection.runAndReadAll(sql)).getRowsJS();
  for (const [index, expression] of expressions.entries()) {
    const evaluate = toFunction(expression);
    for (const [id, row] of rows.entries()) {
      const cell = answers[id]?.[index];
      const expected =
        cell instanceof Date ? cell.getTime() : typeof cell === 'string' ? cell.slice(1) : cell;
      const request = asRequest(row);
      const got = evaluate(request);
      if (!Object.is(got, expected)) {
        expect.fail(
          `${sources[index]}\n${toSql(expression)}\nof ${show(request)}\nSQL ${show(expected)}\nJavaScript ${show(got)}`,
        );
      }
    }
  }
}

const show = (value: unknown) =>
  JSON.stringify(value, (_, inner) =>
    typeof inner === 'number' && (!Number.isFinite(inner) || Object.is(inner, -0))
      ? `#${Object.is(inner, -0) ? '-0' : inner}`
      : inner,
  );
