import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Lock, readLock } from '../engines/lock.ts';
import type { Platform } from '../engines/platform.ts';
import { type Progress, timed } from '../engines/progress.ts';
import { publishDirectory } from '../publish-directory.ts';
import { run } from '../run.ts';
import { SetUpError } from '../set-up-error.ts';
import { workDirectory } from '../work-directory.ts';
import { ALWAYS, duckdbContents, koffiContents, type NpmContents } from './layer-contents.ts';
import { addLibxgboost, LIBXGBOOST } from './libxgboost-package.ts';
import { type LockedPackage, lockedPackage, packageDirectory } from './npm-package.ts';

/** Raise it when a layer's content changes without a change of a lock. */
const BUILDER = 1;
/** AWS's limit for the unzipped layers and code of one function, bytes. */
const UNZIPPED_LIMIT = 250 * 1024 * 1024;
const PACK = fileURLToPath(new URL('pack.py', import.meta.url));

/** One Lambda layer: the archive that is deployed, and the same files unpacked. */
export interface Layer {
  readonly zip: string;
  /** Holds `nodejs/node_modules`. */
  readonly directory: string;
}

/** `require('@duckdb/node-api')` needs `duckdb`; `require('koffi')` and `require('leeboard-libxgboost')` need `xgboost`. */
export interface Layers {
  readonly duckdb: Layer;
  readonly xgboost: Layer;
}

/** Where the layers of a platform are, or will be once built. */
export function layerPaths(platform: Platform, directory: string = workDirectory): Layers {
  const layer = (name: string): Layer => {
    const base = join(directory, 'layers', platform, name);
    return { zip: `${base}.zip`, directory: base };
  };
  return { duckdb: layer('duckdb'), xgboost: layer('xgboost') };
}

/** Absolute path of the shared library in an unpacked xgboost layer. */
export function libraryIn({ directory }: Layer): string {
  return createRequire(import.meta.url)(join(modules(directory), LIBXGBOOST)).library;
}

/** What building needs. */
export interface BuildOptions {
  /** A Python with pip. */
  readonly python: string;
  readonly platform: Platform;
  readonly lock?: Lock;
  /** Where to put `layers/<platform>`. @default '.leeboard' */
  readonly directory?: string;
  readonly progress?: Progress;
}

/**
 * Builds the layers of a platform, unless they are there already.
 * @throws SetUpError when a package is not what its lock says, or the layers are too big for Lambda
 */
export async function buildLayers({
  python,
  platform,
  lock,
  directory,
  progress,
}: BuildOptions): Promise<Layers> {
  const wheels = lock ?? (await readLock());
  const layers = layerPaths(platform, directory);
  const npm = await lockPackages({ ...duckdbContents(platform), ...koffiContents(platform) });
  const stamp = createHash('sha256')
    .update(JSON.stringify([BUILDER, wheels.sha256, npm]))
    .digest('hex');
  await publishDirectory(dirname(layers.duckdb.zip), stamp, (into) =>
    timed(progress ?? (() => {}), `DuckDB and XGBoost as Lambda layers (${platform})`, async () => {
      const aside = join(into, 'downloads');
      await copyPackages(duckdbContents(platform), npm, aside, join(into, 'duckdb'));
      await copyPackages(koffiContents(platform), npm, aside, join(into, 'xgboost'));
      await addLibxgboost({ python, platform, lock: wheels, aside, into: modules(join(into, 'xgboost')) });
      await rm(aside, { recursive: true });
      await refuseTooBig(platform, into);
      await Promise.all(
        Object.keys(layers).map((name) => run(python, [PACK, join(into, name), join(into, `${name}.zip`)])),
      );
    }),
  );
  return layers;
}

/** Bytes of all files under a directory. */
export async function sizeOf(directory: string): Promise<number> {
  const sizes = (await filesIn(directory)).map(async (file) => (await stat(file)).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function lockPackages(contents: NpmContents): Promise<readonly LockedPackage[]> {
  return Promise.all(Object.keys(contents).map((name) => lockedPackage(name)));
}

async function copyPackages(
  contents: NpmContents,
  npm: readonly LockedPackage[],
  aside: string,
  layer: string,
): Promise<void> {
  for (const locked of npm.filter(({ name }) => contents[name])) {
    const source = await packageDirectory(locked, aside);
    const wanted = contents[locked.name] as RegExp;
    for (const file of await filesIn(source)) {
      const path = relative(source, file);
      if (ALWAYS.test(path) || wanted.test(path))
        await copyFile(file, join(modules(layer), locked.name, path));
    }
  }
}

async function copyFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to);
}

async function filesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** @throws SetUpError when what lies in the directory is more than Lambda takes */
export async function refuseTooBig(platform: Platform, directory: string): Promise<void> {
  const bytes = await sizeOf(directory);
  if (bytes <= UNZIPPED_LIMIT) return;
  throw new SetUpError(
    `layers of ${platform}: must be at most ${UNZIPPED_LIMIT} bytes unzipped (Lambda), got ${bytes}`,
  );
}

function modules(layer: string): string {
  return join(layer, 'nodejs/node_modules');
}
