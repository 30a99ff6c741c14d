import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../run.ts';
import { SetUpError } from '../set-up-error.ts';
import { root } from '../work-directory.ts';

/** A package as package-lock.json names it. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** `sha512-<base64>` of the registry's tarball. */
  readonly integrity: string;
}

/**
 * What package-lock.json says about a package.
 * @throws SetUpError when it is not in the lock: npm leaves out platform packages that its registry lacks
 */
export async function lockedPackage(name: string): Promise<LockedPackage> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const entry = lock.packages[`node_modules/${name}`];
  if (!entry?.integrity) {
    throw new SetUpError(
      `package-lock.json has no ${name}, so its layer cannot be built: pin a version that is published for all platforms ` +
        'and run `npm install --package-lock-only`',
    );
  }
  return { name, version: entry.version, integrity: entry.integrity };
}

/** Directory of a package: the installed one when it is there, else a verified download unpacked under `aside`. */
export async function packageDirectory(locked: LockedPackage, aside: string): Promise<string> {
  const installed = join(root, 'node_modules', locked.name);
  if ((await installedVersion(installed)) === locked.version) return installed;
  await mkdir(aside, { recursive: true });
  const download = await mkdtemp(join(aside, 'npm-'));
  const spec = `${locked.name}@${locked.version}`;
  const printed = await run('npm', ['pack', spec, '--json', '--pack-destination', download], { cwd: root });
  const [{ filename }] = JSON.parse(printed);
  const unpacked = join(download, 'unpacked');
  await unpackTarball(join(download, filename), locked, unpacked);
  return unpacked;
}

/**
 * Unpacks a package's tarball when it is the one that was locked.
 * @throws SetUpError when a byte differs; nothing is unpacked then
 */
export async function unpackTarball(tarball: string, locked: LockedPackage, into: string): Promise<void> {
  const integrity = `sha512-${createHash('sha512')
    .update(await readFile(tarball))
    .digest('base64')}`;
  if (integrity !== locked.integrity) {
    throw new SetUpError(
      `${locked.name}@${locked.version}: integrity must be ${locked.integrity} (package-lock.json), got ${integrity}: ` +
        'the download is not the package that was locked, nothing was unpacked',
    );
  }
  await rm(into, { recursive: true, force: true });
  await mkdir(into);
  await run('tar', ['-xzf', tarball, '-C', into, '--strip-components=1']);
}

async function installedVersion(directory: string): Promise<string | undefined> {
  const text = await readFile(join(directory, 'package.json'), 'utf8').catch(() => '{}');
  return JSON.parse(text).version;
}
