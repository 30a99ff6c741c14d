import { z } from 'zod';
import { parseExpression } from '../expression/index.ts';
import { ColumnSpec, type ColumnType } from './column.ts';
import { Name, parseSpec, type SpecProblem } from './parse-spec.ts';

const ColumnName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, 'a column name: letters, digits and _')
  .refine((name) => !name.startsWith('__'), 'a column name that does not start with __');

export const DatasetSpec = z.strictObject({
  name: Name,
  /** `append`: a version is all parts so far; `replace`: the newest part alone. @default 'append' */
  mode: z.enum(['append', 'replace']).default('append'),
  /** The timestamp column that orders rows. */
  time: z.string().optional(),
  /** Columns that together name a row; never null, unique within a file. @default none */
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

function* checkDataset(spec: DatasetSpec): Iterable<SpecProblem> {
  const types = columnTypes(spec);
  const folded = new Map<string, string>();
  for (const name of Object.keys(types)) {
    const twin = folded.get(name.toLowerCase());
    if (twin)
      yield {
        field: `columns.${name}`,
        expected: `a name that differs from ${twin} by more than case`,
        value: name,
      };
    folded.set(name.toLowerCase(), name);
  }
  const columns = `one of the columns ${Object.keys(types).join(', ')}`;
  if (spec.time !== undefined && types[spec.time] !== 'timestamp') {
    yield { field: 'time', expected: 'a timestamp column', value: spec.time };
  }
  for (const [index, name] of spec.key.entries()) {
    if (!types[name]) yield { field: `key[${index}]`, expected: columns, value: name };
  }
  for (const [name, column] of Object.entries(spec.columns)) {
    if (
      (column.type === 'number' || column.type === 'timestamp') &&
      column.min !== undefined &&
      column.max !== undefined
    ) {
      if (column.min > column.max) {
        yield { field: `columns.${name}.min`, expected: `at most max (${column.max})`, value: column.min };
      }
    }
  }
  if (spec.volume.minRows > spec.volume.maxRows) {
    yield {
      field: 'volume.minRows',
      expected: `at most maxRows (${spec.volume.maxRows})`,
      value: spec.volume.minRows,
    };
  }
  for (const [index, check] of spec.checks.entries()) {
    try {
      const rule = parseExpression(check.rule, types);
      if (rule.type !== 'boolean') {
        yield {
          field: `checks[${index}].rule`,
          expected: 'a condition that is true or false',
          value: check.rule,
        };
      }
    } catch (error) {
      yield { field: `checks[${index}].rule`, expected: (error as Error).message, value: check.rule };
    }
  }
}
