import { describe, expect, it } from 'vitest';
import { cancel, resume } from '#lib/commands/control-run.ts';
import { reproduce } from '#lib/commands/reproduce.ts';
import { captured } from './captured.ts';
import { at, deployment, run } from './deployment.ts';
import { outputs } from './outputs.ts';

const error = { name: 'ParityError', message: 'feature gust' };

describe('cancel', () => {
  it('ends with 0 when the run is cancelled', async () => {
    const asked: string[][] = [];
    const cancelRun = async (...names: string[]) => {
      asked.push(names);
      return { runId: 'run-1', status: 'cancelled' as const };
    };
    const { print, text } = captured();
    expect(await cancel({ outputs, cancelRun }, { model: 'late', runId: 'run-1' }, print)).toBe(0);
    expect(asked).toEqual([['late', 'run-1']]);
    expect(text()).toBe('cancelled: run run-1 of late; "npx leeboard resume late run-1" goes on with it\n');
  });
});

describe('resume', () => {
  const failed = run({ status: 'failed', error, finishedAt: at(3) });
  const again = { execution: 'run-1-resume-1' };

  it('does not take the end that the run had before for its end', async () => {
    const { print, text } = captured();
    const client = deployment([
      { run: failed },
      { run: failed },
      { run: run(again), execution: { status: 'RUNNING' } },
      { run: run({ ...again, status: 'refused', version: 3 }), execution: { status: 'SUCCEEDED' } },
    ]);
    expect(await resume(client, { model: 'late', runId: 'run-1', everyMs: 1 }, print)).toBe(3);
    expect(client.resumed).toEqual(['run-1']);
    expect(text()).toContain('refused: late@3');
    expect(text()).not.toContain('ParityError');
  });

  it('that fails again the same way has ended', async () => {
    const client = deployment([
      { run: failed },
      { run: { ...failed, ...again }, execution: { status: 'FAILED' } },
    ]);
    expect(await resume(client, { model: 'late', runId: 'run-1', everyMs: 1 }, captured().print)).toBe(1);
  });

  it('--no-wait asks and returns', async () => {
    const { print, document } = captured({ json: true });
    const client = deployment([{ run: failed }]);
    expect(await resume(client, { model: 'late', runId: 'run-1', wait: false }, print)).toBe(0);
    expect(document()).toEqual({ model: 'late', runId: 'run-1', status: 'waiting' });
  });
});

describe('reproduce', () => {
  const told = async (status: 'reproduced' | 'differs' | 'failed', verdict: string[]) => {
    const { print, text } = captured();
    const got = status === 'differs' ? 'b' : 'a';
    const hashes = { expected: 'a'.repeat(64), got: got.repeat(64) };
    const files = [{ file: 'model', ...hashes, same: got === 'a' }];
    const last = run({ status, reproduce: 2, verdict, ...(status === 'failed' && { error }) });
    const client = deployment([{ run: last, execution: { status: 'SUCCEEDED', output: { files } } }]);
    const exitCode = await reproduce(client, { version: 'late@2', everyMs: 1 }, print);
    return { exitCode, text: text(), asked: client.asked };
  };

  it('ends with 0 when every byte is the same', async () => {
    const { exitCode, text, asked } = await told('reproduced', ['every byte of version 2 came out the same']);
    expect([exitCode, asked]).toEqual([0, [{ reproduce: 2 }]]);
    expect(text).toContain('reproduced: late@2 came out byte for byte the same\n  every byte of version 2');
    expect(text).toMatch(/^model +a{16} +a{16} +yes$/m);
  });

  it('ends with 4 when a byte differs, and names what may be why', async () => {
    const { exitCode, text } = await told('differs', ['version 2 came out differently in model']);
    expect(exitCode).toBe(4);
    expect(text).toMatch(/differs: late@2 came out differently\n {2}version 2 came out differently in model/);
    expect(text).toMatch(/^model +a{16} +b{16} +no$/m);
    expect(text).toContain('the number of threads');
  });

  it('ends with 1 when it could not be trained again', async () => {
    expect((await told('failed', [])).exitCode).toBe(1);
  });

  it.each(['late', '2', 'late@0', 'late@x', 'run-1'])('refuses %s: it names no version', async (version) => {
    const client = deployment([]);
    await expect(reproduce(client, { version }, captured().print)).rejects.toThrow('such as flights-late@2');
    expect(client.asked).toEqual([]);
  });

  it('refuses a model that is not deployed', async () => {
    await expect(reproduce(deployment([]), { version: 'early@2' }, captured().print)).rejects.toThrow(
      'there are: late',
    );
  });
});
