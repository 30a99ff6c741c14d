import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leeboard } from '#lib/commands/program.ts';
import { outputs } from './outputs.ts';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leeboard-command-'));
  file = join(folder, 'outputs.json');
  await writeFile(file, JSON.stringify(outputs));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(argv: string[], debug = false) {
  let [output, errors] = ['', ''];
  const exitCode = await leeboard(argv, {
    write: (text) => {
      output += text;
    },
    writeError: (text) => {
      errors += text;
    },
    colour: false,
    debug,
  });
  return { exitCode, output, errors };
}

/** An address of this machine where nobody listens. */
function unusedPort(): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(`http://127.0.0.1:${port}`));
    });
  });
}

describe('a mistake is one line on standard error and exit code 1', () => {
  it.each([
    [['nope'], "UsageError: unknown command 'nope'\n"],
    [['status', '--bad'], "UsageError: unknown option '--bad'\n"],
    [['drop', 'x.csv'], "UsageError: required option '--dataset <name>' not specified\n"],
    [['train'], "UsageError: missing required argument 'model'\n"],
    [['runs'], "UsageError: missing required argument 'model'\n"],
    [['runs', 'diff'], "UsageError: missing required argument 'names'\n"],
    [['cancel', 'late'], "UsageError: missing required argument 'run'\n"],
    [['monitor'], "UsageError: missing required argument 'model'\n"],
    [['reproduce'], "UsageError: missing required argument 'version'\n"],
  ])('%j', async (argv, errors) => {
    expect(await run(argv)).toEqual({ exitCode: 1, output: '', errors });
  });

  it.each(['train', 'predict', 'runs', 'monitor'])('%s of a model that is not deployed', async (command) => {
    expect(await run([command, 'nope', '--outputs', file])).toEqual({
      exitCode: 1,
      output: '',
      errors: 'NotFoundError: no model named "nope"; there are: late\n',
    });
  });

  it.each([
    ['runs nope --sort auc', 'nope'],
    ['runs list diff', 'diff'],
    ['runs show nope 1', 'nope'],
    ['runs diff nope@1 nope@2', 'nope'],
    ['runs diff nope 1 2', 'nope'],
    ['cancel nope 1', 'nope'],
    ['resume nope 1 --follow', 'nope'],
    ['reproduce nope@2 --no-wait', 'nope'],
    ['train nope --follow --set algorithm.rounds=5 --reason why', 'nope'],
  ])('%s names the model that there is not', async (line, model) => {
    const { exitCode, errors } = await run([...line.split(' '), '--outputs', file]);
    expect([exitCode, errors]).toEqual([1, `NotFoundError: no model named "${model}"; there are: late\n`]);
  });

  it('an order that runs cannot have', async () => {
    const { errors } = await run(['runs', 'late', '--sort', 'speed', '--outputs', file]);
    expect(errors).toMatch(/^UsageError: --sort: expected one of started, /);
  });

  it('a setting that cannot be changed; each --set is one', async () => {
    const set = ['--set', 'algorithm.rounds=5', '--set', 'gates=1'];
    const { errors } = await run(['train', 'late', ...set, '--outputs', file]);
    expect(errors).toMatch(/^UsageError: --set: expected algorithm\..* got "gates=1"\n$/);
  });

  it('a file to drop that does not exist', async () => {
    const missing = join(folder, 'nothing.csv');
    const { exitCode, errors } = await run(['drop', missing, '--dataset', 'flights', '--outputs', file]);
    expect([exitCode, errors]).toEqual([1, `NotFoundError: ${missing} is not a file\n`]);
  });

  it('nothing deployed: says what to run', async () => {
    const { exitCode, errors } = await run(['status', '--outputs', join(folder, 'none.json')]);
    expect(exitCode).toBe(1);
    expect(errors).toMatch(
      /^NotFoundError: nothing is deployed from here .*"npm start" or "npm run deploy"\n$/,
    );
  });

  it('outputs of another version: names the field', async () => {
    const old = join(folder, 'old.json');
    await writeFile(old, JSON.stringify({ ...outputs, datasets: undefined }));
    const { exitCode, errors } = await run(['status', '--outputs', old]);
    expect(exitCode).toBe(1);
    expect(errors).toContain(`InvalidInputError: ${old}, datasets: expected `);
    expect(errors).toMatch(/got undefined\n$/);
  });

  it('a deployment that does not answer', async () => {
    const unused = await unusedPort();
    const gone = join(folder, 'gone.json');
    await writeFile(gone, JSON.stringify({ ...outputs, endpoint: unused, apiUrl: unused }));
    const { exitCode, errors } = await run(['runs', 'late', '--outputs', gone]);
    expect(exitCode).toBe(1);
    expect(errors).toMatch(
      /^NotReachableError: nothing answers at http:\/\/127\.0\.0\.1:\d+ .*"npm start" running\?\n$/,
    );
  });
});

it('a stack trace is shown when it is asked for', async () => {
  const argv = ['train', 'nope', '--outputs', file];
  expect((await run(argv)).errors).not.toContain('    at ');
  expect((await run(argv, true)).errors).toContain('    at ');
});

it('help is no mistake', async () => {
  const { exitCode, output, errors } = await run(['drop', '--help']);
  expect([exitCode, errors]).toEqual([0, '']);
  expect(output).toContain('--dataset <name>');
});
