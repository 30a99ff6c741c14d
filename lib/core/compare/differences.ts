/** One place where two JSON values differ. An absent side was not there. */
export interface Difference {
  /** Path such as `gates.metrics.auc.min` or `join[0].within`; empty when the values themselves differ. */
  readonly field: string;
  readonly a?: unknown;
  readonly b?: unknown;
}

/**
 * Every place where two JSON values differ, in the order of `a`'s fields, then of those that only `b` has. Objects
 * and lists of objects are compared field by field, lists of anything else as a whole: what moved within one is
 * no list of changes that a person could read. The order of an object's fields never matters.
 */
export function differences(a: unknown, b: unknown, field = ''): Difference[] {
  if (isRecord(a) && isRecord(b)) {
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return names.flatMap((name) =>
      differences(own(a, name), own(b, name), field === '' ? name : `${field}.${name}`),
    );
  }
  if (isListOfRecords(a) && isListOfRecords(b)) {
    const length = Math.max(a.length, b.length);
    return Array.from({ length }, (_, index) => differences(a[index], b[index], `${field}[${index}]`)).flat();
  }
  if (isEqual(a, b)) return [];
  return [{ field, ...(a !== undefined && { a }), ...(b !== undefined && { b }) }];
}

function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => differences(item, b[index]).length === 0);
  }
  return false;
}

function own(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function isListOfRecords(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
