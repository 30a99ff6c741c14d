import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { childValidator } from '#adapters/duckdb/validate-in-child.ts';
import { small } from '#test/fixtures/nycflights.ts';
import { ValidatorBench } from '#test/fixtures/validator.ts';

const GOOD = 'id,amount,kind,paid,at\n1,1,a,true,2020-01-01\n';

let bench: ValidatorBench;
beforeAll(async () => {
  bench = await ValidatorBench.open();
});
afterAll(() => bench.close());

/** Judges a good file with a child of this source, which also leaves a file behind in its work directory. */
async function judgeWith(
  source: string,
  limits: { memoryMb: number; seconds: number } = { memoryMb: 1024, seconds: 20 },
) {
  const entry = bench.path('child.cjs');
  const litter = "require('node:fs').writeFileSync(message.engine.workDirectory + '/litter', 'x');";
  writeFileSync(entry, `process.once('message', (message) => { ${litter} ${source} });`);
  return bench.judge(small, GOOD, { entry, ...limits });
}

function refused(expected: string) {
  return {
    accepted: false,
    format: null,
    rows: null,
    problems: [expect.objectContaining({ rule: 'readable', expected })],
  };
}

describe('validateInChild', () => {
  it('says that the file took too much memory when the child grows beyond its cap', async () => {
    const grow = 'const held = []; setInterval(() => held.push(Buffer.alloc(20e6, 1)), 5);';
    const result = await judgeWith(grow, { memoryMb: 250, seconds: 20 });
    expect(result).toEqual(refused('a file that can be read with 250 MB of memory'));
    expect(bench.leftovers()).toEqual(['child.cjs']);
  });

  it('says that the file took too long when the child does not answer', async () => {
    const result = await judgeWith('while (true);', { memoryMb: 1024, seconds: 0.5 });
    expect(result).toEqual(refused('a file that can be read in 0.5 s'));
    expect(bench.leftovers()).toEqual(['child.cjs']);
  });

  it.each([
    ['aborts', 'process.abort();'],
    ['exits', 'process.exit(0);'],
    ['throws', "throw new Error('secret');"],
    ['is killed by a signal', "process.kill(process.pid, 'SIGSEGV');"],
  ])('refuses the file when the child %s', async (_, source) => {
    expect(await judgeWith(source)).toEqual(refused('a file that can be read without a crash of its reader'));
    expect(bench.leftovers()).toEqual(['child.cjs']);
  });

  it('refuses the file when the child cannot start', async () => {
    const result = await bench.judge(small, GOOD, { entry: bench.path('nowhere.cjs') });
    expect(result).toEqual(refused('a file that can be read without a crash of its reader'));
  });

  it('gives the child no credentials', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const result = await judgeWith('process.send({ accepted: false, seen: Object.keys(process.env) });');
    vi.unstubAllEnvs();
    const { seen } = result as unknown as { seen: string[] };
    expect(
      seen.filter(
        (name) =>
          ![
            'PATH',
            'NODE_PATH',
            'LD_LIBRARY_PATH',
            'NODE_CHANNEL_FD',
            'NODE_CHANNEL_SERIALIZATION_MODE',
          ].includes(name),
      ),
    ).toEqual([]);
  });

  it('judges several files at once', async () => {
    const validator = childValidator({ entry: bench.entry, memoryMb: 1024, seconds: 20 });
    const judged = [1, 2, 3].map(async (number) => {
      const file = bench.path(`file-${number}`);
      writeFileSync(file, `${GOOD}${number + 1},1,a,true,2020-01-01\n`);
      return validator.validate({ file, part: bench.path(`part-${number}`), dataset: small });
    });
    const parts = (await Promise.all(judged)).map((result) => result.accepted && result.part.sha256);
    expect(new Set(parts).size).toBe(3);
  });

  it('runs from source as well', async () => {
    const entry = new URL('../../../lib/adapters/duckdb/validate-child.ts', import.meta.url).pathname;
    const result = await bench.judge(small, GOOD, { entry, execArgv: ['--import', 'tsx'] });
    expect(result).toMatchObject({ accepted: true, rows: 1 });
  });
});
