import type { Rule } from '#core/data/report.ts';
import { parseExpression, toSql } from '#core/expression/index.ts';
import type { ColumnSpec } from '#core/spec/column.ts';
import { columnTypes, type DatasetSpec } from '#core/spec/dataset.ts';
import { literal } from './sql.ts';

/** A rule that each row keeps or breaks by itself. */
export interface RowCheck {
  readonly rule: Rule;
  readonly column: string;
  readonly expected: string;
  /** SQL condition over `pn` and `vn`: true when the row breaks the rule. */
  readonly broken: string;
  /** Share of rows, 0 to 1, that may break it. */
  readonly tolerated: number;
}

/** Whole numbers beyond are not exact in a 64-bit float, which is what serving computes with. */
const MAX_WHOLE = Number.MAX_SAFE_INTEGER;

/**
 * The rules of a dataset as conditions on a row, over the columns that `typedSql` gives.
 * @param found the spec's columns that the file has in a type that fits; the others' own rules are not judged
 */
export function* rowChecks(dataset: DatasetSpec, found: ReadonlySet<string>): Iterable<RowCheck> {
  const names = Object.keys(dataset.columns);
  for (const [index, [column, spec]] of Object.entries(dataset.columns).entries()) {
    if (!found.has(column)) continue;
    const check = (rule: Rule, broken: string, expected: string, tolerated = 0): RowCheck => ({
      rule,
      column,
      broken,
      expected,
      tolerated,
    });
    yield check('type', `p${index} AND v${index} IS NULL`, EXPECTED_TYPE[spec.type]);
    if (dataset.key.includes(column)) yield check('key-null', `NOT p${index}`, 'a value in each row');
    else yield check('null', `NOT p${index}`, describeNullable(spec.nullable), spec.nullable);
    yield* valueChecks(spec, `v${index}`, check);
  }
  const types = columnTypes(dataset);
  for (const { name, rule, atLeast } of dataset.checks) {
    const condition = toSql(parseExpression(rule, types), (column) => `v${names.indexOf(column)}`);
    const share = atLeast === 1 ? 'all rows' : `at least ${percent(atLeast)} of rows`;
    // A condition that is null, because a value is, is not broken.
    yield {
      rule: 'check',
      column: name,
      broken: `NOT (${condition})`,
      expected: `${rule} in ${share}`,
      tolerated: 1 - atLeast,
    };
  }
}

const EXPECTED_TYPE: Record<ColumnSpec['type'], string> = {
  number: 'a number such as 12, -0.5 or 1e6',
  text: 'text',
  boolean: 'true or false',
  timestamp: 'an ISO 8601 date or time such as 2013-01-31T05:00:00Z',
};

function* valueChecks(
  spec: ColumnSpec,
  value: string,
  check: (rule: Rule, broken: string, expected: string) => RowCheck,
): Iterable<RowCheck> {
  switch (spec.type) {
    case 'number': {
      yield check('not-finite', `NOT isfinite(${value})`, 'finite numbers');
      const range = [spec.min, spec.max].some((bound) => bound !== undefined);
      if (range)
        yield check('range', `isfinite(${value}) AND (${outside(value, spec)})`, describeRange(spec));
      if (spec.integer) {
        const whole = `${value} = trunc(${value}) AND abs(${value}) <= ${MAX_WHOLE}`;
        yield check('integer', `isfinite(${value}) AND NOT (${whole})`, `whole numbers within ±${MAX_WHOLE}`);
      }
      break;
    }
    case 'timestamp': {
      const [min, max] = [spec.min, spec.max].map(
        (instant) => `TIMESTAMP ${literal(instant.replace(/Z$/, ''))}`,
      );
      yield check('range', `${value} < ${min} OR ${value} > ${max}`, describeRange(spec));
      break;
    }
    case 'text':
      yield check('encoding', `contains(${value}, chr(0))`, 'text without NUL characters');
      yield check('length', `length(${value}) > ${spec.maxLength}`, `at most ${spec.maxLength} characters`);
      if (spec.oneOf) {
        yield check(
          'domain',
          `${value} NOT IN (${spec.oneOf.map(literal).join(', ')})`,
          `one of ${spec.oneOf.join(', ')}`,
        );
      }
      break;
    case 'boolean':
      break;
  }
}

function outside(
  value: string,
  { min, max }: { min?: number | undefined; max?: number | undefined },
): string {
  const bounds = [min !== undefined && `${value} < ${min}`, max !== undefined && `${value} > ${max}`];
  return bounds.filter((bound) => bound !== false).join(' OR ');
}

function describeRange({
  min,
  max,
}: {
  min?: number | string | undefined;
  max?: number | string | undefined;
}): string {
  if (min === undefined) return `at most ${max}`;
  return max === undefined ? `at least ${min}` : `${min} to ${max}`;
}

function describeNullable(nullable: number): string {
  return nullable === 0 ? 'a value in each row' : `at most ${percent(nullable)} of rows without a value`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}
