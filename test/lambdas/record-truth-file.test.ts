import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '#adapters/hash.ts';
import { predictionId } from '#core/serve/prediction-id.ts';
import type { TruthFileReport } from '#lib/pipelines/record-truth-file.ts';
import { tripsLate } from '#test/support/trips.ts';
import { handler } from '../../lambdas/record-truth-file.ts';
import { leaveSpec, memory, openMemory, readBack } from './memory-resources.ts';
import { keptTruths } from './truth-requests.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));

const NAME = 'truth/trips-late/may.csv';
const id = (seed: number) =>
  `${predictionId(Date.parse('2026-05-01T10:00:00Z'), new Uint8Array(10).fill(seed))}#0`;

beforeEach(async () => {
  openMemory();
  await leaveSpec(tripsLate());
});

const event = (versionId: string, size: number, key = NAME) => ({
  time: '2026-05-02T10:00:00Z',
  detail: { bucket: { name: 'incoming' }, object: { key, size, 'version-id': versionId } },
});

async function drop(content: string, times = 1): Promise<TruthFileReport> {
  const { versionId, size } = await memory.store.write(NAME, content);
  for (let time = 1; time < times; time++) await handler(event(versionId, size));
  return (await handler(event(versionId, size))) as TruthFileReport;
}

const actuals = async () => (await keptTruths()).flat().map(({ actual }) => actual);

describe('record-truth-file', () => {
  it.each([
    ['CSV by id', `id,actual\n${id(1)},true\n${id(2)},0\n`],
    [
      'CSV by key, as another system quotes it',
      '\ufeff"actual","at","id"\r\n"TRUE","2026-05-01 10:00","7"\r\nfalse,2026-05-01,8\r\n',
    ],
    ['JSON Lines', `{"id":"${id(1)}","actual":true}\n\n{"key":{"id":7,"at":"2026-05-01"},"actual":false}`],
  ])('keeps the truths of %s', async (_, content) => {
    expect(await drop(content)).toMatchObject({ accepted: 2, repeated: 0, refused: 0, problems: [] });
    expect(await actuals()).toEqual([true, false]);
    expect((await keptTruths())[0]?.[0]).toMatchObject({ at: '2026-05-02T10:00:00.000Z', source: NAME });
  });

  it('keeps what is delivered often once', async () => {
    const content = `id,actual\n${id(1)},true\n`;
    const once = await drop(content);
    const kept = await keptTruths();
    expect(await handler(event('0', content.length))).toEqual(once);
    expect(await keptTruths()).toEqual(kept);
  });

  it('keeps a file that says again, later in the hour, what another under its name took back', async () => {
    for (const [minute, actual] of [
      ['05', true],
      ['10', false],
      ['20', true],
    ] as const) {
      const { versionId, size } = await memory.store.write(NAME, `id,actual\n${id(1)},${actual}\n`);
      await handler({ ...event(versionId, size), time: `2026-05-02T10:${minute}:00Z` });
    }
    const kept = (await keptTruths()).flat().sort((a, b) => (a.at < b.at ? -1 : 1));
    expect(kept.map(({ actual }) => actual)).toEqual([true, false, true]);
  });

  it('keeps nothing of a file with a wrong line, and says which line and field, without its value', async () => {
    const report = await drop(
      `id,actual\n${id(1)},true\n\nx,true\n${id(2)},perhaps\n${id(3)}\n${id(1)},false\n`,
    );
    expect(report).toMatchObject({ accepted: 0, repeated: 0, refused: 4 });
    expect(report.problems).toEqual([
      { line: 4, field: 'id', expected: expect.stringContaining("a prediction's id") },
      { line: 5, field: 'actual', expected: 'true or false' },
      { line: 6, field: '', expected: '2 fields, as the header has' },
      { line: 7, field: 'actual', expected: 'what line 2 says of the same prediction' },
    ]);
    expect(JSON.stringify(report)).not.toContain('perhaps');
    expect(await keptTruths()).toEqual([]);
  });

  it.each([
    ['an empty file', '', '', 'at least one truth'],
    ['a header alone', 'id,actual\n', '', 'at least one truth'],
    [
      'another header',
      'id,truth\na,b\n',
      'header',
      'id, actual; or predictionId, row, actual; or at, id, actual',
    ],
    ['a header twice the same', 'id,actual,actual\na,b,c\n', 'header', 'a header of'],
    ['what is no JSON', '{"id":\n', '', 'a JSON object'],
    ['a line that never ends', `{${' '.repeat(70_000)}`, '', 'at most 65536 bytes'],
    ['bytes that are no text', `id,actual\n${'\u00ff'}`, 'x', 'UTF-8'],
  ])('refuses %s', async (_, content, field, expected) => {
    const bytes = field === 'x' ? Buffer.from(content, 'latin1') : Buffer.from(content);
    const { versionId, size } = await memory.store.write(NAME, bytes);
    const report = (await handler(event(versionId, size))) as TruthFileReport;
    expect(report).toMatchObject({ accepted: 0, refused: 1 });
    expect(report.problems[0]?.field).toBe(field === 'x' ? '' : field);
    expect(report.problems[0]?.expected).toContain(expected);
  });

  it('refuses a file that is too large before it is read', async () => {
    const report = (await handler(event('none', 2 ** 26 + 1))) as TruthFileReport;
    expect(report.problems[0]?.expected).toBe('a file of at most 67108864 bytes');
  });

  it('says the same in a report that is found by time', async () => {
    const report = await drop(`id,actual\n${id(1)},true\n${id(1)},true\n`);
    const name = `2026-05-02T10:00:00.000Z-${sha256(`${NAME}@0`).slice(0, 16)}`;
    expect(await readBack({ key: `reports/trips-late/truth-files/${name}.json` })).toEqual(report);
    expect(report).toMatchObject({ accepted: 1, repeated: 1 });
  });

  it('keeps a large file in pieces, all of it', async () => {
    const ids = Array.from(
      { length: 25_000 },
      (_, index) => `{"key":{"id":${index + 1},"at":"2026-05-01"},"actual":true}`,
    );
    expect(await drop(ids.join('\n'))).toMatchObject({ accepted: 25_000 });
    expect((await keptTruths()).map((piece) => piece.length).sort()).toEqual([10_000, 10_000, 5000]);
  });

  it('leaves other drops alone', async () => {
    expect(await handler(event('0', 1, 'truth/other/x.csv'))).toHaveProperty('ignored');
    expect(await handler(event('0', 1, 'truth/trips-late/'))).toHaveProperty('ignored');
  });
});
