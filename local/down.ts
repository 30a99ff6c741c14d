import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { workDirectory } from './work-directory.ts';

/** What `npm start` makes, below `.leeboard/`. The engines stay, unless `--engines` is given. */
const MADE = [
  ...['state', 'outputs.json', 'story.json', 'emulator.log', 'emulator.log.1', 'cdk.log'],
  ...['year', 'year.json', 'year.html'],
];
/** Where an emulator may keep its state: that of `npm start`, and that of `npm start -- --year`. */
const STATES = ['state', 'year/state'];
const FETCHED = ['venv', 'layers'];
const PATIENCE_MS = 10_000;

/** `npm run down`: stops running emulators and removes all that `npm start` made. */
async function main(): Promise<void> {
  const pids = STATES.map(runningEmulator).filter((pid) => pid !== undefined);
  for (const pid of pids) {
    process.kill(pid, 'SIGTERM');
    for (const end = Date.now() + PATIENCE_MS; isAlive(pid) && Date.now() < end; ) await sleep(50);
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  }
  const names = process.argv.includes('--engines') ? [...MADE, ...FETCHED] : MADE;
  for (const name of names) await rm(join(workDirectory, name), { recursive: true, force: true });
  const stopped = pids.map((pid) => `, and stopped the emulator (pid ${pid})`).join('');
  console.log(`Removed what npm start made${stopped}.`);
}

/** Its lock file names its process; the file of one that is gone is stale. */
function runningEmulator(state: string): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(join(workDirectory, state, 'emulator.json'), 'utf8')) as {
      pid: number;
    };
    return isAlive(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('emulator')
      ? pid
      : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

await main();
