import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '#core/expression/index.ts';
import { redactRow } from '#core/serve/redact.ts';
import type { InputColumn } from '#core/serve/signature.ts';
import { boolean, type ColumnInput, ColumnSpec, number, text, timestamp } from '#core/spec/column.ts';

const input = (name: string, column: ColumnInput): InputColumn => ({
  name,
  dataset: 'trips',
  optional: true,
  column: ColumnSpec.parse(column),
});
const columns = [
  input('city', text()),
  input('name', text({ sensitive: 'hash' })),
  input('age', number({ sensitive: 'hash' })),
  input('member', boolean({ sensitive: 'hash' })),
  input('born', timestamp({ sensitive: 'hash' })),
  input('phone', text({ sensitive: 'omit' })),
];
const shown = (text: string) => `<${text}>`;

describe('redactRow', () => {
  it('hashes and leaves out what is marked, and keeps the rest', () => {
    const row = { city: 'north', name: 'Ada', age: 36, member: true, born: -4_861_987_200_000, phone: '1' };
    expect(redactRow(columns, row, shown)).toEqual({
      city: 'north',
      name: '<"Ada">',
      age: '<36>',
      member: '<true>',
      born: '<-4861987200000>',
    });
  });

  it('keeps null, which says nothing of a person, and adds no column that the row has not', () => {
    expect(redactRow(columns, { name: null, age: null }, shown)).toEqual({ name: null, age: null });
    expect(redactRow(columns, { phone: null }, shown)).toEqual({});
  });

  it('tells a number from its text, and not 0 from -0', () => {
    const age = (value: Value) => redactRow(columns, { age: value }, shown).age;
    expect(age(-0)).toBe(age(0));
    expect(age('36')).not.toBe(age(36));
  });

  it('never changes the row that it was given', () => {
    const row = Object.freeze({ name: 'Ada', phone: '1' });
    redactRow(columns, row, shown);
    expect(row).toEqual({ name: 'Ada', phone: '1' });
  });

  it('hashes the same what is the same as read from JSON', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true })), (value) => {
        const again = JSON.parse(JSON.stringify(value)) as string | number;
        expect(redactRow(columns, { name: again }, shown)).toEqual(
          redactRow(columns, { name: value }, shown),
        );
      }),
    );
  });
});
