import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { Outputs } from '#lib/client/outputs.ts';
import { deployLocally, synthesize } from '#local/deploy-locally.ts';
import { type Emulator, startEmulator } from '#local/emulator.ts';
import { installEngines } from '#local/engines/install-engines.ts';
import { root } from '#local/work-directory.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly deployment: Outputs;
  }
}

/**
 * The real stacks of `test/e2e/project`, deployed once for all files to an emulator of their own: state, assembly and
 * outputs are in a temporary folder, and nothing of it is left afterwards.
 */
export default async function deploy(project: TestProject): Promise<() => Promise<void>> {
  const engines = await installEngines();
  const folder = await mkdtemp(join(tmpdir(), 'leeboard-e2e-'));
  const options = {
    project: join(root, 'test/e2e/project'),
    assembly: join(folder, 'cdk.out'),
    outputsFile: join(folder, 'outputs.json'),
    memory: join(folder, 'deployed'),
  };
  const sources = synthesize(options);
  let emulator: Emulator | undefined;
  const tearDown = async () => {
    await sources.catch(() => {}); // it writes to the folder
    await emulator?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    emulator = await startEmulator({ engines, stateDir: join(folder, 'state') });
    const { outputs } = await deployLocally(emulator, sources, options);
    project.provide('deployment', outputs);
    return tearDown;
  } catch (error) {
    await tearDown();
    throw error;
  }
}
