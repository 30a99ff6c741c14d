/**
 * `npx tsx local/emulator/test-repairs.ts [pytest arguments]` runs the emulator's own tests in an environment of their own;
 * with `--without-repairs [words]` each test once more with its repair off, when it has to fail.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findPython } from '../engines/find-python.ts';
import { readLock } from '../engines/lock.ts';
import { installEmulator, venvPython } from '../engines/pip.ts';
import { printProgress, timed } from '../engines/progress.ts';
import { publishDirectory } from '../publish-directory.ts';
import { root, workDirectory } from '../work-directory.ts';

const local = join(root, 'local');
const lock = await readLock();
const tools = await readFile(join(local, 'emulator/requirements-dev.lock'), 'utf8');
const installed = `${lock.installed}${tools}`;
const venv = join(workDirectory, 'venv-test-repairs');
await publishDirectory(venv, createHash('sha256').update(installed).digest('hex'), async (into) => {
  const python = await findPython();
  await timed(printProgress, 'Embedded AWS and pytest', () => installEmulator(python, { installed }, into));
});

const [first, ...rest] = process.argv.slice(2);
const program =
  first === '--without-repairs'
    ? ['emulator/tests/without_repairs.py', ...rest]
    : ['-m', 'pytest', '-q', 'emulator/tests', ...(first === undefined ? [] : [first, ...rest])];
const tests = spawn(venvPython(venv), program, { cwd: local, stdio: 'inherit' });
[process.exitCode] = await once(tests, 'exit');
