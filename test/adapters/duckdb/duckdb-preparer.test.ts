import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { categoricalProfile, decileCuts, numericProfile } from '#core/drift/profile.ts';
import { defineDataset } from '#core/spec/dataset.ts';
import { categorical } from '#core/spec/model.ts';
import { LABEL_COLUMN, SPLIT_COLUMN } from '#core/training/training-query.ts';
import type { TestRow } from '#test/support/sql-rows.ts';
import { rain, trips, tripsInput, tripsLate } from '#test/support/trips.ts';
import {
  featuresFile,
  hourly,
  instant,
  part,
  prepare,
  preparer,
  reader,
  shower,
  testRowsFile,
} from './prepare-trips.ts';

describe('splits', () => {
  it('are cut by time in the spec’s shares, newest last', async () => {
    const { splits } = await prepare(hourly(200));
    expect(splits).toMatchObject({ train: { rows: 139 }, validation: { rows: 30 }, test: { rows: 31 } });
    expect(splits.train).toEqual({
      rows: 139,
      positives: 47,
      from: '2013-01-01T00:00:00Z',
      to: '2013-01-06T18:00:00Z',
    });
    expect(splits.test.to).toBe('2013-01-09T07:00:00Z');
    expect(splits.train.to < splits.validation.from && splits.validation.to < splits.test.from).toBe(true);
  });

  it('have no instant on both sides of a cut, however many rows share it', async () => {
    const runs = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 12, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(runs, async (runs) => {
        const hours = runs.flatMap((length, hour) => new Array<number>(length).fill(hour));
        fc.pre(hours.length >= 100);
        const splits = await prepare(
          hourly(hours.length, (row) => ({ at: instant(hours[row] as number), delay: row % 2 ? 10 : 0 })),
        ).then(
          (preparation) => preparation.splits,
          (error: Error) => {
            // A long run of one instant can leave a split of one class or none: refused, never shared.
            expect(error.name).toBe('NotFeasibleError');
            return undefined;
          },
        );
        fc.pre(splits !== undefined);
        if (!splits) return;
        expect(splits.train.to < splits.validation.from && splits.validation.to < splits.test.from).toBe(
          true,
        );
        expect(splits.train.rows + splits.validation.rows + splits.test.rows).toBe(hours.length);
      }),
      { numRuns: 15 },
    );
  });

  it('are of the rows since the spec’s instant alone, which is included', async () => {
    const late = hourly(300, (index) => (index < 100 ? { city: 'south' } : {}));
    const { splits, levels, baseline } = await prepare(late, tripsLate({ since: instant(100) }));
    expect(splits).toMatchObject({
      train: { rows: 139, from: '2013-01-05T04:00:00Z' },
      validation: { rows: 30 },
      test: { rows: 31, to: '2013-01-13T11:00:00Z' },
    });
    expect(levels.city).toEqual(['north']);
    expect(baseline.find(({ column }) => column === 'km')).toMatchObject({ rows: 169 });
  });

  it('hold out what is asked for, and validate on their share of the rest', async () => {
    const datasets = [
      { dataset: 'trips', parts: [await part(trips, hourly(300))] },
      { dataset: 'rain', parts: [await part(rain, [shower])] },
    ];
    const request = { model: tripsLate(), datasets, featuresFile, testRowsFile, testFrom: instant(200) };
    const { splits } = await preparer.prepare(request);
    expect(splits).toMatchObject({
      test: { rows: 100, from: '2013-01-09T08:00:00Z' },
      // 0.15 of 0.85 of 200 rows, to the whole row.
      validation: { rows: 36, to: '2013-01-09T07:00:00Z' },
      train: { rows: 164 },
    });
    await expect(preparer.prepare({ ...request, testFrom: instant(0) })).rejects.toThrow(
      'trips-late: expected both labels among the train rows, got 0 positive of 0 rows',
    );
  });

  it('count the rows since then against the fewest that the spec asks for', async () => {
    await expect(prepare(hourly(300), tripsLate({ since: instant(201) }))).rejects.toThrow(
      'trips-late: expected at least 100 labelled rows, got 99',
    );
  });

  it('are not feasible with fewer labelled rows than the spec asks for', async () => {
    const unknown = hourly(120, (index) => (index < 21 ? { delay: null } : {}));
    await expect(prepare(unknown)).rejects.toThrow('trips-late: expected at least 100 labelled rows, got 99');
  });

  it.each([
    ['train', 0, 83],
    ['validation', 83, 101],
    ['test', 101, 120],
  ])('are not feasible when the %s rows have one class only', async (split, from, to) => {
    const rows = hourly(120, (index) => (index >= from && index < to ? { delay: 0 } : {}));
    await expect(prepare(rows)).rejects.toThrow(
      new RegExp(`^trips-late: expected both labels among the ${split} rows, got 0 positive of \\d+ rows$`),
    );
  });
});

