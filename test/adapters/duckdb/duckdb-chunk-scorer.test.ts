import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckDbChunkScorer } from '#adapters/duckdb/duckdb-chunk-scorer.ts';
import { openDuckDbReader } from '#adapters/duckdb/duckdb-reader.ts';
import { windowProfile } from '#core/drift/index.ts';
import { categoricalProfile, numericProfile } from '#core/drift/profile.ts';
import type { Value } from '#core/expression/index.ts';
import { inputColumns } from '#core/spec/model.ts';
import { readRequests } from '#local/story/april.ts';
import type { ChunkScoring, RawRow } from '#ports/chunk-scorer.ts';
import { example, flights } from '#test/fixtures/nycflights.ts';
import { ParquetPress } from '#test/fixtures/parquet.ts';
import { flightsLate } from '../../../models/flights-late.ts';

const folder = mkdtempSync(join(tmpdir(), 'leeboard-scorer-'));
afterAll(() => rmSync(folder, { recursive: true }));
const KEY = flights.key;
const inputs = [...new Set([...inputColumns(flightsLate), ...KEY])];
const keyOf = (row: Readonly<Record<string, unknown>>) => JSON.stringify(KEY.map((name) => row[name]));

/** A file of the example as an accepted part: its times without a zone. */
async function partOf(press: ParquetPress, name: string): Promise<string> {
  const file = join(folder, `${name}.parquet`);
  await press.export(
    `SELECT * REPLACE (time_hour AT TIME ZONE 'UTC' AS time_hour) FROM read_parquet('${example(`${name}.parquet`)}')`,
    file,
    'parquet',
  );
  return file;
}

let parts: { flights: string; weather: string };
beforeAll(async () => {
  const press = await ParquetPress.open(join(folder, 'pressed.parquet'));
  parts = {
    flights: await partOf(press, 'flights-2013-01'),
    weather: await partOf(press, 'weather-2013'),
  };
  press.close();
});

const baseline = [
  numericProfile('distance', [500, 1000], [100, 600, 1500]),
  numericProfile('wind_speed', [10], [5, 15]),
  categoricalProfile('carrier', ['UA', 'AA'], ['UA', 'AA']),
];

/** Scores a chunk of January; `score` sees its rows. */
async function scoreFlights(
  chunk: ChunkScoring['chunk'],
  columns: ChunkScoring['columns'],
  score: (row: RawRow, index: number) => Value[],
) {
  const rows: RawRow[] = [];
  const scratch = mkdtempSync(join(folder, 'scratch-'));
  const {
    output,
    rows: written,
    profiles,
  } = await openDuckDbChunkScorer(scratch).scoreChunk({
    model: flightsLate,
    datasets: [
      { dataset: 'flights', parts: [parts.flights] },
      { dataset: 'weather', parts: [parts.weather] },
    ],
    chunk,
    inputs,
    kept: KEY,
    columns,
    baseline,
    score: (raw) => {
      rows.push(...raw);
      return raw.map(score);
    },
  });
  const file = join(scratch, 'read.parquet');
  await writeFile(file, output);
  const read = await openDuckDbReader(join(scratch, 'spill')).readColumns(file);
  return { rows, output, written, read, profiles };
}

describe('a chunk of flights', () => {
  it('has the rows of its range in the file’s order, each joined as training joins it', async () => {
    const { rows } = await scoreFlights({ from: 5000, rows: 20_000 }, [{ name: 'n', type: 'number' }], () => [
      1,
    ]);
    const all = await openDuckDbReader(join(folder, 'spill')).readColumns(parts.flights);
    const expected = Array.from({ length: 20_000 }, (_, index) =>
      KEY.map((name) => {
        const value = all.columns[name]?.[5000 + index];
        return name === 'time_hour' ? new Date(value as number).toISOString() : value;
      }),
    );
    expect(rows.map((row) => KEY.map((name) => row[name]))).toEqual(expected);
    const trained = await readRequests(flightsLate, {
      flights: example('flights-2013-01.parquet'),
      weather: example('weather-2013.parquet'),
    });
    const joined = new Map(trained.rows.map((row) => [keyOf(row), row]));
    const labelled = rows.filter((row) => joined.has(keyOf(row)));
    expect(labelled.length).toBeGreaterThan(19_000);
    for (const row of labelled) expect(row).toEqual(joined.get(keyOf(row)));
  });

  it('keeps every cell as it was said, beside its key', async () => {
    const numbers = [0.1 + 0.2, -0, 5e-324, Number.MAX_VALUE, Math.fround(1 / 3)];
    const cells = (index: number): Value[] =>
      index === 7 ? [null, null, 'why'] : [numbers[index % 5] as number, index % 2 === 0, null];
    const { read, rows, written } = await scoreFlights(
      { from: 100, rows: 50 },
      [
        { name: 'Probability of "late"', type: 'number' },
        { name: 'positive', type: 'boolean' },
        { name: 'error', type: 'text' },
      ],
      (_, index) => cells(index),
    );
    expect(written).toBe(50);
    expect(Object.keys(read.columns)).toEqual([...KEY, 'Probability of "late"', 'positive', 'error']);
    const found = Array.from({ length: read.rows }, (_, row) =>
      Object.values(read.columns).map((column) => column[row]),
    );
    expect(found).toEqual(
      rows.map((row, index) => [
        ...KEY.map((name) => (name === 'time_hour' ? Date.parse(String(row[name])) : row[name])),
        ...cells(index),
      ]),
    );
  });

  it('profiles its rows, joined columns too, over the bins that it is given', async () => {
    const { rows, profiles } = await scoreFlights(
      { from: 5000, rows: 3000 },
      [{ name: 'n', type: 'number' }],
      () => [1],
    );
    expect(profiles).toEqual(
      baseline.map((profile) =>
        windowProfile(
          profile,
          rows.map((row) => row[profile.column]),
        ),
      ),
    );
    expect(profiles.map(({ rows, missing }) => rows - missing > 2000)).toEqual([true, true, true]);
  });

  it('gives the same bytes again', async () => {
    const [first, second] = await Promise.all(
      [1, 2].map(() =>
        scoreFlights({ from: 0, rows: 20_000 }, [{ name: 'n', type: 'number' }], (_, index) => [index]),
      ),
    );
    expect(Buffer.from(first?.output ?? []).equals(second?.output ?? Buffer.of())).toBe(true);
  });
});
