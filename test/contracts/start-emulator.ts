import type { TestProject } from 'vitest/node';
import { startTemporaryEmulator } from './temporary-emulator.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of an empty embedded AWS. */
    readonly endpoint: string;
  }
}

/** One empty emulator for all contracts. */
export default async function startForContracts(project: TestProject): Promise<() => Promise<void>> {
  const { emulator, remove } = await startTemporaryEmulator();
  project.provide('endpoint', emulator.endpoint);
  return remove;
}
