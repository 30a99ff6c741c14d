import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openDuckDb } from '#adapters/duckdb/open-duckdb.ts';
import { profileColumns } from '#adapters/duckdb/profile-inputs.ts';
import type { NumericProfile } from '#core/drift/profile.ts';

const folder = mkdtempSync(join(tmpdir(), 'leeboard-inputs-'));
const database = await openDuckDb({ files: [], spillDirectory: join(folder, 'spill'), memoryMb: 256 });
afterAll(() => {
  database.closeSync();
  rmSync(folder, { recursive: true });
});

it.each([
  ['whole numbers', `i * 7919 % 1000`],
  ['fractions of many sizes', `exp((i * 7919 % 1000) / 40)`],
  ['many equal ones', `i % 3`],
  ['zeros of both signs', `CASE i % 4 WHEN 0 THEN '-0'::DOUBLE WHEN 1 THEN 0 WHEN 2 THEN -1 ELSE 1 END`],
  ['nulls among them', `CASE WHEN i % 4 > 0 THEN sin(i) END`],
  [
    'NaN and infinities',
    `CASE i % 4 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN 'inf'::DOUBLE WHEN 2 THEN '-inf'::DOUBLE ELSE i END`,
  ],
])(
  'quantiles of numbers are the engine’s own to the bit, and the deviation to a few roundings: %s',
  async (_, sql) => {
    for (const rows of [1, 7, 200, 999, 1000, 12_345]) {
      const relation = `(SELECT CAST(${sql} AS DOUBLE) AS x FROM range(${rows}) AS t(i))`;
      const [found] = (await profileColumns(database, relation, [{ name: 'x', type: 'number' }])) as [
        NumericProfile,
      ];
      const shares = Array.from({ length: 100 }, (_, index) => (index + 0.5) / 100);
      const engine = await database.runAndReadAll(
        `SELECT stddev_pop(x ORDER BY x), quantile_disc(x, [${shares.join(', ')}]) FROM ${relation} WHERE abs(x) < 1e150`,
      );
      const [deviation, points] = engine.getRowsJS()[0] as [number | null, number[] | null];
      expect(found.spread?.points).toEqual(points?.map((point) => point + 0));
      // The engine's rounds once a row, in the order of the numbers.
      expect(Math.abs((found.spread?.deviation ?? 0) - (deviation ?? 0))).toBeLessThanOrEqual(
        1e-13 * (deviation ?? 0),
      );
      const bins = await database.runAndReadAll(
        `SELECT ${found.cuts
          .map((cut) => `count(*) FILTER (x <= ${cut.toExponential()})`)
          .concat('count(x)', 'count(*)')
          .join(', ')} FROM ${relation}`,
      );
      const atMost = (bins.getRowsJS()[0] ?? []).map(Number);
      const all = atMost.pop() as number;
      expect(found).toMatchObject({
        counts: atMost.map((count, bin) => count - (atMost[bin - 1] ?? 0)),
        missing: all - (atMost.at(-1) as number),
        rows: all,
      });
    }
  },
);

it('columns that do not all fit into memory are profiled in turn, in the order that they are asked for in', async () => {
  const names = Array.from({ length: 10 }, (_, column) => `x${column}`);
  const relation = (order: string) =>
    `(SELECT ${names.map((name, column) => `i % 1000 + ${column} AS ${name}`).join(', ')}, 'a' AS kind FROM range(500000) AS t(i) ${order})`;
  const columns = [
    ...names.slice(0, 4).map((name) => ({ name, type: 'number' as const })),
    { name: 'kind', type: 'text' as const },
    ...names.slice(4).map((name) => ({ name, type: 'number' as const })),
  ];
  const found = await profileColumns(database, relation(''), columns);
  expect(found.map(({ column }) => column)).toEqual(columns.map(({ name }) => name));
  for (const [index, name] of names.entries()) {
    const profile = found.find(({ column }) => column === name) as NumericProfile;
    expect(profile.cuts).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900].map((cut) => cut + index - 1));
    expect(profile.counts).toEqual(new Array(10).fill(50_000));
  }
  expect(await profileColumns(database, relation('ORDER BY hash(i)'), columns)).toEqual(found);
});