describe('datasets', () => {
  it('without a part are not feasible, and named', async () => {
    const datasets = [{ dataset: 'trips', parts: [await part(trips, hourly(120))] }];
    const request = { model: tripsLate(), datasets, featuresFile, testRowsFile };
    await expect(preparer.prepare(request)).rejects.toThrow(
      'trips-late: expected at least one part of dataset rain, got none',
    );
  });

  it('may have parts older than a column: it is null in all their rows', async () => {
    const { kind: _, ...columns } = tripsInput.columns;
    const older = defineDataset({ ...tripsInput, columns });
    const rows = hourly(200);
    const datasets = [
      {
        dataset: 'trips',
        parts: [await part(older, rows.slice(0, 100)), await part(trips, rows.slice(100))],
      },
      { dataset: 'rain', parts: [await part(rain, [shower])] },
    ];
    const { baseline } = await preparer.prepare({ model: tripsLate(), datasets, featuresFile, testRowsFile });
    expect(baseline.find(({ column }) => column === 'kind')).toMatchObject({
      levels: ['day'],
      counts: [69],
      missing: 100,
    });
  });
});

describe('levels', () => {
  it('are those of the training and validation rows, most frequent first, then by name', async () => {
    const kinds = (index: number) =>
      index >= 169 ? 'new' : index >= 165 ? 'b' : index >= 161 ? 'a' : index === 0 ? null : 'day';
    const { levels, baseline } = await prepare(hourly(200, (index) => ({ kind: kinds(index) })));
    expect(levels).toEqual({ city: ['north'], kind: ['day', 'a', 'b'] });
    expect(JSON.stringify(baseline)).not.toContain('new');
  });

  it('are at most as many as the spec says', async () => {
    const features = { kind: categorical('kind', { maxLevels: 2 }) };
    const { levels } = await prepare(
      hourly(200, (index) => ({ kind: `k${index % 5}` })),
      tripsLate({ features, join: [] }),
    );
    expect(levels.kind).toEqual(['k0', 'k1']);
  });

  it('that are null in all training rows are not feasible', async () => {
    const rows = hourly(200, (index) => ({ kind: index >= 169 ? 'new' : null }));
    await expect(prepare(rows)).rejects.toThrow(
      'trips-late: expected feature kind to have levels in the training rows, got null in all',
    );
  });
});

