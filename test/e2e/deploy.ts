import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { Outputs } from '#lib/client/outputs.ts';
import { deployLocally, synthesize } from '#local/deploy-locally.ts';
import { root } from '#local/work-directory.ts';
import { startTemporaryEmulator } from '#test/contracts/temporary-emulator.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly deployment: Outputs;
  }
}

/**
 * The real stacks of `test/e2e/project`, deployed once for all files to an emulator of their own: state, assembly and
 * outputs are in its temporary folder, and nothing of it is left afterwards.
 */
export default async function deploy(project: TestProject): Promise<() => Promise<void>> {
  const { folder, emulator, remove } = await startTemporaryEmulator();
  const options = {
    project: join(root, 'test/e2e/project'),
    webhooks: 'generic:/leeboard/local/webhook',
    assembly: join(folder, 'cdk.out'),
    outputsFile: join(folder, 'outputs.json'),
    memory: join(folder, 'deployed'),
  };
  const sources = synthesize(options);
  sources.catch(() => {}); // awaited by deployLocally, once it needs them
  try {
    const { outputs } = await deployLocally(emulator, sources, options);
    project.provide('deployment', outputs);
    return remove;
  } catch (error) {
    await sources.catch(() => {}); // it writes to the folder
    await remove();
    throw error;
  }
}
