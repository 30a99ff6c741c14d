import type { Ast, Expression, Literal } from './ast.ts';
import { FIRST_INSTANT, LAST_INSTANT } from './instant.ts';
import { SQL_TYPE } from './operation.ts';
import { operations } from './operations.ts';

/**
 * DuckDB SQL of an expression, safe to put in a query as it is: names are quoted, literals are escaped.
 * Results are DOUBLE, VARCHAR, BOOLEAN, or TIMESTAMP in UTC. It never throws when the columns have their
 * types: a number column of any numeric type, a timestamp column of type TIMESTAMP, in UTC.
 * @param column renders a reference to a column. @default a quoted identifier
 */
export function toSql(expression: Expression, column: (name: string) => string = quoteName): string {
  const sql = render(expression.ast, column);
  return expression.type === 'number' ? `(${sql} + 0e0)` : sql;
}

function render(ast: Ast, column: (name: string) => string): string {
  switch (ast.kind) {
    case 'literal':
      return literal(ast);
    case 'column':
      return reference(ast.type, column(ast.name));
    case 'call':
      return operations[ast.operation].sql(
        ast.args.map((arg) => render(arg, column)),
        ast,
      );
  }
}

function reference(type: Ast['type'], name: string): string {
  switch (type) {
    case 'number':
      return `CASE WHEN isfinite(CAST(${name} AS DOUBLE)) THEN CAST(${name} AS DOUBLE) END`;
    case 'timestamp': {
      const [first, last] = [instant(FIRST_INSTANT), instant(LAST_INSTANT + 1)];
      return `CASE WHEN ${name} >= ${first} AND ${name} < ${last} THEN date_trunc('millisecond', ${name}) END`;
    }
    case 'text':
    case 'boolean':
      return `CAST(${name} AS ${SQL_TYPE[type]})`;
  }
}

function literal({ type, value }: Literal): string {
  if (value === null) return `CAST(NULL AS ${SQL_TYPE[type]})`;
  if (type === 'timestamp') return instant(value as number);
  if (type === 'text') return `'${(value as string).replaceAll("'", "''")}'`;
  if (type === 'boolean') return String(value);
  // Without an exponent DuckDB reads an INTEGER or a DECIMAL. The brackets keep `--` from being a comment.
  const digits = String(value);
  return `(${digits.includes('e') ? digits : `${digits}e0`})`;
}

function instant(milliseconds: number): string {
  return `make_timestamp_ms(${milliseconds})`;
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
