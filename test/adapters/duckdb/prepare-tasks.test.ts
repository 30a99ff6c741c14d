import { describe, expect, it } from 'vitest';
import { xgboost } from '#core/spec/model.ts';
import { LABEL_COLUMN } from '#core/training/training-query.ts';
import { rain, trips, tripsLate } from '#test/support/trips.ts';
import {
  featuresFile,
  hourly,
  part,
  prepare,
  preparer,
  reader,
  shower,
  testRowsFile,
} from './prepare-trips.ts';

describe('a multiclass model', () => {
  const model = tripsLate({
    task: 'multiclass',
    label: "case(delay > 20, 'very late', delay > 5, 'late', 'on time')",
  });
  const delays = [0, 10, 30];
  const delay = (index: number) => delays[index % 3];

  it('learns its classes from the train rows, by name, and counts them a split', async () => {
    const { classes, splits, unseen } = await prepare(
      hourly(200, (index) => ({ delay: delay(index) })),
      model,
    );
    expect(classes).toEqual(['late', 'on time', 'very late']);
    expect(splits.train).toMatchObject({ rows: 139, classes: { late: 46, 'on time': 47, 'very late': 46 } });
    expect(splits.test).not.toHaveProperty('positives');
    expect(unseen).toEqual({ classes: 0, rows: { validation: 0, test: 0 } });
    const { columns } = await reader.readColumns(featuresFile);
    expect(columns[LABEL_COLUMN]?.slice(0, 3)).toEqual(['on time', 'late', 'very late']);
  });

  it('leaves out rows of classes that came up after the train rows, and counts them', async () => {
    const rows = hourly(200, (index) => ({ delay: index >= 139 ? delay(index) : (index % 2) * 10 }));
    const { classes, splits, unseen } = await prepare(rows, model);
    expect(classes).toEqual(['late', 'on time']);
    expect(unseen).toEqual({ classes: 1, rows: { validation: 10, test: 10 } });
    expect([splits.validation, splits.test]).toMatchObject([
      { rows: 20, classes: { late: 10, 'on time': 10 } },
      { rows: 21, classes: { late: 11, 'on time': 10 } },
    ]);
    expect((await reader.readColumns(featuresFile)).rows).toBe(180);
    const test = await reader.readColumns(testRowsFile);
    expect(new Set(test.columns[LABEL_COLUMN])).toEqual(new Set(['on time', 'late']));
  });

  it('is not feasible with one class in the train rows, or more than 1000', async () => {
    const one = hourly(200, (index) => ({ delay: index < 139 ? 0 : delay(index) }));
    await expect(prepare(one, model)).rejects.toThrow(
      'trips-late: expected 2 to 1000 classes among the train rows, got 1',
    );
    const kinds = tripsLate({
      task: 'multiclass',
      label: 'kind',
      available: { kind: 'after' },
      features: { km: 'km' },
      join: [],
    });
    const rows = hourly(1440, (index) => ({ kind: `k${index}` }));
    await expect(prepare(rows, kinds)).rejects.toThrow(
      'trips-late: expected 2 to 1000 classes among the train rows, got 1007',
    );
  });

  it.each([
    ['validation', 139, 169],
    ['test', 169, 200],
  ])('is not feasible when the %s rows are of one class', async (split, from, to) => {
    const rows = hourly(200, (index) => ({ delay: index >= from && index < to ? 0 : delay(index) }));
    await expect(prepare(rows, model)).rejects.toThrow(
      `trips-late: expected at least 2 classes among the ${split} rows, got 1 in ${to - from} rows`,
    );
  });
});

describe('a regression model', () => {
  const model = tripsLate({ task: 'regression', label: 'delay' });

  it('tells mean and sample standard deviation of the labels of each split', async () => {
    const { splits } = await prepare(
      hourly(200, (index) => ({ delay: index % 4 })),
      model,
    );
    // statistics.mean and statistics.stdev of Python over the same rows
    expect(splits.train.mean).toBeCloseTo(1.4892086330935252, 12);
    expect(splits.train.sd).toBeCloseTo(1.1187914447011666, 12);
    expect(splits.train).not.toHaveProperty('positives');
  });

  it('has no label where the number is beyond float32', async () => {
    const rows = hourly(200, (index) => ({ delay: index === 0 ? 1e39 : index === 1 ? -1e39 : index }));
    const { splits } = await prepare(rows, model);
    expect(splits.train.rows + splits.validation.rows + splits.test.rows).toBe(198);
    expect(splits.train.from).toBe('2013-01-01T02:00:00Z');
  });

  it.each(['poisson', 'tweedie'] as const)(
    'with %s loss refuses negative labels, and says how many',
    async (loss) => {
      const rows = hourly(200, (index) => ({ delay: index < 3 ? -1 : index }));
      await expect(
        prepare(rows, tripsLate({ task: 'regression', label: 'delay', algorithm: xgboost({ loss }) })),
      ).rejects.toThrow(
        `trips-late: expected labels of 0 or more for the loss ${loss}, got 3 negative of 200 rows`,
      );
      expect((await prepare(rows, model)).splits.train.rows).toBe(139);
    },
  );

  it('is not feasible when a split’s labels are all the same', async () => {
    const rows = hourly(200, (index) => ({ delay: index >= 169 ? 5 : index }));
    await expect(prepare(rows, model)).rejects.toThrow(
      'trips-late: expected at least 2 different labels among the test rows, got 1 in 31 rows',
    );
  });
});

describe('joins', () => {
  it('tell which share of each split’s rows found a partner in time', async () => {
    const { joins } = await prepare(hourly(200));
    expect(joins).toEqual([{ dataset: 'rain', matched: { train: 4 / 139, validation: 0, test: 0 } }]);
  });

  it('count a partner whose columns are null', async () => {
    const datasets = [
      { dataset: 'trips', parts: [await part(trips, hourly(200))] },
      { dataset: 'rain', parts: [await part(rain, [{ ...shower, mm: null }])] },
    ];
    const exact = tripsLate({ join: [{ dataset: rain, on: { city: 'city' }, kind: 'exact' }] });
    const { joins } = await preparer.prepare({ model: exact, datasets, featuresFile, testRowsFile });
    expect(joins).toEqual([{ dataset: 'rain', matched: { train: 1, validation: 1, test: 1 } }]);
  });
});
