import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differences } from '#core/compare/differences.ts';

describe('what differs between two JSON values', () => {
  it('is nothing for a value and its copy, whatever the order of the fields', () => {
    const reversed = (value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([name, member]) => [name, reversed(member)]),
          )
        : value;
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(differences(value, reversed(value))).toEqual([]);
      }),
    );
  });

  it('is the same from the other side, with the sides changed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const swapped = differences(b, a).map(({ field, a: left, b: right }) => ({
          field,
          a: right,
          b: left,
        }));
        const direct = differences(a, b).map(({ field, a: left, b: right }) => ({
          field,
          a: left,
          b: right,
        }));
        const byField = (one: { field: string }, other: { field: string }) =>
          one.field.localeCompare(other.field);
        expect(direct.sort(byField)).toEqual(swapped.sort(byField));
      }),
    );
  });

  it('is never nothing when the JSON texts of two lists differ', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.array(fc.integer()), (a, b) => {
        expect(differences(a, b).length > 0).toBe(JSON.stringify(a) !== JSON.stringify(b));
      }),
    );
  });

  it('names the path of each field that changed, came or went', () => {
    const a = { gates: { auc: { min: 0.6 } }, join: [{ within: '1 day' }], gone: 1 };
    const b = {
      gates: { auc: { min: 0.7 } },
      join: [{ within: '3 hours' }, { within: '1 day' }],
      came: null,
    };
    expect(differences(a, b)).toEqual([
      { field: 'gates.auc.min', a: 0.6, b: 0.7 },
      { field: 'join[0].within', a: '1 day', b: '3 hours' },
      { field: 'join[1]', b: { within: '1 day' } },
      { field: 'gone', a: 1 },
      { field: 'came', b: null },
    ]);
  });

  it('is a list of plain values as a whole', () => {
    expect(differences({ oneOf: ['a', 'b'] }, { oneOf: ['b', 'a'] })).toEqual([
      { field: 'oneOf', a: ['a', 'b'], b: ['b', 'a'] },
    ]);
  });

  it('takes a field named like a method of every object for a field', () => {
    expect(differences({}, { constructor: 1 })).toEqual([{ field: 'constructor', b: 1 }]);
  });
});
