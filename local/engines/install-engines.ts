import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildLayers, type Layers, libraryIn } from '../layers/build-layers.ts';
import { publishDirectory } from '../publish-directory.ts';
import { run } from '../run.ts';
import { workDirectory } from '../work-directory.ts';
import { findPython } from './find-python.ts';
import { type Lock, readLock } from './lock.ts';
import { installEmulator, venvPython } from './pip.ts';
import { hostPlatform, requireOpenMp } from './platform.ts';
import { type Progress, printProgress, timed } from './progress.ts';

/** Everything that npm does not bring, for this machine. */
export interface Engines {
  /** Python of the virtual environment that holds the emulator. */
  readonly python: string;
  /** Absolute path of libxgboost's shared library. */
  readonly libxgboost: string;
  readonly layers: Layers;
}

/**
 * Fetches the engines on first use, checked against their locks; does nothing when they are there.
 * Two processes may call it at once.
 * @param directory where they go. @default '.leeboard'
 * @throws SetUpError when the machine lacks something, or a download is not what its lock says
 */
export async function installEngines(
  progress: Progress = printProgress,
  directory: string = workDirectory,
): Promise<Engines> {
  const platform = hostPlatform();
  requireOpenMp(platform);
  const lock = await readLock();
  const python = await installVenv(join(directory, 'venv'), lock, progress);
  const layers = await buildLayers({ python, platform, lock, directory, progress });
  return { python, libxgboost: libraryIn(layers.xgboost), layers };
}

async function installVenv(directory: string, lock: Lock, progress: Progress): Promise<string> {
  const python = venvPython(directory);
  // A system upgrade can take away the Python that the environment was made from.
  const works = await run(python, ['-c', 'import ministack']).then(
    () => true,
    () => false,
  );
  if (!works) await rm(directory, { recursive: true, force: true });
  await publishDirectory(directory, lock.sha256, async (into) => {
    const found = await findPython();
    await timed(progress, `Embedded AWS (MiniStack, for Python ${found.version})`, () =>
      installEmulator(found, lock, into),
    );
  });
  return python;
}
