import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustedPValues } from '#core/evaluate/false-discovery.ts';
import { lossOf } from '#core/evaluate/losses.ts';
import { evaluateSlices, type SlicedRows } from '#core/evaluate/slices.ts';
import { seededRandom } from '#core/random/seeded-random.ts';
import { GatesSpec } from '#core/spec/gates.ts';
import { judging } from '#test/fixtures/judging/judging.ts';

const specs = (...slices: unknown[]) => GatesSpec.parse({ slices }).slices;
const types = { city: 'text', express: 'boolean' } as const;

/** Losses of a version and of what it replaces, a row each; labels and scores say nothing here. */
function sliced(
  rows: readonly { city?: string | null; express?: boolean; own: number; reference: number }[],
): SlicedRows {
  return {
    task: 'binary',
    types,
    rows: rows.map(({ city = 'north', express = false }) => ({ city, express })),
    labels: rows.map((_, row) => row % 2),
    scores: rows.map((_, row) => (row % 2 ? 0.75 : 0.25)),
    options: {},
    losses: Float64Array.from(rows, ({ own }) => own),
    reference: { kind: 'champion', losses: Float64Array.from(rows, ({ reference }) => reference) },
  };
}

const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const jitter = (index: number) => ((index * 7) % 11) / 100;

describe('p-values adjusted for their number', () => {
  it.each(judging.adjusted)("are statsmodels' fdr_bh %#", ({ pValues, adjusted }) => {
    adjustedPValues(pValues).forEach((value, index) => {
      expect(value).toBeCloseTo(adjusted[index] as number, 12);
    });
  });

  it('reject what the step-up rule of Benjamini and Hochberg rejects', () => {
    const pValue = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(pValue, { minLength: 1, maxLength: 30 }),
        fc.constantFrom(0.01, 0.1, 0.5),
        (p, q) => {
          const rising = [...p].sort((a, b) => a - b);
          const limit = rising.findLast((value, index) => (value * p.length) / (index + 1) <= q) ?? -1;
          expect(adjustedPValues(p).map((value) => value <= q)).toEqual(p.map((value) => value <= limit));
        },
      ),
    );
  });

  it('of none are none', () => {
    expect(adjustedPValues([])).toEqual([]);
  });
});

