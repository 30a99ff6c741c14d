import type { ColumnType } from '../spec/column.ts';
import type { Task } from '../spec/task.ts';

/** What a CSV file of truths may hold. */
export interface TruthColumns {
  readonly task: Task;
  /** The dataset's key and time columns; none when rows have no key. */
  readonly key: Readonly<Record<string, ColumnType>>;
}

const ACTUALS = { binary: 'boolean', multiclass: 'text', regression: 'number' } as const;

/**
 * How the records of a CSV file of truths read, by its header: `id, actual`; `predictionId, actual` or `predictionId,
 * row, actual`; or the key's columns and `actual`, in any order. A field that is not of its column's type stays a text,
 * for the check to refuse.
 * @returns what a record tells, as a request would; undefined for any other header
 */
export function openTruthCsv(
  header: readonly string[],
  { task, key }: TruthColumns,
): ((fields: readonly string[]) => Record<string, unknown>) | undefined {
  const keys = Object.keys(key);
  const layouts = [['id'], ['predictionId'], ['predictionId', 'row'], ...(keys.length > 0 ? [keys] : [])];
  const layout = layouts.find((names) => sameNames(header, [...names, 'actual']));
  if (!layout) return undefined;
  const byKey = layout === keys;
  return (fields) => {
    const told: Record<string, unknown> = {};
    const named: Record<string, unknown> = byKey ? {} : told;
    for (const [index, name] of header.entries()) {
      const text = fields[index] ?? '';
      if (name === 'actual') told.actual = typed(text, ACTUALS[task]);
      else named[name] = typed(text, byKey ? (key[name] as ColumnType) : name === 'row' ? 'number' : 'text');
    }
    return byKey ? { ...told, key: named } : told;
  };
}

/** The headers that are read, for a message. */
export function describeTruthHeaders({ key }: TruthColumns): string {
  const keys = Object.keys(key);
  const layouts = ['id, actual', 'predictionId, row, actual'];
  return [
    'a header of',
    [...layouts, ...(keys.length > 0 ? [[...keys, 'actual'].join(', ')] : [])].join('; or '),
  ].join(' ');
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && new Set(a).size === a.length && a.every((name) => b.includes(name));
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** As a dataset's CSV file reads. */
function typed(text: string, type: ColumnType): unknown {
  const trimmed = text.trim();
  if (type === 'number') return NUMBER.test(trimmed) ? Number(trimmed) : text;
  if (type !== 'boolean') return text;
  const word = trimmed.toLowerCase();
  return { true: true, 1: true, false: false, 0: false }[word] ?? text;
}
