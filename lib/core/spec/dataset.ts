import { z } from 'zod';
import { parseExpression } from '../expression/index.ts';
import { ColumnSpec, type ColumnType } from './column.ts';
import { Name, parseSpec, type SpecProblem } from './parse-spec.ts';

/** A column's or a feature's name. */
export const ColumnName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, 'letters, digits and _, at most 63, first no digit')
  .refine((name) => !name.startsWith('__'), 'a name that does not start with __');

export const DatasetSpec = z.strictObject({
  name: Name,
  /** `append`: a version is all parts so far; `replace`: the newest part alone. @default 'append' */
  mode: z.enum(['append', 'replace']).default('append'),
  /** The timestamp column that orders rows. */
  time: z.string().optional(),
  /** Columns that together name a row; never null, unique within a file; a later file's row replaces an earlier one's. @default none */
  key: z.array(z.string()).default([]),
  columns: z.record(ColumnName, ColumnSpec),
  /** Rules over a row in the expression grammar; `atLeast` is the share of rows, 0 to 1, that must not break it. */
  checks: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        rule: z.string(),
        atLeast: z.number().min(0).max(1).default(1),
      }),
    )
    .default([]),
  /** Rows that one file must and may have. @default 1 to 100 million */
  volume: z
    .strictObject({
      minRows: z.number().int().min(1).default(1),
      maxRows: z.number().int().min(1).max(100_000_000).default(100_000_000),
    })
    .prefault({}),
});

/** A named, typed collection of files. Plain data: what `defineDataset` returns is its own JSON. */
export type DatasetSpec = z.output<typeof DatasetSpec>;
export type DatasetInput = z.input<typeof DatasetSpec>;

/**
 * Declares a dataset.
 * @throws SpecError naming field, value and what was expected
 */
export function defineDataset(input: DatasetInput): DatasetSpec {
  return parseSpec(DatasetSpec, input, `dataset ${JSON.stringify(input?.name)}`, checkDataset);
}

/** Column name -> type, as expressions see them. */
export function columnTypes(dataset: DatasetSpec): Record<string, ColumnType> {
  return Object.fromEntries(Object.entries(dataset.columns).map(([name, column]) => [name, column.type]));
}

/** A column's type; undefined when there is no such column, `constructor` included. */
export function typeOf(types: Readonly<Record<string, ColumnType>>, column: string): ColumnType | undefined {
  return Object.hasOwn(types, column) ? types[column] : undefined;
}

function* checkDataset(spec: DatasetSpec): Iterable<SpecProblem> {
  const types = columnTypes(spec);
  const names = Object.keys(types);
  if (names.length === 0) yield { field: 'columns', expected: 'at least one column', value: spec.columns };
  yield* checkTwins(names, 'columns');
  for (const [name, column] of Object.entries(spec.columns)) yield* checkColumn(`columns.${name}`, column);
  if (spec.time !== undefined && typeOf(types, spec.time) !== 'timestamp') {
    yield { field: 'time', expected: 'a timestamp column', value: spec.time };
  }
  for (const [index, name] of spec.key.entries()) {
    if (!typeOf(types, name)) {
      yield { field: `key[${index}]`, expected: `one of the columns ${names.join(', ')}`, value: name };
    }
    if (spec.key.indexOf(name) < index) {
      yield { field: `key[${index}]`, expected: 'each column once', value: name };
    }
  }
  if (spec.volume.minRows > spec.volume.maxRows) {
    const expected = `at most maxRows (${spec.volume.maxRows})`;
    yield { field: 'volume.minRows', expected, value: spec.volume.minRows };
  }
  for (const [index, check] of spec.checks.entries()) {
    if (spec.checks.findIndex(({ name }) => name === check.name) < index) {
      yield { field: `checks[${index}].name`, expected: 'a name of its own', value: check.name };
    }
    yield* checkRule(check.rule, types, `checks[${index}].rule`);
  }
}

/** The query engine takes names that differ by case alone for one. */
export function* checkTwins(names: readonly string[], field: string): Iterable<SpecProblem> {
  const seen = new Map<string, string>();
  for (const name of names) {
    const twin = seen.get(name.toLowerCase());
    if (twin !== undefined) {
      const expected = `a name that differs from ${twin} by more than case`;
      yield { field: `${field}.${name}`, expected, value: name };
    }
    seen.set(name.toLowerCase(), name);
  }
}

function* checkColumn(field: string, column: ColumnSpec): Iterable<SpecProblem> {
  if (column.type === 'text') {
    for (const [index, value] of (column.oneOf ?? []).entries()) {
      if ([...value].length > column.maxLength) {
        const expected = `at most maxLength (${column.maxLength}) characters`;
        yield { field: `${field}.oneOf[${index}]`, expected, value };
      }
    }
  }
  if (column.type === 'timestamp' && Date.parse(column.min) > Date.parse(column.max)) {
    yield { field: `${field}.min`, expected: `at most max (${column.max})`, value: column.min };
  }
  if (column.type === 'number') {
    const { min = -Infinity, max = Infinity } = column;
    if (min > max) yield { field: `${field}.min`, expected: `at most max (${max})`, value: min };
    else if (column.integer && Math.ceil(min) > Math.floor(max)) {
      yield { field: `${field}.min`, expected: `a whole number between min and max (${max})`, value: min };
    }
  }
}

function* checkRule(
  rule: string,
  types: Readonly<Record<string, ColumnType>>,
  field: string,
): Iterable<SpecProblem> {
  try {
    const { type } = parseExpression(rule, types);
    if (type !== 'boolean')
      yield { field, expected: `a condition that is true or false, not ${type}`, value: rule };
  } catch (error) {
    yield { field, expected: (error as Error).message, value: rule };
  }
}
