import { InvalidInputError, showValue } from '../errors.ts';
import type { Ast, Column, Expression, Row, Value, ValueType } from './ast.ts';
import { isInstant } from './instant.ts';
import type { Evaluate } from './operation.ts';
import { operations } from './operations.ts';

/**
 * A function of a row that gives what DuckDB gives for the SQL of the same expression.
 * It throws InvalidInputError when a column's value is not of the column's type.
 */
export function toFunction(expression: Expression): (row: Row) => Value {
  const evaluate = compile(expression.ast);
  if (expression.type !== 'number') return evaluate;
  return (row) => {
    const value = evaluate(row) as number | null;
    // -0 + 0 is 0.
    return value === null ? null : value + 0;
  };
}

function compile(ast: Ast): Evaluate {
  switch (ast.kind) {
    case 'literal':
      return () => ast.value;
    case 'column':
      return read(ast);
    case 'call':
      return operations[ast.operation].js(ast.args.map(compile), ast);
  }
}

const JS_TYPE = { number: 'number', text: 'string', boolean: 'boolean', timestamp: 'number' } as const;

function read({ name, type }: Column): Evaluate {
  const jsType = JS_TYPE[type];
  return (row) => {
    const value = Object.hasOwn(row, name) ? row[name] : null;
    if (value === null || value === undefined) return null;
    if (typeof value !== jsType) {
      throw new InvalidInputError([{ field: name, expected: expectation(type), got: showValue(value) }]);
    }
    return normalise(value, type);
  };
}

function expectation(type: ValueType): string {
  return type === 'timestamp' ? 'epoch milliseconds or null' : `a ${type} or null`;
}

const LONE_SURROGATE = /\p{Surrogate}/gu;

/** What the language sees of a column's value: what it cannot hold is null, as in the SQL. */
function normalise(value: number | string | boolean, type: ValueType): Value {
  if (type === 'number') return Number.isFinite(value) ? value : null;
  if (type === 'timestamp') {
    const milliseconds = Math.floor(value as number);
    return isInstant(milliseconds) ? milliseconds : null;
  }
  // UTF-8, which DuckDB stores, cannot hold half of a surrogate pair.
  return type === 'text' ? (value as string).replace(LONE_SURROGATE, '\u{FFFD}') : value;
}
