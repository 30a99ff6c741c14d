import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '#lib/client/errors.ts';
import { feedback } from '#lib/commands/feedback.ts';
import { EXIT } from '#lib/commands/printer.ts';
import { signature } from '#test/support/bundle.ts';
import { captured } from './captured.ts';
import { outputs } from './outputs.ts';

const folder = mkdtempSync(join(tmpdir(), 'leeboard-feedback-'));
const file = join(folder, 'truth');
afterAll(() => rmSync(folder, { recursive: true }));

let sent: (readonly unknown[])[];
beforeEach(() => {
  sent = [];
});

/** A deployment whose API refuses the truths that `refuse` names by their place in a request. */
const deployment = (refuse: (truths: readonly unknown[]) => ApiError | undefined = () => undefined) =>
  ({
    outputs,
    model: async () => ({ champion: 2 }),
    version: async () => ({ bundle: { files: {} } }),
    stored: async () => signature,
    feedback: async (_model: string, truths: readonly unknown[]) => {
      const error = refuse(truths);
      if (error) throw error;
      sent.push(truths);
      return { accepted: truths.length, repeated: 0 };
    },
  }) as never;

async function run(content: string, client = deployment()) {
  writeFileSync(file, content);
  const { print, text } = captured();
  return { code: await feedback(client, { model: 'late', file }, print), text: text() };
}

const told = { id: 'a', actual: true };

describe('a file of truths may be', () => {
  it.each([
    ['CSV by id', 'id,actual\na,true\n', [told]],
    [
      'CSV by key, typed as the champion reads them',
      'at,id,actual\n2026-05-01,7,0\n',
      [{ key: { at: '2026-05-01', id: 7 }, actual: false }],
    ],
    [
      'CSV by request and row',
      'predictionId,row,actual\na,3,maybe\n',
      [{ predictionId: 'a', row: 3, actual: 'maybe' }],
    ],
    ['JSON Lines', `${JSON.stringify(told)}\n${JSON.stringify(told)}\n`, [told, told]],
    ['one truth', JSON.stringify(told, null, 2), [told]],
    ['an array', JSON.stringify([told], null, 2), [told]],
    ["the API's own body", JSON.stringify({ truths: [told] }), [told]],
  ])('%s', async (_, content, expected) => {
    expect(await run(content)).toMatchObject({
      code: EXIT.ok,
      text: `accepted: ${expected.length} truths kept\n`,
    });
    expect(sent).toEqual([expected]);
  });
});

it('a large file is sent a thousand truths at a time', async () => {
  const { text } = await run(`id,actual\n${'a,true\n'.repeat(2500)}`);
  expect(sent.map((piece) => piece.length)).toEqual([1000, 1000, 500]);
  expect(text).toContain('2,500 truths kept');
});

describe('a wrong line', () => {
  it('that cannot be read is named before anything is sent', async () => {
    expect(await run('id,actual\na,true\na\n')).toEqual({
      code: EXIT.rejected,
      text: 'rejected: a line is wrong\n  line 3: expected 2 fields, as the header has\nbefore: 0 truths kept\n',
    });
    expect((await run('{"id":"a"}\n{"id":')).text).toContain('line 2: expected a JSON object');
    expect((await run('name,value\n1,2\n')).text).toContain(
      'line 1, header: expected a header of id, actual',
    );
    expect(sent).toEqual([]);
  });

  it('that the API refuses is named by its line in the file, with what was kept before', async () => {
    const problems = [
      { field: 'truths[3].actual', expected: 'what truths[1] says of the same prediction', got: 'false' },
    ];
    const client = deployment(() =>
      sent.length === 1 ? new ApiError(422, { errors: problems }) : undefined,
    );
    const { code, text } = await run(`id,actual\n\n${'a,true\n'.repeat(1500)}`, client);
    expect(code).toBe(EXIT.rejected);
    expect(text).toContain(
      'line 1006, actual: expected what line 1004 says of the same prediction, got false',
    );
    expect(text).toContain('before: 1,000 truths kept');
  });
});

it('an error of another kind stays what it is', async () => {
  const client = deployment(() => new ApiError(500, { detail: 'broken' }));
  await expect(run('id,actual\na,true\n', client)).rejects.toThrow('broken');
});
