import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { root } from '#local/work-directory.ts';
import { accepts, engines, isGroupAlive, scratchDirectory, until } from './helpers.ts';
import { ask, createStack, functionStack } from './stack.ts';

/** A program that starts an emulator, prints its address and pid, and does `last`. */
async function startOwner(last: string) {
  const directory = await scratchDirectory();
  const script = join(directory, 'owner.mts');
  const emulator = pathToFileURL(join(root, 'local/emulator.ts'));
  await writeFile(
    script,
    `const { startEmulator } = await import(${JSON.stringify(emulator.href)});
     const { endpoint, pid } = await startEmulator(${JSON.stringify({ engines, stateDir: join(directory, 'state') })});
     console.log(JSON.stringify({ endpoint, pid }));
     process.stdin.once('data', () => { ${last} });`,
  );
  const owner = spawn(process.execPath, ['--import', 'tsx', script], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void owner.kill('SIGKILL'));
  const [line] = await once(owner.stdout, 'data');
  return { owner, ...(JSON.parse(String(line)) as { endpoint: string; pid: number }) };
}

it.each([
  ['is killed with -9', 'process.kill(process.pid, "SIGKILL")'],
  ['gets SIGTERM', 'process.kill(process.pid, "SIGTERM")'],
  ['gets SIGINT', 'process.kill(process.pid, "SIGINT")'],
  ['crashes', 'throw new Error("crash")'],
  ['ends without stop()', 'process.stdin.destroy()'],
])('nothing is left running when the owner %s', async (_what, last) => {
  const { owner, endpoint, pid } = await startOwner(last);
  await createStack(endpoint, functionStack('exports.handler = async () => process.pid'));
  const worker = (await ask(endpoint)) as number;
  expect(process.kill(worker, 0)).toBe(true);

  owner.stdin.write('now');
  await once(owner, 'exit');

  await until(async () => !isGroupAlive(pid));
  expect(() => process.kill(worker, 0)).toThrow('ESRCH');
  expect(await accepts('127.0.0.1', Number(new URL(endpoint).port))).toBe(false);
});
