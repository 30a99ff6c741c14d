import { describe, expect, it } from 'vitest';
import { InvalidInputError, NotFoundError } from '#core/errors.ts';
import type { Row } from '#core/expression/index.ts';
import { ReplayReport } from '#core/replay/report.ts';
import type { Signature } from '#core/serve/signature.ts';
import { replayPredictions } from '#lib/pipelines/replay-predictions.ts';
import { signature } from '#test/support/bundle.ts';
import { MODEL, Traffic } from '#test/support/replayed.ts';

const row = (changes: Row = {}): Row => ({
  city: 'north',
  kind: 'day',
  km: 0,
  express: false,
  mm: 0,
  ...changes,
});
/** Log odds -1, 0.5 and 2 once a bias of -1 is in. */
const ROWS = [row(), row({ km: 1.5 }), row({ km: 3 })];

const replay = (traffic: Traffic, version: number) =>
  replayPredictions(traffic.ports, {
    replayId: 'r',
    model: MODEL,
    version,
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-01T01:00:00.000Z',
    by: 'ada',
    reason: 'test',
    asOf: '2026-01-01T02:00:00.000Z',
  });

/** The column of the signature as another version declares it. */
const withColumn = (name: string, changes: object): Signature => ({
  ...signature,
  inputs: signature.inputs.map((input) => (input.name === name ? { ...input, ...changes } : input)),
});
const hiding = (name: string, sensitive: 'hash' | 'omit') => {
  const column = signature.inputs.find((input) => input.name === name)?.column;
  return withColumn(name, { column: { ...column, sensitive } });
};

async function traffic(...biases: number[]): Promise<Traffic> {
  const found = new Traffic();
  for (const bias of biases) await found.addVersion({ bias });
  await found.answer(1, ROWS);
  return found;
}

describe('a replay', () => {
  it('of the version that answered changes nothing, to the bit', async () => {
    const report = await replay(await traffic(-1), 1);
    expect(report).toMatchObject({ rows: 3, scored: 3, change: { equal: 3, changed: 0, psi: 0 } });
    expect(report.verdict).toEqual(['trips-late@1 gives the same answers to all of 3 rows, to the bit.']);
    expect(() => ReplayReport.parse(report)).not.toThrow();
  });

  it('of another version says what would have been decided otherwise', async () => {
    const report = await replay(await traffic(-1, -2), 2);
    expect(report).toMatchObject({
      change: { rows: 3, equal: 0, changed: 1, toNegative: 1, toPositive: 0 },
      answered: [{ version: 1, rows: 3, changed: 1 }],
    });
  });

  it('tells what each version that answered then would have been changed in', async () => {
    const found = await traffic(-1, 9);
    await found.answer(2, ROWS);
    expect((await replay(found, 1)).answered).toEqual([
      { version: 1, rows: 3, changed: 0 },
      { version: 2, rows: 3, changed: 1 },
    ]);
  });

  it('leaves out what a shadow said, and what was delivered twice', async () => {
    const found = await traffic(-1, 9);
    const logged = await found.answer(2, ROWS, (index) => ({ variant: 'shadow', id: `1-${index}#0~shadow` }));
    await found.log('again', logged);
    await found.answer(1, ROWS);
    expect(await replay(found, 1)).toMatchObject({ rows: 3, answered: [{ version: 1, rows: 3 }] });
  });

  it('compares with the champion of today on the same rows', async () => {
    const found = new Traffic();
    await found.addVersion({ bias: -1 });
    await found.promote(await found.addVersion({ bias: -2 }));
    await found.addVersion({ bias: -2 });
    await found.answer(1, ROWS);
    expect((await replay(found, 1)).champion).toMatchObject({
      version: 2,
      change: { changed: 1, toPositive: 1 },
    });
    expect((await replay(found, 3)).champion).toMatchObject({ version: 2, change: { equal: 3 } });
    expect((await replay(found, 2)).champion).toBeNull();
  });

  it('frees every model that it opened', async () => {
    const found = await traffic(-1);
    await replay(found, 1);
    expect(found.opened.map(({ closed }) => closed)).toEqual([true]);
  });

  it('of thousands of rows keeps each answer with its row', async () => {
    const found = new Traffic();
    await found.addVersion({ bias: -1 });
    const many = Array.from({ length: 2500 }, (_, index) => row({ km: index % 100 }));
    await found.answer(1, many);
    expect(await replay(found, 1)).toMatchObject({ rows: 2500, change: { equal: 2500 } });
  });
});

