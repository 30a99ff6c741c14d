import type { ColumnSpec, ColumnType } from '#core/spec/column.ts';
import { literal } from './sql.ts';

/** How one column of the file reads: SQL over the file's raw columns. */
export interface CastColumn {
  /** Whether the file holds a value there. */
  readonly present: string;
  /** The typed value; NULL when absent, or when it cannot be read as the column's type. */
  readonly value: string;
}

const ENGINE_TYPES: Record<ColumnType, string> = {
  number: 'DOUBLE',
  text: 'VARCHAR',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
};

/** What a non-text CSV column may hold for "no value", besides nothing. */
const NO_VALUE = ['', 'NA', 'NULL', 'null'];

// ISO 8601: a date, or a date and time, with Z, an offset, or neither (then UTC). The engine reads more than
// this, and differently from release to release.
const ISO_TIME =
  '\\d{4}-\\d{2}-\\d{2}([T ]([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d([.,]\\d{1,9})?)?( ?(Z|[+-](0\\d|1[0-4])(:?[0-5]\\d)?))?)?';

/** A column that the file lacks. */
export function absentColumn(spec: ColumnSpec): CastColumn {
  return { present: 'true', value: `NULL::${ENGINE_TYPES[spec.type]}` };
}

/**
 * A field of a CSV file. Text is taken as it stands: only an unquoted empty field is null. In the other types
 * spaces around the value are ignored, and an empty field, `NA`, `NULL` and `null` are null.
 */
export function castCsvField(raw: string, spec: ColumnSpec): CastColumn {
  if (spec.type === 'text') return { present: `${raw} IS NOT NULL`, value: raw };
  const trimmed = `trim(${raw})`;
  const present = `coalesce(${trimmed} NOT IN (${NO_VALUE.map(literal).join(', ')}), false)`;
  const words = `CASE lower(${trimmed}) WHEN 'true' THEN true WHEN '1' THEN true WHEN 'false' THEN false WHEN '0' THEN false END`;
  const value = spec.type === 'boolean' ? words : castText(trimmed, spec);
  return { present, value: `CASE WHEN ${present} THEN ${value} END` };
}

/**
 * A member of a JSON object: a JSON number, string (text, timestamp) or boolean. null and absent are null.
 * @param raw the member as text
 * @param kind its JSON type as DuckDB's json_type names it
 */
export function castJsonMember(raw: string, kind: string, spec: ColumnSpec): CastColumn {
  const kinds =
    spec.type === 'number'
      ? ['BIGINT', 'UBIGINT', 'DOUBLE']
      : [spec.type === 'boolean' ? 'BOOLEAN' : 'VARCHAR'];
  const value =
    spec.type === 'boolean' ? `(${raw} = 'true')` : spec.type === 'text' ? raw : castText(raw, spec);
  return {
    present: `coalesce(${kind} <> 'NULL', false)`,
    value: `CASE WHEN ${kind} IN (${kinds.map(literal).join(', ')}) THEN ${value} END`,
  };
}

/**
 * A Parquet column.
 * @param type the column's type as DuckDB names it
 * @returns null when no value of that type can be read as the column's
 */
export function castParquetColumn(raw: string, type: string, spec: ColumnSpec): CastColumn | null {
  const value = parquetValue(raw, type, spec);
  return value === null ? null : { present: `${raw} IS NOT NULL`, value };
}

function parquetValue(raw: string, type: string, spec: ColumnSpec): string | null {
  switch (spec.type) {
    case 'number': {
      const numeric = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\))$/.test(
        type,
      );
      return numeric ? positiveZero(`TRY_CAST(${raw} AS DOUBLE)`) : null;
    }
    case 'timestamp': {
      const instant = /^(DATE|TIMESTAMP(_S|_MS|_NS)?|TIMESTAMP WITH TIME ZONE)$/.test(type);
      return instant ? finiteMilliseconds(`TRY_CAST(${raw} AS TIMESTAMP)`) : null;
    }
    case 'text':
      return type === 'VARCHAR' ? raw : null;
    case 'boolean':
      return type === 'BOOLEAN' ? raw : null;
  }
}

function castText(text: string, spec: ColumnSpec): string {
  if (spec.type === 'number') {
    // The engine reads 1_000 as a thousand; nobody else does.
    return `CASE WHEN NOT contains(${text}, '_') THEN ${positiveZero(`TRY_CAST(${text} AS DOUBLE)`)} END`;
  }
  const instant = `CAST(TRY_CAST(${text} AS TIMESTAMP WITH TIME ZONE) AS TIMESTAMP)`;
  return `CASE WHEN regexp_full_match(${text}, ${literal(ISO_TIME)}) THEN ${finiteMilliseconds(instant)} END`;
}

// -0 and 0 are one number to every rule and key, so they are stored as one.
function positiveZero(number: string): string {
  return `CASE WHEN ${number} = 0 THEN 0 ELSE ${number} END`;
}

function finiteMilliseconds(instant: string): string {
  return `CASE WHEN isfinite(${instant}) THEN date_trunc('millisecond', ${instant}) END`;
}
