import type { Expression, ValueType } from './ast.ts';
import { check } from './check.ts';
import { parseSyntax } from './syntax.ts';

export type { Expression, Row, Value, ValueType } from './ast.ts';
export { ExpressionError } from './expression-error.ts';
export { toFunction } from './to-function.ts';
export { toSql } from './to-sql.ts';

/**
 * Parses and type-checks an expression of the grammar in docs/expressions.md.
 * @param columns the columns it may read, name -> type
 * @throws ExpressionError saying what was found, at which character, and what was expected
 */
export function parseExpression(source: string, columns: Readonly<Record<string, ValueType>>): Expression {
  const used = new Set<string>();
  const ast = check(parseSyntax(source), new Map(Object.entries(columns)));
  collect(ast);
  return { type: ast.type, columns: [...used].sort(), ast };

  function collect(part: Expression['ast']): void {
    if (part.kind === 'column') used.add(part.name);
    if (part.kind === 'call') part.args.forEach(collect);
  }
}
