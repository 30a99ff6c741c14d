import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDuckDb } from '#adapters/duckdb/open-duckdb.ts';
import { queryRow } from '#adapters/duckdb/query.ts';
import { sideBySide } from '#adapters/duckdb/side-by-side.ts';

const folder = mkdtempSync(join(tmpdir(), 'leeboard-lanes-'));
const database = await openDuckDb({ files: [], spillDirectory: join(folder, 'spill'), memoryMb: 256 });
afterAll(() => {
  database.closeSync();
  rmSync(folder, { recursive: true });
});

describe('work side by side', () => {
  it('is done once each, and its results are in its order', async () => {
    await database.run('CREATE TABLE numbers AS SELECT range AS n FROM range(5)');
    const done: number[] = [];
    const found = await sideBySide(
      database,
      [4, 0, 3, 1, 2].map((n) => async (connection) => {
        const row = await queryRow(connection, `SELECT n * n AS square FROM numbers WHERE n = ${n}`);
        done.push(n);
        return Number(row.square);
      }),
    );
    expect(found).toEqual([16, 0, 9, 1, 4]);
    expect(done.sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it('has two pieces under way at once, each with a connection of its own', async () => {
    let arrived = () => {};
    const second = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const lanes = await sideBySide(database, [
      // Would wait for ever if one came after the other.
      async (connection, lane) => {
        await second;
        return { connection, lane };
      },
      async (connection, lane) => {
        arrived();
        return { connection, lane };
      },
    ]);
    expect(lanes.map(({ lane }) => lane)).toEqual([0, 1]);
    expect(lanes[0]?.connection).not.toBe(lanes[1]?.connection);
  });

  it('is bound by the same limits on every connection, and has its times in UTC', async () => {
    const zones = await sideBySide(
      database,
      [0, 1].map(() => async (connection) => {
        await expect(connection.run(`SELECT * FROM read_csv('/etc/hostname')`)).rejects.toThrow(
          /Permission Error/,
        );
        await expect(connection.run('SET enable_external_access = true')).rejects.toThrow();
        return (await queryRow(connection, `SELECT current_setting('TimeZone') AS zone`)).zone;
      }),
    );
    expect(zones).toEqual(['UTC', 'UTC']);
  });

  it('throws what a piece throws when the others have ended, and starts no more', async () => {
    const ended: string[] = [];
    const work = [
      async () => {
        throw new RangeError('the first');
      },
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        ended.push('second');
      },
      async () => {
        ended.push('third');
      },
    ];
    await expect(sideBySide<void>(database, work)).rejects.toThrow(new RangeError('the first'));
    expect(ended).toEqual(['second']);
    expect((await queryRow(database, 'SELECT 1 AS one')).one).toBe(1);
  });
});
