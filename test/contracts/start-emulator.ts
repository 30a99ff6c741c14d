import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmulator } from '#local/emulator.ts';
import { installEngines } from '#local/engines/install-engines.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of an empty embedded AWS. */
    readonly endpoint: string;
  }
}

/** One empty emulator for all contracts; nothing of it is left afterwards. */
export default async function startForContracts(project: TestProject): Promise<() => Promise<void>> {
  const engines = await installEngines();
  const folder = await mkdtemp(join(tmpdir(), 'leeboard-contracts-'));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const emulator = await startEmulator({ engines, stateDir: join(folder, 'state') });
    project.provide('endpoint', emulator.endpoint);
    return async () => {
      await emulator.stop();
      await remove();
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
