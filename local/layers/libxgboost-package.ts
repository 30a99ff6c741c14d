import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Lock } from '../engines/lock.ts';
import { downloadWheel } from '../engines/pip.ts';
import { PLATFORMS, type Platform } from '../engines/platform.ts';
import { run } from '../run.ts';

interface LibxgboostOptions {
  readonly python: string;
  readonly platform: Platform;
  readonly lock: Lock;
  /** Scratch directory. */
  readonly aside: string;
  /** A `node_modules` directory. */
  readonly into: string;
}

export const LIBXGBOOST = 'leeboard-libxgboost';

/** Adds package `leeboard-libxgboost`, made from the wheel: `require` gives `{ library: absolute path, version }`. */
export async function addLibxgboost({
  python,
  platform,
  lock,
  aside,
  into,
}: LibxgboostOptions): Promise<void> {
  const { library } = PLATFORMS[platform];
  const [wheel, unpacked] = [join(aside, 'wheel'), join(aside, 'wheel/unpacked')];
  await mkdir(wheel, { recursive: true });
  await downloadWheel(python, platform, lock, wheel);
  const file = (await readdir(wheel)).find((name) => name.endsWith('.whl')) as string;
  await run(python, ['-m', 'zipfile', '-e', join(wheel, file), unpacked]);

  const folder = join(into, LIBXGBOOST);
  await mkdir(join(folder, dirname(library)), { recursive: true });
  await cp(join(unpacked, library), join(folder, library));
  // The library finds its libgomp by $ORIGIN/../../<wheel>.libs: keep the wheel's folders as they are.
  for (const beside of (await readdir(unpacked)).filter((name) => name.endsWith('.libs'))) {
    await cp(join(unpacked, beside), join(folder, beside), { recursive: true });
  }
  const version = file.split('-')[1] as string;
  await writeFile(
    join(folder, 'package.json'),
    `${JSON.stringify({ name: LIBXGBOOST, version, main: 'index.js' })}\n`,
  );
  await writeFile(
    join(folder, 'index.js'),
    `const { join } = require('node:path');\n` +
      `module.exports = { library: join(__dirname, ${JSON.stringify(library)}), version: ${JSON.stringify(version)} };\n`,
  );
}
