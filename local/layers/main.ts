/** `npx tsx local/layers/main.ts [platform...]`: builds the Lambda layers and prints their sizes. */
import { stat } from 'node:fs/promises';
import { installEngines } from '../engines/install-engines.ts';
import { isPlatform, PLATFORMS } from '../engines/platform.ts';
import { printProgress } from '../engines/progress.ts';
import { SetUpError } from '../set-up-error.ts';
import { buildLayers, sizeOf } from './build-layers.ts';

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

async function buildAll(names: readonly string[]): Promise<void> {
  const { python } = await installEngines();
  for (const platform of names.length > 0 ? names : ['linux-x64', 'linux-arm64']) {
    if (!isPlatform(platform)) {
      throw new SetUpError(`platform must be one of ${Object.keys(PLATFORMS).join(', ')}, got ${platform}`);
    }
    const layers = await buildLayers({ python, platform, progress: printProgress });
    for (const [name, { zip, directory }] of Object.entries(layers)) {
      const [zipped, unzipped] = [(await stat(zip)).size, await sizeOf(directory)];
      console.log(`${zip}: ${name}, ${megabytes(zipped)} zipped, ${megabytes(unzipped)} unzipped`);
    }
  }
}

try {
  await buildAll(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof SetUpError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
