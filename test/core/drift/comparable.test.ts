import { expect, it } from 'vitest';
import { comparable } from '#core/drift/index.ts';
import { categoricalProfile } from '#core/drift/profile.ts';
import { ColumnSpec, text } from '#core/spec/column.ts';

it('leaves out the columns that the log hashes or omits, and names them', () => {
  const input = (name: string, sensitive?: 'hash' | 'omit') => ({
    name,
    dataset: 'trips',
    optional: false,
    column: ColumnSpec.parse(text({ sensitive })),
  });
  const inputs = [input('city'), input('name', 'hash'), input('phone', 'omit')];
  const baseline = ['phone', 'city', 'name'].map((name) => categoricalProfile(name, ['a'], ['a']));
  const { compared, sensitive } = comparable({ inputs }, baseline);
  expect(compared.map(({ column }) => column)).toEqual(['city']);
  expect(sensitive).toEqual(['phone', 'name']);
});