describe('the baseline', () => {
  it('is the profile of the training and validation rows that memory would give', async () => {
    const special = [0, -0, 0.1, 5e-324, 99.99999999999999, 100, 1 / 3, 0.30000000000000004];
    const km = fc.option(fc.oneof(fc.constantFrom(...special), fc.double({ min: 0, max: 100, noNaN: true })));
    const kind = fc.option(fc.oneof(fc.constantFrom('day', '', 'ü', "'"), fc.stringMatching(/^[a-z]{2}$/)));
    const row = fc.record({ km, kind, express: fc.option(fc.boolean()) });
    await fc.assert(
      fc.asyncProperty(
        fc.noShrink(fc.array(row, { minLength: 100, maxLength: 140, size: 'max' })),
        async (rows) => {
          const kept = rows.map((row, index) => (index === 0 ? { ...row, kind: 'day' } : row));
          const { baseline, splits } = await prepare(hourly(kept.length, (index) => kept[index] as TestRow));
          const seen = kept.slice(0, splits.train.rows + splits.validation.rows);
          const numbers = seen.map((row) => row.km);
          const byName = Object.fromEntries(baseline.map((profile) => [profile.column, profile]));
          const km = numericProfile('km', decileCuts(numbers), numbers);
          // A deviation may differ in its last digits: the sums are taken in another order.
          const deviation = expect.closeTo(km.spread?.deviation ?? Number.NaN, 9);
          expect(byName.km).toEqual({ ...km, ...(km.spread && { spread: { ...km.spread, deviation } }) });
          const levels = byName.kind?.kind === 'category' ? byName.kind.levels : [];
          expect(byName.kind).toEqual(
            categoricalProfile(
              'kind',
              levels,
              seen.map((row) => row.kind),
            ),
          );
          expect(levels.length).toBe(Math.min(50, new Set(seen.flatMap((row) => row.kind ?? [])).size));
          const express = seen.map((row) => (row.express === null ? null : String(row.express)));
          const known = byName.express?.kind === 'category' ? byName.express.levels : [];
          expect(byName.express).toEqual(categoricalProfile('express', known, express));
          expect(byName.express).toMatchObject({ other: 0 });
        },
      ),
      { numRuns: 25 },
    );
  });

  it('keeps the 50 most frequent levels; the others are other', async () => {
    const { baseline } = await prepare(hourly(200, (index) => ({ kind: `k${index % 60}` })));
    const kind = baseline.find(({ column }) => column === 'kind');
    expect(kind).toMatchObject({ kind: 'category', rows: 169, missing: 0 });
    expect(kind?.kind === 'category' && [kind.levels.length, kind.other]).toEqual([50, 20]);
  });

  it('leaves out instants: time passing is no drift', async () => {
    const model = tripsLate({ features: { hour: 'hour(at)', km: 'km' }, join: [] });
    const { baseline } = await prepare(hourly(200), model);
    expect(baseline.map(({ column }) => column)).toEqual(['km']);
  });

  it('of a column that is null in all rows has no cuts', async () => {
    const { baseline } = await prepare(hourly(200, () => ({ km: null })));
    expect(baseline.find(({ column }) => column === 'km')).toMatchObject({
      cuts: [],
      counts: [0],
      missing: 169,
    });
    expect(baseline.find(({ column }) => column === 'km')).not.toHaveProperty('spread');
  });

  it('comes out the same from the same rows, to the bit: its hash is what tells whether a training was repeated', async () => {
    const rows = hourly(5000, (index) => ({ km: Math.fround(Math.sin(index) * 1e6) + 1 / (index + 3) }));
    const once = JSON.stringify((await prepare(rows)).baseline);
    expect(JSON.stringify((await prepare(rows)).baseline)).toBe(once);
  });

  it('leaves numbers out of the spread whose squares overflow, and is made all the same', async () => {
    const { baseline } = await prepare(hourly(200, (index) => ({ km: index === 3 ? 1e300 : index % 2 })));
    const km = baseline.find(({ column }) => column === 'km');
    expect(km?.kind === 'number' && km.spread?.deviation).toBeCloseTo(0.5, 3);
  });
});

describe('the prepared files', () => {
  it('hold split, label and features of all rows, and the raw columns of the test rows, in one order', async () => {
    const { splits } = await prepare(hourly(200, (index) => ({ id: 200 - index })));
    const { rows, columns } = await reader.readColumns(featuresFile);
    expect(rows).toBe(200);
    expect(Object.keys(columns)).toEqual([SPLIT_COLUMN, LABEL_COLUMN, 'city', 'kind', 'km', 'express', 'mm']);
    expect([columns.km?.[7], columns.city?.[7], columns.express?.[7], columns.mm?.slice(2, 5)]).toEqual([
      7,
      'north',
      1,
      [0.5, 0.5, null],
    ]);
    const test = await reader.readColumns(testRowsFile);
    expect(test.rows).toBe(splits.test.rows);
    expect(test.columns.id).toEqual(Array.from({ length: 31 }, (_, index) => 31 - index));
    expect(test.columns.at?.[0]).toBe(Date.UTC(2013, 0, 1, 169));
    expect(columns.km?.slice(169)).toEqual(test.columns.km);
    expect(columns[LABEL_COLUMN]?.slice(169)).toEqual(test.columns[LABEL_COLUMN]);
  });

  it('are the same bytes for the same parts', async () => {
    await prepare(hourly(200));
    const first = await reader.readColumns(featuresFile);
    await prepare(hourly(200));
    expect(await reader.readColumns(featuresFile)).toEqual(first);
  });
});
