import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BinMismatchError } from '#core/drift/errors.ts';
import type { Value } from '#core/expression/index.ts';
import {
  GROUPS_APART,
  type GroupCounts,
  type GroupReading,
  groupCounter,
  mergeGroups,
} from '#core/monitor/group-counts.ts';
import { type Random, seededRandom } from '#core/random/seeded-random.ts';
import { signature } from '#test/support/bundle.ts';

const reading: GroupReading = { by: 'city', known: [] };
const row = (city: Value | undefined, positive = false) => ({
  inputs: city === undefined ? {} : { city },
  prediction: { probability: 0.5, margin: 0, positive },
});
function counted(rows: readonly ReturnType<typeof row>[], of = reading) {
  const groups = groupCounter(of, signature.inputs);
  for (const { inputs, prediction } of rows) groups.add(inputs, prediction);
  return groups.counts();
}
/** Names in their order. */
const name = (index: number) => `g${String(index).padStart(4, '0')}`;

describe('a window’s groups', () => {
  it('are counted apart, with how many of each are selected', () => {
    expect(counted([row('south'), row('north', true), row('south', true), row('south')])).toEqual({
      by: 'city',
      apart: [
        { group: 'north', isKnown: false, rows: 1, selected: 1 },
        { group: 'south', isKnown: false, rows: 3, selected: 1 },
      ],
      missing: { rows: 0, selected: 0 },
      other: 0,
    });
  });

  it('are those of an expression, of which true and false are groups, too', () => {
    const rows = [row('north'), row('south', true), row('south')];
    expect(counted(rows, { by: "city = 'north'", known: [] }).apart).toMatchObject([
      { group: 'false', rows: 2, selected: 1 },
      { group: 'true', rows: 1, selected: 0 },
    ]);
  });

  it('are missing where the expression is null, or the row holds what the version does not take', () => {
    const { apart, missing } = counted([row(null, true), row(undefined), row(7), row('north')]);
    expect(missing).toEqual({ rows: 3, selected: 1 });
    expect(apart).toMatchObject([{ group: 'north', rows: 1 }]);
  });

  it('count decisions alone: a number or a label is none', () => {
    const groups = groupCounter(reading, signature.inputs);
    groups.add({ city: 'north' }, { value: 3 });
    groups.add({ city: 'north' }, { label: 'a', probabilities: { a: 1 } });
    expect(groups.counts()).toMatchObject({ apart: [], missing: { rows: 0 }, other: 0 });
  });

  it('of thousands of names are counted apart as far as there is room, known ones first', () => {
    const rows = Array.from({ length: GROUPS_APART + 100 }, (_, index) => [
      row(name(index)),
      row(name(index)),
    ]);
    const last = name(GROUPS_APART + 99);
    const { apart, other } = counted(rows.flat(), { by: 'city', known: [last, 'gone'] });
    expect(apart.map(({ group }) => group)).toEqual([
      last,
      ...Array.from({ length: GROUPS_APART - 1 }, (_, index) => name(index)),
    ]);
    expect(apart[0]).toEqual({ group: last, isKnown: true, rows: 2, selected: 0 });
    expect(other).toBe(2 * 100);
  });
});

describe('merged groups', () => {
  /** About a hundred groups more than are counted apart. */
  function draw(random: Random) {
    const cities = [
      null,
      undefined,
      7,
      'north',
      ...Array.from({ length: GROUPS_APART + 100 }, (_, n) => name(n)),
    ];
    return Array.from({ length: 1200 }, () => ({
      part: random.integer(0, 4),
      row: row(cities[random.integer(0, cities.length - 1)], random.uniform() < 0.5),
    }));
  }
  const known = [...Array.from({ length: 50 }, (_, index) => name(6 * index)), 'north'];

  it('of any parts, in any order, are those of the whole', () => {
    const of = (rows: ReturnType<typeof draw>) => [
      counted(
        rows.map(({ row }) => row),
        { by: 'city', known },
      ),
    ];
    fc.assert(
      fc.property(fc.nat(), fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), (seed, order) => {
        const found = draw(seededRandom(`rows ${seed}`));
        const parts = order.map((number) => of(found.filter(({ part }) => part === number)));
        const kept = JSON.parse(JSON.stringify(parts)) as GroupCounts[][];
        const whole = of(found);
        expect(whole[0]?.other).toBeGreaterThan(0);
        expect(kept.reduce(mergeGroups)).toEqual(whole);
        expect(kept.reduceRight((a, b) => mergeGroups(a, b))).toEqual(whole);
      }),
    );
  });

  it('of other expressions are refused', () => {
    const [one, other] = [[counted([])], [counted([], { by: "city = 'north'", known: [] })]];
    expect(() => mergeGroups(one, other)).toThrow(BinMismatchError);
    expect(() => mergeGroups(one, [])).toThrow('must be city, got none');
  });
});
