import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openDuckDbReader } from '#adapters/duckdb/duckdb-reader.ts';
import { identifier, literal } from '#adapters/duckdb/sql.ts';
import { featureCoder } from '#core/serve/encode-rows.ts';
import type { Signature } from '#core/serve/signature.ts';
import { signatureOf } from '#core/serve/signature-of.ts';
import { LABEL_COLUMN, SPLIT_COLUMN, SPLITS, type Split } from '#core/training/training-query.ts';
import { ParquetPress } from '#test/fixtures/parquet.ts';
import { tripsLate } from '#test/support/trips.ts';

const folder = mkdtempSync(join(tmpdir(), 'leeboard-sets-'));
const file = join(folder, 'features.parquet');
const press = await ParquetPress.open(file);
const reader = openDuckDbReader(join(folder, 'spill'), 256);
const levels = { city: ['south', 'north', '', 'ü', '𝔘', "it's", 'a, b', ' '], kind: ['day', 'DAY'] };
const signature = signatureOf(tripsLate(), levels);
const names = signature.features.map(({ name }) => name);

afterAll(() => {
  press.close();
  rmSync(folder, { recursive: true });
});

type PreparedRow = Readonly<Record<string, number | string | null>>;

/** A features file of these rows, read. */
async function setsOf(rows: readonly PreparedRow[], given: Signature = signature) {
  const texts = ['city', 'kind', SPLIT_COLUMN, ...(given.classes ? [LABEL_COLUMN] : [])];
  const selects = rows.map((row) => {
    const values = [SPLIT_COLUMN, LABEL_COLUMN, ...names].map((name) => {
      const type = texts.includes(name) ? 'VARCHAR' : 'DOUBLE';
      return `CAST(${sqlValue(row[name] ?? null)} AS ${type}) AS ${identifier(name)}`;
    });
    return `SELECT ${values.join(', ')}`;
  });
  await press.export(selects.join(' UNION ALL '), file, 'parquet');
  return reader.readSets(file, given);
}

function sqlValue(value: number | string | null): string {
  if (value === null) return 'NULL';
  if (Object.is(value, -0)) return '(-0e0)';
  if (typeof value === 'number' && Number.isFinite(value)) return `(${value.toExponential()})`;
  return literal(String(value));
}

const row = (split: Split, label: number | string, values: PreparedRow = {}): PreparedRow => ({
  [SPLIT_COLUMN]: split,
  [LABEL_COLUMN]: label,
  ...values,
});

const bits = (values: Float32Array) => [...new Uint32Array(Float32Array.from(values).buffer)];

describe('readSets', () => {
  it('encodes every value as serving does, bit by bit', async () => {
    const special = [
      0,
      -0,
      0.1,
      5e-324,
      1e-45,
      3.4028235e38,
      3.5e38,
      -1e300,
      Number.NaN,
      Infinity,
      -Infinity,
    ];
    const value = fc.option(fc.oneof(fc.constantFrom(...special), fc.double()));
    const text = fc.option(fc.oneof(fc.constantFrom(...levels.city, ...levels.kind), fc.constant('other')));
    const values = fc.record({ city: text, kind: text, km: value, express: value, mm: value });
    const split = fc.constantFrom(...SPLITS);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(split, values), { minLength: 1, maxLength: 60 }), async (rows) => {
        const sets = await setsOf(rows.map(([split, values], index) => row(split, index, values)));
        for (const wanted of SPLITS) {
          const chosen = rows.filter(([split]) => split === wanted);
          const expected = chosen.flatMap(([, values]) =>
            signature.features.map((feature) =>
              featureCoder(feature)((values as PreparedRow)[feature.name] ?? null),
            ),
          );
          expect(bits(sets[wanted].values)).toEqual(bits(Float32Array.from(expected)));
          expect([...sets[wanted].labels]).toEqual(
            rows.flatMap(([split], index) => (split === wanted ? [index] : [])),
          );
          expect(sets[wanted].rows).toBe(chosen.length);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('keeps the rows’ order within a split over many chunks, whatever the file’s order of splits', async () => {
    const columns = ['city', 'kind'].map((name) => `'north' AS ${name}`);
    await press.export(
      `SELECT CASE range % 10 WHEN 0 THEN 'test' WHEN 1 THEN 'validation' ELSE 'train' END AS "${SPLIT_COLUMN}",
         range AS "${LABEL_COLUMN}", ${columns.join(', ')}, range::DOUBLE AS km, 1 AS express,
         CASE WHEN range % 3 = 0 THEN range END AS mm FROM range(200000)`,
      file,
      'parquet',
    );
    const { train, validation, test } = await reader.readSets(file, signature);
    expect([train.rows, validation.rows, test.rows]).toEqual([160_000, 20_000, 20_000]);
    const km = names.indexOf('km');
    const mm = names.indexOf('mm');
    for (const [set, digits] of [
      [train, [2, 3, 4, 5, 6, 7, 8, 9]],
      [validation, [1]],
      [test, [0]],
    ] as const) {
      const expected = (index: number) =>
        Math.floor(index / digits.length) * 10 + (digits[index % digits.length] as number);
      const wrong = Array.from({ length: set.rows }, (_, index) => index).find(
        (index) =>
          set.labels[index] !== expected(index) ||
          set.values[index * names.length + km] !== expected(index) ||
          !Object.is(
            set.values[index * names.length + mm],
            expected(index) % 3 === 0 ? expected(index) : Number.NaN,
          ),
      );
      expect(wrong).toBeUndefined();
    }
  });

  it('shares one memory between threads and between train, validation and both', async () => {
    const sets = await setsOf([row('test', 7, { km: 7 }), row('validation', 5, { km: 5 }), row('train', 3)]);
    const { train, validation, trainAndValidation: both } = sets;
    expect(train.values.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(train.labels.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...both.labels]).toEqual([3, 5]);
    expect(both.rows).toBe(2);
    validation.values[2] = 99;
    expect([...both.values].slice(5)).toEqual([Number.NaN, Number.NaN, 99, Number.NaN, Number.NaN]);
  });

  it('gives a class’s index in the signature as its label', async () => {
    const classes = signatureOf(tripsLate(), levels, ['café', 'late', 'on time']);
    const sets = await setsOf([row('train', 'on time'), row('train', 'café'), row('test', 'late')], classes);
    expect([...sets.train.labels, ...sets.test.labels]).toEqual([2, 0, 1]);
    await expect(setsOf([row('train', 'cancelled')], classes)).rejects.toThrow(
      'the prepared rows have a label that is none of the model’s',
    );
  });

  it('gives a regression’s label rounded to float32', async () => {
    const { train } = await setsOf([row('train', 0.1), row('train', -3e38)]);
    expect([...train.labels]).toEqual([Math.fround(0.1), Math.fround(-3e38)]);
  });

  it.each([SPLIT_COLUMN, LABEL_COLUMN, 'km'])('refuses prepared rows without the column %s', async (name) => {
    const columns = [SPLIT_COLUMN, LABEL_COLUMN, ...names].filter((column) => column !== name);
    await press.export(`SELECT ${columns.map((column) => `1 AS ${identifier(column)}`)}`, file, 'parquet');
    await expect(reader.readSets(file, signature)).rejects.toThrow(
      `the prepared rows have no column ${JSON.stringify(name)}`,
    );
  });
});
