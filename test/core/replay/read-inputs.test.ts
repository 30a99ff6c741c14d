import { describe, expect, it } from 'vitest';
import type { Row } from '#core/expression/index.ts';
import { inputReader } from '#core/replay/read-inputs.ts';
import { signature } from '#test/support/bundle.ts';

const read = (logged: Row, hidden: string[] = []) => inputReader(signature, new Set(hidden))(logged);
const ROW = { city: 'north', kind: 'day', km: 5, express: true, mm: 0.5 };

describe('a logged row', () => {
  it('is read as it was logged', () => {
    expect(read(ROW)).toEqual({ row: ROW, hidden: [], absent: [], unfit: [] });
  });

  it('may hold more than the version needs', () => {
    expect(read({ ...ROW, other: 1 }).row).toEqual(ROW);
  });

  it('without an optional column has it missing, and says so', () => {
    const { mm, ...rest } = ROW;
    expect(read(rest)).toEqual({ row: { ...rest, mm: null }, hidden: [], absent: ['mm'], unfit: [] });
  });

  it('without a column that the version needs cannot be scored', () => {
    const { city, ...rest } = ROW;
    expect(read(rest)).toMatchObject({ row: null, absent: ['city'] });
  });

  it.each([
    ['a level that it does not know', { city: 'west' }, 'city'],
    ['another type', { express: 'yes' }, 'express'],
    ['a number out of range', { km: 101 }, 'km'],
    ['nothing where it needs something', { city: null }, 'city'],
  ])('with %s cannot be scored', (_, changed, column) => {
    expect(read({ ...ROW, ...changed })).toMatchObject({ row: null, unfit: [column] });
  });

  it('names every column that does not fit', () => {
    expect(read({ ...ROW, city: 'west', km: -1 }).unfit).toEqual(['city', 'km']);
  });

  it('is read as missing where the log hides it, required or not, whatever stands there', () => {
    expect(read({ ...ROW, city: 'f00f', km: 'beef' }, ['city', 'km'])).toEqual({
      row: { ...ROW, city: null, km: null },
      hidden: ['city', 'km'],
      absent: [],
      unfit: [],
    });
  });
});

describe('an instant', () => {
  const column = {
    type: 'timestamp',
    nullable: 0,
    min: '2000-01-01T00:00:00Z',
    max: '2030-01-01T00:00:00Z',
  } as const;
  const reader = inputReader(
    { inputs: [{ name: 'at', dataset: 'trips', optional: false, column }] },
    new Set<string>(),
  );

  it('is a number in the log, to the millisecond', () => {
    const at = Date.UTC(2013, 3, 1, 0, 0, 0, 7);
    expect(reader({ at }).row).toEqual({ at });
  });

  it.each([[Date.UTC(1999, 1)], [Number.MAX_VALUE], ['2013-04-01']])('%s does not fit', (at) => {
    expect(reader({ at })).toMatchObject({ row: null, unfit: ['at'] });
  });
});
