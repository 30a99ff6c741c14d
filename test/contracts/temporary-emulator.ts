import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '#local/emulator.ts';
import { installEngines } from '#local/engines/install-engines.ts';

/** An empty embedded AWS whose state is in a temporary folder. */
export interface TemporaryEmulator {
  /** For whatever else must not outlive the tests. */
  readonly folder: string;
  readonly emulator: Emulator;
  /** Ends it and leaves nothing. */
  remove(): Promise<void>;
}

/** Starts one; an interrupted process leaves nothing of it either. */
export async function startTemporaryEmulator(): Promise<TemporaryEmulator> {
  const engines = await installEngines();
  const folder = await mkdtemp(join(tmpdir(), 'leeboard-test-'));
  const options = { recursive: true, force: true, maxRetries: 5 };
  let emulator: Emulator | undefined;
  const abandon = () => {
    if (emulator) killGroup(emulator.pid);
    rmSync(folder, options);
  };
  process.once('exit', abandon);
  const remove = async () => {
    await emulator?.stop();
    await rm(folder, options);
    process.off('exit', abandon);
  };
  try {
    // Nothing of it is read again, and saving all of its state every three seconds takes a third of a core.
    const environment = { STATE_SAVE_SECONDS: '86400' };
    emulator = await startEmulator({ engines, stateDir: join(folder, 'state'), environment });
    return { folder, emulator, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Without the chance to save: it would write to the folder again. */
function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
