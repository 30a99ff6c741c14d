import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '#core/expression/index.ts';
import { mergeQuality, qualityCounter } from '#core/monitor/column-quality.ts';
import type { InputColumn } from '#core/serve/signature.ts';
import { type ColumnInput, ColumnSpec } from '#core/spec/column.ts';

const declared = (column: ColumnInput, optional = false): InputColumn[] => [
  { name: 'x', dataset: 'trips', optional, column: ColumnSpec.parse(column) },
];

/** What a column of these values breaks. */
function quality(of: readonly InputColumn[], values: readonly (Value | undefined)[]) {
  const counter = qualityCounter('x', of);
  for (const value of values) counter.add(value);
  return counter.found();
}

const km = declared({ type: 'number', integer: true, min: 0, max: 1000 });
const city = declared({ type: 'text', oneOf: ['north', 'south'], maxLength: 5 });

describe('what a column breaks', () => {
  it('is nothing where every value is as declared, the borders too', () => {
    expect(quality(km, [0, 1000, 7])).toEqual([]);
    expect(quality(city, ['north', 'south'])).toEqual([]);
  });

  it('of numbers: another type is a text or a fraction of a whole number, out of range is beyond either border', () => {
    expect(quality(km, ['7', 7.5, true, -1, 1001, 1e9])).toEqual([
      { column: 'x', nulls: 0, types: 3, ranges: 3 },
    ]);
  });

  it('of texts: an undeclared level and one that is too long are out of range, a number is of another type', () => {
    expect(quality(city, ['east', 'northwest', 7])).toEqual([{ column: 'x', nulls: 0, types: 1, ranges: 2 }]);
    const short = declared({ type: 'text', maxLength: 5 });
    expect(quality(short, ['12345', '123456'])).toEqual([{ column: 'x', nulls: 0, types: 0, ranges: 1 }]);
  });

  it('of flags is what is neither true nor false', () => {
    expect(quality(declared({ type: 'boolean' }), [true, false, 'true', 1])).toEqual([
      { column: 'x', nulls: 0, types: 2, ranges: 0 },
    ]);
  });

  it('is missing where a value is asked for, and nothing where it may be left out', () => {
    const kilometres = (optional: boolean) => declared({ type: 'number' }, optional);
    expect(quality(kilometres(false), [null, undefined, 1])).toEqual([
      { column: 'x', nulls: 2, types: 0, ranges: 0 },
    ]);
    expect(quality(kilometres(true), [null, undefined, 1])).toEqual([]);
  });

  it('is not known of a column that nobody declared', () => {
    expect(quality([], ['anything', null, 1e308])).toEqual([]);
  });
});

describe('what parts of a window break', () => {
  it('is what the whole breaks, wherever it is cut', () => {
    const value = fc.constantFrom<Value>(-1, 5, 5.5, 2000, 'a', null, true);
    fc.assert(
      fc.property(fc.array(value), fc.array(value), (a, b) => {
        const parts = mergeQuality(['w', 'x'], [...quality(km, a), ...quality(km, b)]);
        expect(parts).toEqual(quality(km, [...a, ...b]));
      }),
    );
  });

  it('comes in the order of the columns', () => {
    const broken = (column: string) => ({ column, nulls: 1, types: 2, ranges: 3 });
    expect(mergeQuality(['a', 'b', 'c'], [broken('c'), broken('a'), broken('c')])).toEqual([
      broken('a'),
      { column: 'c', nulls: 2, types: 4, ranges: 6 },
    ]);
  });
});