describe('slices', () => {
  const { own, reference, pValues } = judging.slices;

  it.each(Object.entries(pValues))(
    "test the paired losses at margin %s as statsmodels' ztest does",
    (margin, pValue) => {
      const rows = own.map((loss, row) => ({ own: loss, reference: reference[row] as number }));
      const [slice] = evaluateSlices(specs({ by: 'city', margin: Number(margin) }), sliced(rows));
      expect(slice?.groups[0]?.pValue).toBeCloseTo(pValue, 12);
      expect(slice?.groups[0]?.difference).toBeCloseTo(mean(own) - mean(reference), 12);
    },
  );

  it('find the one group that is worse, and say by how much', () => {
    const rows = times(600, (index) => ({
      city: ['north', 'south', 'west'][index % 3] as string,
      own: 0.5 + jitter(index) + (index % 3 === 1 ? 0.1 : 0),
      reference: 0.5 + jitter(index + 5),
    }));
    const [slice] = evaluateSlices(specs('city'), sliced(rows));
    expect(slice?.groups.map(({ group, rows: count, worse }) => [group, count, worse])).toEqual([
      ['north', 200, false],
      ['south', 200, true],
      ['west', 200, false],
    ]);
    expect(slice?.groups[1]?.difference).toBeCloseTo(0.1, 2);
  });

  it('name groups that are too small, and never judge them', () => {
    const rows = times(230, (index) => ({
      city: index < 200 ? 'north' : index < 229 ? 'south' : null,
      own: index < 200 ? 0.1 : 9,
      reference: 0.1,
    }));
    const [slice] = evaluateSlices(specs('city'), sliced(rows));
    expect(slice?.groups.map(({ group }) => group)).toEqual(['north']);
    expect(slice?.tooSmall).toEqual([
      { group: 'south', rows: 29 },
      { group: null, rows: 1 },
    ]);
    expect(slice?.tooSmallCount).toBe(2);
  });

  it('name fifty small groups at most, and count them all', () => {
    const rows = times(80, (index) => ({ city: `city ${index}`, own: 1, reference: 1 }));
    const [slice] = evaluateSlices(specs('city'), sliced(rows));
    expect([slice?.tooSmall.length, slice?.tooSmallCount]).toEqual([50, 80]);
  });

  it('of a condition are true, false and null', () => {
    const rows = times(60, (index) => ({
      city: index % 3 === 0 ? 'north' : index % 3 === 1 ? 'south' : null,
      own: 1,
      reference: 1,
    }));
    const [slice] = evaluateSlices(specs({ by: "city = 'north'", minRows: 20 }), sliced(rows));
    expect(slice?.groups.map(({ group }) => group)).toEqual(['false', 'true', null]);
  });

  it('are corrected together: a doubtful group among many of another slice stands no more', () => {
    const rows = times(2000, (index) => ({
      city: `city ${Math.floor(index / 2) % 40}`,
      express: index % 2 === 0,
      own: 1 + (Math.floor(index / 80) % 2) + (index % 2 === 0 ? 0.04 : 0),
      reference: 1.48,
    }));
    const asked = { by: 'express', margin: 0 };
    const [alone] = evaluateSlices(specs(asked), sliced(rows));
    const [among] = evaluateSlices(specs(asked, { by: 'city', minRows: 20, margin: 0 }), sliced(rows));
    const trueOf = (slice: typeof alone) => slice?.groups.find(({ group }) => group === 'true');
    expect(trueOf(alone)?.pValue).toBe(trueOf(among)?.pValue);
    expect(trueOf(alone)?.worse).toBe(true);
    expect(trueOf(among)?.worse).toBe(false);
  });

  it('where nothing is worse than before rarely say so: 5 of 100 at most', () => {
    const random = seededRandom('null');
    let refused = 0;
    for (let run = 0; run < 400; run++) {
      const rows = times(400, (index) => ({
        city: `city ${index % 8}`,
        own: 1 + random.normal(),
        reference: 1 + random.normal(),
      }));
      const [slice] = evaluateSlices(specs({ by: 'city', minRows: 20, margin: 0 }), sliced(rows));
      if (slice?.groups.some(({ worse }) => worse)) refused++;
    }
    // Three standard errors above the level.
    expect(refused / 400).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 400));
    expect(refused).toBeGreaterThan(0);
  });

  it('of equal losses are not worse, without any spread too', () => {
    const rows = times(200, () => ({ own: 0.3, reference: 0.3 }));
    const [slice] = evaluateSlices(specs({ by: 'city', margin: 0 }), sliced(rows));
    expect(slice?.groups[0]).toMatchObject({ difference: 0, pValue: 1, worse: false });
  });

  it('that are worse by the same in every row are surely worse', () => {
    const rows = times(200, () => ({ own: 0.5, reference: 0.25 }));
    const [slice] = evaluateSlices(specs({ by: 'city', margin: 0 }), sliced(rows));
    expect(slice?.groups[0]).toMatchObject({ difference: 0.25, pValue: 0, worse: true });
  });

  it('whose losses are not defined compare nothing, and are not called worse', () => {
    const rows = sliced(times(200, () => ({ own: 1, reference: 1 })));
    const [slice] = evaluateSlices(specs('city'), { ...rows, losses: null });
    expect(slice?.groups[0]).toMatchObject({ pValue: null, adjustedPValue: null, worse: false });
  });

  it('have the metrics of their own rows, of every task', () => {
    const rows = sliced(
      times(400, (index) => ({ city: index < 200 ? 'north' : 'south', own: 1, reference: 1 })),
    );
    const labels = times(400, (index) => index % 3);
    const scores = labels.flatMap((label, row) =>
      [0, 1, 2].map((index) => (index === (row < 200 ? label : 0) ? 0.8 : 0.1)),
    );
    const options = { classes: ['a', 'b', 'c'] };
    const [slice] = evaluateSlices(specs('city'), { ...rows, task: 'multiclass', labels, scores, options });
    const [north, south] = slice?.groups ?? [];
    expect(north?.metrics.accuracy?.value).toBe(1);
    expect(south?.metrics.accuracy?.value).toBeCloseTo(67 / 200, 2);
    const losses = lossOf('logLoss', 'multiclass', options)(labels.slice(200), scores.slice(600));
    expect(south?.metrics.logLoss?.value).toBeCloseTo(mean([...(losses as Float64Array)]), 12);
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
