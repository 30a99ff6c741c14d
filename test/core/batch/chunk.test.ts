import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHUNK_ROWS, chunkName, planChunks } from '#core/batch/chunk.ts';

const parts = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 8 });
const most = fc.integer({ min: 1, max: 700 });
const plan = (rows: readonly number[], size?: number) =>
  planChunks(
    rows.map((rows) => ({ rows })),
    size,
  );

describe('the chunks of a dataset version', () => {
  it('hold every row of every part once, in order', () => {
    fc.assert(
      fc.property(parts, most, (rows, size) => {
        const covered = plan(rows, size).flatMap(({ part, from, rows }) =>
          Array.from({ length: rows }, (_, index) => `${part}/${from + index}`),
        );
        const all = rows.flatMap((rows, part) => Array.from({ length: rows }, (_, row) => `${part}/${row}`));
        expect(covered).toEqual(all);
      }),
      { numRuns: 50 },
    );
  });

  it('are none empty, none longer than asked, and those of a part alike', () => {
    fc.assert(
      fc.property(parts, most, (rows, size) => {
        const chunks = plan(rows, size);
        for (const chunk of chunks) {
          expect(chunk.rows).toBeGreaterThan(0);
          expect(chunk.rows).toBeLessThanOrEqual(size);
          const lengths = chunks.filter(({ part }) => part === chunk.part).map(({ rows }) => rows);
          expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('have names that sort as their rows do', () => {
    fc.assert(
      fc.property(parts, most, (rows, size) => {
        const names = plan(rows, size).map(chunkName);
        expect([...names].sort()).toEqual(names);
        expect(new Set(names).size).toBe(names.length);
      }),
    );
    expect(chunkName({ part: 1, chunk: 12 })).toBe('part-00001-chunk-00012');
  });

  it('are as few as a chunk’s most rows allow', () => {
    expect(plan([CHUNK_ROWS, CHUNK_ROWS + 1]).map(({ part, from, rows }) => [part, from, rows])).toEqual([
      [0, 0, 20_000],
      [1, 0, 10_000],
      [1, 10_000, 10_001],
    ]);
  });
});