describe('rows that the version cannot read', () => {
  it('are counted by column, never dropped silently', async () => {
    const found = await traffic(-1);
    const narrower = withColumn('km', { column: { type: 'number', nullable: 0, integer: false, max: 2 } });
    await found.addVersion({ bias: -1, signature: narrower });
    const report = await replay(found, 2);
    expect(report).toMatchObject({ rows: 3, scored: 2, change: { rows: 2 } });
    expect(report.refused).toEqual({ rows: 1, absent: {}, unfit: { km: 1 } });
    expect(report.verdict.at(-1)).toContain('km holds what it does not take (1 row)');
  });

  it('because a column is not in the log are counted by it; an optional one is missing', async () => {
    const found = await traffic(-1);
    const more = (optional: boolean): Signature => ({
      ...signature,
      inputs: [
        ...signature.inputs,
        { ...signature.inputs[0], name: 'wind', optional } as Signature['inputs'][0],
      ],
    });
    await found.addVersion({ bias: -1, signature: more(false) });
    await found.addVersion({ bias: -1, signature: more(true) });
    expect(await replay(found, 2)).toMatchObject({
      scored: 0,
      change: null,
      refused: { rows: 3, absent: { wind: 3 } },
    });
    expect(await replay(found, 3)).toMatchObject({ scored: 3, unread: { absent: { wind: 3 } } });
  });

  it.each(['hash', 'omit'] as const)(
    'because the log hides a column (%s) have it missing',
    async (sensitive) => {
      const found = new Traffic();
      await found.addVersion({ signature: hiding('km', sensitive) });
      await found.addVersion();
      await found.answer(1, ROWS, () => ({
        inputs: sensitive === 'hash' ? row({ km: 'f00f' as unknown as number }) : { city: 'north' },
      }));
      const report = await replay(found, 2);
      expect(report).toMatchObject({ scored: 3, unread: { hidden: { km: 3 } } });
      expect(report.verdict.at(-1)).toContain('km is hidden in the log (3 rows)');
    },
  );

  it('because the version itself hides a column have it missing, too', async () => {
    const found = await traffic(0);
    await found.addVersion({ signature: hiding('km', 'hash') });
    expect((await replay(found, 2)).unread.hidden).toEqual({ km: 3 });
  });
});

describe('truth', () => {
  it('tells who was nearer to what happened', async () => {
    const found = await traffic(-1, -2);
    await found.tell([
      { of: { id: '1-0#0' }, actual: false },
      { of: { id: '1-1#0' }, actual: false },
    ]);
    const { truth, verdict } = await replay(found, 2);
    expect(truth).toMatchObject({ rows: 2, right: { before: 0.5, after: 1 } });
    expect(truth?.metrics[0]).toMatchObject({ metric: 'logLoss' });
    expect(verdict.at(-1)).toMatch(/of the 2 rows whose truth is in/);
  });

  it('that came after the replay began is not taken', async () => {
    const found = await traffic(-1);
    await found.tell([{ of: { id: '1-0#0' }, actual: false }]);
    const early = replayPredictions(found.ports, {
      replayId: 'r',
      model: MODEL,
      version: 1,
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-01-01T01:00:00.000Z',
      by: 'ada',
      reason: 'test',
      asOf: '2026-01-01T00:30:00.000Z',
    });
    expect((await early).truth).toBeNull();
  });
});

describe('nothing to replay', () => {
  it('is refused with the window and what may be why', async () => {
    const found = new Traffic();
    await found.addVersion();
    await expect(replay(found, 1)).rejects.toThrow(NotFoundError);
    await expect(replay(found, 1)).rejects.toThrow(
      'no prediction of trips-late was logged from 2026-01-01T00:00:00.000Z to 2026-01-01T01:00:00.000Z',
    );
  });

  it('with a version that there is not', async () => {
    await expect(replay(await traffic(0), 7)).rejects.toThrow('model "trips-late" has no version 7');
  });

  it('when there is more than a replay takes', async () => {
    const found = await traffic(0);
    const [one] = await found.answer(1, [row()]);
    const many = Array.from({ length: 100_001 }, (_, index) => ({ ...one, id: `m${index}#0` }));
    await found.log('many', many as Parameters<Traffic['log']>[1]);
    await expect(replay(found, 1)).rejects.toThrow(InvalidInputError);
    await expect(replay(found, 1)).rejects.toThrow('at most 100000 logged predictions');
  });
});
