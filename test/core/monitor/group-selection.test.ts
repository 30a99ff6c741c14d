import { describe, expect, it } from 'vitest';
import { groupSelection, unloggedColumns } from '#core/monitor/group-selection.ts';
import { seededRandom } from '#core/random/seeded-random.ts';
import type { GatesInput } from '#core/spec/gates.ts';
import { signature } from '#test/support/bundle.ts';
import { tripsLate } from '#test/support/trips.ts';

/** Rows of each city, and how many of them are selected. */
const sampled = (cities: Readonly<Record<string, readonly [selected: number, rows: number]>>) =>
  Object.entries(cities).flatMap(([city, [selected, rows]]) =>
    Array.from({ length: rows }, (_, row) => ({
      inputs: { city },
      prediction: { probability: 0.5, margin: 0, positive: row < selected },
    })),
  );
const selection = (
  fairness: GatesInput['fairness'],
  cities: Readonly<Record<string, readonly [number, number]>>,
  of = signature,
) => groupSelection(tripsLate({ gates: { fairness } }), of, sampled(cities));

describe('who is selected', () => {
  it('is told by declared group, beside the largest', () => {
    const [found] = selection(['city'], { north: [300, 600], south: [80, 400] });
    expect(found).toMatchObject({ by: 'city', missing: [], reference: { group: 'north' }, rows: 1000 });
    // scipy.stats.binomtest(80, 400).proportion_ci(method='wilson')
    expect(found?.groups[1]).toMatchObject({
      group: 'south',
      rows: 400,
      disparateImpact: 0.4,
      breached: true,
    });
    expect(found?.groups[1]?.selectionRate.low).toBeCloseTo(0.16373705973387687, 12);
    expect(found?.groups[1]?.selectionRate.high).toBeCloseTo(0.24197031686670106, 12);
    expect(found?.groups[0]).toMatchObject({ group: 'north', disparateImpact: 1, breached: false });
  });

  it('breaches a bound only when the ratio is surely below it', () => {
    const breached = (selected: number, rows: number, bound = 0.8) =>
      selection([{ group: 'city', disparateImpact: bound, minRows: 20 }], {
        north: [rows, 2 * rows],
        south: [selected, rows],
      })[0]?.groups[1];
    // A ratio of 0.7 each: of few rows it may be chance.
    expect(breached(14, 40)).toMatchObject({ disparateImpact: 0.7, breached: false });
    expect(breached(1400, 4000)).toMatchObject({ disparateImpact: 0.7, breached: true });
    expect(breached(1400, 4000, 0.69)).toMatchObject({ breached: false });
  });

  it('breaches it the other way round, too, where the smaller group is selected more often', () => {
    const [found] = selection(['city'], { north: [60, 600], south: [200, 400] });
    expect(found?.groups[1]).toMatchObject({ disparateImpact: 0.2, breached: true });
  });

  it('is the same where nobody is selected', () => {
    const [found] = selection(['city'], { north: [0, 600], south: [0, 400] });
    expect(found?.groups[1]).toMatchObject({ disparateImpact: 1, breached: false });
  });

  it('does not judge groups below the declared rows, nor without the declared reference', () => {
    const [few] = selection(['city'], { north: [300, 600], south: [0, 199] });
    expect(few?.groups.map(({ group }) => group)).toEqual(['north']);
    const [none] = selection([{ group: 'city', reference: 'east' }], { north: [300, 600], south: [0, 400] });
    expect(none).toMatchObject({ reference: null });
    expect(none?.groups[1]).toMatchObject({ disparateImpact: null, breached: false });
  });

  it('is surer the more groups there are: of groups right at the bound, few are called', () => {
    const random = seededRandom('groups');
    const draw = (rows: number, share: number) =>
      Array.from({ length: rows }, () => Number(random.uniform() < share)).reduce((a, b) => a + b, 0);
    let called = 0;
    for (let window = 0; window < 300; window++) {
      const others = Array.from({ length: 8 }, (_, n) => [`g${n}`, [draw(400, 0.4), 400] as const]);
      const [found] = selection(['city'], { north: [draw(500, 0.5), 500], ...Object.fromEntries(others) });
      called += Number(found?.groups.some(({ breached }) => breached));
    }
    expect(called / 300).toBeLessThan(0.02);
  });

  it('is not known of a column that the log does not keep, and the column is named', () => {
    const inputs = signature.inputs.map((input) =>
      input.name === 'city' ? { ...input, column: { ...input.column, sensitive: 'hash' as const } } : input,
    );
    const [hashed] = selection(['city'], { north: [300, 600] }, { ...signature, inputs });
    expect(hashed).toEqual({ by: 'city', missing: ['city'], reference: null, rows: 0, groups: [] });
    expect(unloggedColumns('delay > 3', tripsLate(), signature)).toEqual(['delay']);
  });
});
