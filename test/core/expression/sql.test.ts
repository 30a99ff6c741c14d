import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseExpression, toFunction, toSql, type ValueType } from '#core/expression/index.ts';

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
});

/** The values of an expression in SQL, one a row of `from`. */
async function ask(
  source: string,
  columns: Record<string, ValueType>,
  from = '(SELECT 1)',
): Promise<unknown[]> {
  const reader = await connection.runAndReadAll(
    `SELECT ${toSql(parseExpression(source, columns))} FROM ${from}`,
  );
  return reader.getRowsJS().map(([value]) => value);
}

describe('text in an expression stays data', () => {
  const attacks = [
    "'; DROP TABLE victims; --",
    '"; DROP TABLE victims; --',
    "' OR 1=1 --",
    "\\'; DROP TABLE victims; --",
    "''",
    '/* */ -- $$ $1 ? :x',
    "E'\\x27'",
  ];

  it.each(attacks)('in a literal: %s', async (attack) => {
    await connection.run('CREATE OR REPLACE TABLE victims AS SELECT 1 AS one');
    const literal = `'${attack.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
    expect(await ask(`concat(${literal}, '')`, {})).toEqual([attack]);
    expect(await ask(`${literal} in ['x', ${literal}]`, {})).toEqual([true]);
    expect(await ask('1', {}, 'victims')).toEqual([1]);
  });

  it.each(['select', 'order', '_', '$x', 'é', '__proto__'])('in a column name: %s', async (name) => {
    const columns = Object.fromEntries([[name, 'number' as const]]);
    expect(await ask(`${name} + 1`, columns, `(SELECT 41 AS "${name}")`)).toEqual([42]);
  });

  it('in a tree that names a column with a quote', async () => {
    const name = 'a" FROM victims; --';
    const ast = { kind: 'column', type: 'number', name } as const;
    const sql = toSql({ type: 'number', columns: [name], ast });
    const reader = await connection.runAndReadAll(`SELECT ${sql} FROM (SELECT 7 AS "a"" FROM victims; --")`);
    expect(reader.getRowsJS()).toEqual([[7]]);
  });

  it('and a minus before a negative literal is no comment', async () => {
    expect(await ask('1 - -2 - - -3', {})).toEqual([0]);
    const minusTwo = { kind: 'literal', type: 'number', value: -2 } as const;
    const ast = { kind: 'call', type: 'number', operation: 'negate', args: [minusTwo] } as const;
    const reader = await connection.runAndReadAll(`SELECT ${toSql({ type: 'number', columns: [], ast })}`);
    expect(reader.getRowsJS()).toEqual([[2]]);
  });
});

describe('numbers in SQL', () => {
  it.each(['TINYINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'UBIGINT', 'FLOAT', 'DECIMAL(9, 2)'])(
    'are 64-bit floats when the column is %s',
    async (type) => {
      expect(await ask('x / 2', { x: 'number' }, `(SELECT CAST(7 AS ${type}) AS x)`)).toEqual([3.5]);
    },
  );

  it('are 64-bit floats when they are literals', async () => {
    expect(await ask('7 / 2 + 2147483647 * 2147483647', {})).toEqual([3.5 + 2147483647 * 2147483647]);
  });
});

describe('null_if in SQL', () => {
  it('keeps its type when it is a constant null', async () => {
    const moment = "timestamp('2013-01-01T00:00:00Z')";
    expect(await ask(`hours_between(${moment}, null_if(${moment}, ${moment}))`, {})).toEqual([null]);
  });
});

describe('time zones', () => {
  // Two rules of one zone, half an hour, seconds, a missing day, weeks of Ramadan, a change a week after another.
  const zones = [
    'America/New_York',
    'America/Vancouver',
    'Australia/Lord_Howe',
    'Africa/Monrovia',
    'Pacific/Apia',
  ].concat([
    'Africa/Casablanca',
    'America/Boa_Vista',
    'Europe/Dublin',
    'Asia/Kolkata',
    'Etc/GMT+5',
    'US/Eastern',
  ]);

  it.each(zones)('say the same in SQL and in JavaScript around every change of %s', async (zone) => {
    const instants = changesOf(zone).flatMap((change) => [change - 1, change, change + 1]);
    instants.push(
      Date.UTC(1600, 0, 1),
      Date.UTC(1899, 6, 1),
      Date.UTC(2100, 6, 1),
      Date.UTC(9999, 11, 31, 23, 59),
    );
    const from = `(SELECT make_timestamp_ms(unnest([${instants}])) AS moment)`;
    for (const source of [
      `hour(moment, '${zone}') + minute(moment, '${zone}') / 100`,
      `day_of_year(coalesce(moment, moment), '${zone}')`,
    ]) {
      const evaluate = toFunction(parseExpression(source, { moment: 'timestamp' }));
      expect(await ask(source, { moment: 'timestamp' }, from)).toEqual(
        instants.map((moment) => evaluate({ moment })),
      );
    }
  });

  it('have the offset of Intl between 1900 and 2100', () => {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'America/New_York',
      hour: '2-digit',
      hourCycle: 'h23',
    });
    const hour = toFunction(parseExpression("hour(moment, 'America/New_York')", { moment: 'timestamp' }));
    for (const moment of changesOf('America/New_York'))
      expect(hour({ moment })).toBe(Number(format.format(moment)));
  });

  it('stand still before 1900 and after 2100', () => {
    const hour = toFunction(parseExpression("hour(moment, 'America/New_York')", { moment: 'timestamp' }));
    expect(hour({ moment: Date.UTC(1850, 0, 1, 12) })).toBe(7);
    expect(hour({ moment: Date.UTC(2150, 6, 1, 12) })).toBe(7);
  });
});

/** Where a zone's clock jumps between 1900 and 2100, found day by day, then by bisection. */
function changesOf(zone: string): number[] {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const offset = (instant: number) => format.format(instant).split(', ')[1];
  const DAY = 86_400_000;
  const changes: number[] = [];
  for (let day = Date.UTC(1900, 0, 1); day < Date.UTC(2100, 0, 1); day += DAY) {
    if (offset(day) === offset(day + DAY)) continue;
    let [low, high] = [day, day + DAY];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offset(middle) === offset(high)) high = middle;
      else low = middle;
    }
    changes.push(high);
  }
  return changes;
}
