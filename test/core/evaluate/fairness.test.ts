import { describe, expect, it } from 'vitest';
import { evaluateFairness } from '#core/evaluate/fairness.ts';
import { GatesSpec } from '#core/spec/gates.ts';
import { judging } from '#test/fixtures/judging/judging.ts';

const specOf = (fairness: unknown) => GatesSpec.parse({ fairness: [fairness] }).fairness[0] as never;
const types = { group: 'text' } as const;

interface Decided {
  readonly group: string | null;
  readonly label: number;
  readonly probability: number;
}

const evaluate = (spec: unknown, rows: readonly Decided[]) =>
  evaluateFairness(specOf(spec), {
    types,
    rows: rows.map(({ group }) => ({ group })),
    labels: rows.map(({ label }) => label),
    probabilities: rows.map(({ probability }) => probability),
    threshold: 0.5,
  });

/** So many rows of a group: true and found, true and missed, false and selected, false and left. */
const counts = (group: string | null, cells: readonly [number, number, number, number]): Decided[] =>
  cells.flatMap((count, cell) =>
    Array.from({ length: count }, () => ({
      group,
      label: cell < 2 ? 1 : 0,
      probability: cell % 2 === 0 ? 0.5 : 0.49,
    })),
  );

describe('fairness', () => {
  const { group, label, probability, byGroup, wilson } = judging.fairness;
  const found = evaluate(
    { group: 'group', minRows: 20 },
    group.map((name, row) => ({
      group: name,
      label: label[row] as number,
      probability: probability[row] as number,
    })),
  );

  it.each(found.groups)("has fairlearn's rates for group $group", ({ group: name, ...rates }) => {
    const expected = byGroup[name as string] as (typeof byGroup)[string];
    expect(rates.selectionRate.value).toBeCloseTo(expected.selectionRate, 12);
    expect(rates.falsePositiveRate.value).toBeCloseTo(expected.falsePositiveRate, 12);
    // fairlearn says 0 where no label is true, and nothing can be said.
    if (name === 'c') expect(rates.truePositiveRate.value).toBeNull();
    else expect(rates.truePositiveRate.value).toBeCloseTo(expected.truePositiveRate, 12);
    const [low, high] = wilson[name as string] as [number, number];
    expect(rates.selectionRate.low).toBeCloseTo(low, 12);
    expect(rates.selectionRate.high).toBeCloseTo(high, 12);
  });

  it('compares with the largest group, or the one that is named', () => {
    expect(found.reference).toEqual({ group: 'a' });
    const rows = [...counts('a', [20, 20, 20, 40]), ...counts('b', [5, 15, 5, 25])];
    const [a, b] = evaluate({ group: 'group', minRows: 20 }, rows).groups;
    // Selected: 40 of 100 and 10 of 50; of the true ones 20 of 40 and 5 of 20; of the others 20 of 60 and 5 of 30.
    expect(b).toMatchObject({ disparateImpact: 0.5, equalOpportunity: -0.25 });
    expect(b?.falsePositives).toBeCloseTo(5 / 30 - 20 / 60, 12);
    expect(a).toMatchObject({ disparateImpact: 1, equalOpportunity: 0, falsePositives: 0 });
    const named = evaluate({ group: 'group', reference: 'b', minRows: 20 }, rows);
    expect(named.reference).toEqual({ group: 'b' });
    expect(named.groups[0]).toMatchObject({ disparateImpact: 0.5, equalOpportunity: 0.25 });
  });

  it('takes the lower rate over the higher, whichever group has it', () => {
    const [, b] = evaluate({ group: 'group', minRows: 20 }, [
      ...counts('a', [5, 15, 5, 35]),
      ...counts('b', [20, 5, 10, 15]),
    ]).groups;
    expect(b?.disparateImpact).toBeCloseTo(10 / 60 / (30 / 50), 12);
  });

  it('calls two groups equal in which nobody is selected, and infinitely unequal when one has all', () => {
    const nobody = evaluate({ group: 'group', minRows: 20 }, [
      ...counts('a', [0, 10, 0, 20]),
      ...counts('b', [0, 10, 0, 10]),
    ]);
    expect(nobody.groups.map(({ disparateImpact }) => disparateImpact)).toEqual([1, 1]);
    const one = evaluate({ group: 'group', minRows: 20 }, [
      ...counts('a', [0, 10, 0, 20]),
      ...counts('b', [5, 5, 5, 5]),
    ]);
    expect(one.groups[1]?.disparateImpact).toBe(0);
  });

  it('has no true positive rate for a group without positives, and so no difference', () => {
    const [, b] = evaluate({ group: 'group', minRows: 20 }, [
      ...counts('a', [5, 15, 5, 35]),
      ...counts('b', [0, 0, 10, 20]),
    ]).groups;
    expect(b?.truePositiveRate).toEqual({ value: null, low: null, high: null });
    expect(b).toMatchObject({ equalOpportunity: null, baseRate: { value: 0 } });
    expect(b?.disparateImpact).toBeCloseTo(10 / 60 / (10 / 30), 12);
  });

  it('names groups that are too small, and compares with none of them', () => {
    const rows = [...counts('a', [5, 15, 5, 35]), ...counts(null, [1, 1, 1, 1])];
    const result = evaluate({ group: 'group', minRows: 20 }, rows);
    expect(result.groups.map(({ group: name }) => name)).toEqual(['a']);
    expect(result.tooSmall).toEqual([{ group: null, rows: 4 }]);
    const named = evaluate({ group: 'group', reference: 'b', minRows: 20 }, rows);
    expect(named.reference).toBeNull();
    expect(named.groups[0]).toMatchObject({ disparateImpact: null, equalOpportunity: null });
  });

  it('counts a probability of exactly the threshold as positive', () => {
    const [a] = evaluate({ group: 'group', minRows: 20 }, counts('a', [20, 0, 0, 20])).groups;
    expect(a?.selectionRate.value).toBe(0.5);
  });
});
