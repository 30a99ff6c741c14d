import { describe, expect, it } from 'vitest';
import type { FairnessEvaluation } from '#core/evaluate/fairness.ts';
import { groupCounter } from '#core/monitor/group-counts.ts';
import { groupReadings, groupSelection, unloggedColumns } from '#core/monitor/group-selection.ts';
import { SAMPLE_ROWS, summarise } from '#core/monitor/summary.ts';
import { seededRandom } from '#core/random/seeded-random.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import type { GatesInput } from '#core/spec/gates.ts';
import { prediction } from '#test/core/serve/truths.ts';
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
) => {
  const spec = tripsLate({ gates: { fairness } });
  const counts = groupReadings(spec, of, { fairness: [] }).map((reading) => {
    const counter = groupCounter(reading, of.inputs);
    for (const { inputs, prediction } of sampled(cities)) counter.add(inputs, prediction);
    return counter.counts();
  });
  return groupSelection(spec, of, counts);
};

/** The same of counts, as a summary has them. */
const selectionOfCounts = (
  fairness: GatesInput['fairness'],
  cities: Readonly<Record<string, readonly [selected: number, rows: number]>>,
  other = 0,
) =>
  groupSelection(tripsLate({ gates: { fairness } }), signature, [
    {
      by: 'city',
      apart: Object.entries(cities).map(([group, [selected, rows]]) => ({
        ...{ group, isKnown: false, rows, selected },
      })),
      missing: { rows: 0, selected: 0 },
      other,
    },
  ]);

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

  it('is told of rows of no group as of any group', () => {
    const spec = tripsLate({ gates: { fairness: ['city'] } });
    const [found] = groupSelection(spec, signature, [
      {
        ...{ by: 'city', other: 0, missing: { rows: 300, selected: 30 } },
        apart: [{ group: 'north', isKnown: true, rows: 600, selected: 300 }],
      },
    ]);
    expect(found?.groups).toMatchObject([{ group: 'north' }, { group: null, rows: 300, breached: true }]);
  });

  it('is not told of the rows of groups that were not counted apart, but how many those are', () => {
    expect(selectionOfCounts(['city'], { north: [300, 600] }, 5000)).toMatchObject([
      { rows: 5600, other: 5000, groups: [{ group: 'north' }] },
    ]);
    expect(selectionOfCounts(['city'], { north: [300, 600] })[0]).not.toHaveProperty('other');
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

  /** Windows of 20,000 rows, of which 400 are of the small group: in which of 300 is it called? */
  const callsOf = (seed: string, share: number) => {
    const random = seededRandom(seed);
    const draw = (rows: number, chance: number) =>
      Array.from({ length: rows }, () => Number(random.uniform() < chance)).reduce((a, b) => a + b, 0);
    const called = Array.from({ length: 300 }, () => {
      const [found] = selectionOfCounts(['city'], {
        north: [draw(19_600, 0.5), 19_600],
        south: [draw(400, share), 400],
      });
      return Number(found?.groups.find(({ group }) => group === 'south')?.breached);
    });
    return called.reduce((a, b) => a + b, 0);
  };

  it('is told of one row in fifty: half as often selected it is called, alike or right at the bound it is not', () => {
    expect(callsOf('half', 0.25)).toBe(300);
    expect(callsOf('bound', 0.4)).toBeLessThan(300 * 0.02);
    expect(callsOf('alike', 0.5)).toBe(0);
  });

  it('is of all rows of a window, not of its sample', () => {
    const random = seededRandom('rows');
    const rows = Array.from({ length: 20_000 }, (_, index): LoggedPrediction => {
      const [city, share] = index % 50 === 0 ? ['south', 0.25] : ['north', 0.5];
      return prediction(0, { id: `${index}#0`, inputs: { city }, positive: random.uniform() < share });
    });
    const spec = tripsLate({ gates: { fairness: ['city'] } });
    const { groups, sample } = summarise(rows, {
      ...{ version: 1, compared: [], columns: signature.inputs, threshold: 0.5 },
      groups: groupReadings(spec, signature, { fairness: [] }),
      hash: (id) => Number.parseInt(id, 10),
    });
    expect(sample).toHaveLength(SAMPLE_ROWS);
    expect(groupSelection(spec, signature, groups)).toMatchObject([
      { rows: 20_000, groups: [{ group: 'north' }, { group: 'south', rows: 400, breached: true }] },
    ]);
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

describe('how groups are read', () => {
  const judged = (by: string, names: readonly (string | null)[]): FairnessEvaluation => ({
    ...{ by, minRows: 200, reference: null, tooSmallCount: 1 },
    groups: names.map((group) => ({ group }) as FairnessEvaluation['groups'][number]),
    tooSmall: [{ group: 'small', rows: 3 }],
  });

  it('is by each declared expression once, and by what the version was judged on', () => {
    const spec = tripsLate({
      gates: { fairness: ['city', { group: 'city', minRows: 50 }, 'kind', 'delay > 3'] },
    });
    const fairness = [judged('city', ['north', null]), judged('express', ['true'])];
    expect(groupReadings(spec, signature, { fairness })).toEqual([
      { by: 'city', known: ['north', 'small'] },
      { by: 'kind', known: [] },
    ]);
  });
});
