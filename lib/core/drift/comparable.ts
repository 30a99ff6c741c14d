import type { InputColumn } from '../serve/signature.ts';
import type { ColumnProfile } from './profile.ts';

/**
 * The columns of a baseline that the prediction log can be compared with: of those marked `sensitive` it has hashes or
 * nothing, which would look like drift.
 */
export function comparable(
  { inputs }: { readonly inputs: readonly InputColumn[] },
  baseline: readonly ColumnProfile[],
): { readonly compared: ColumnProfile[]; readonly sensitive: string[] } {
  const hidden = new Set(inputs.filter(({ column }) => column.sensitive).map(({ name }) => name));
  return {
    compared: baseline.filter(({ column }) => !hidden.has(column)),
    sensitive: baseline.map(({ column }) => column).filter((column) => hidden.has(column)),
  };
}
