import { execFile } from 'node:child_process';
import { open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { PLATFORMS, type Platform } from '#local/engines/platform.ts';
import { buildLayers, type Layers, layerPaths, refuseTooBig, sizeOf } from '#local/layers/build-layers.ts';
import { lockedPackage, unpackTarball } from '#local/layers/npm-package.ts';
import { SetUpError } from '#local/set-up-error.ts';
import { root } from '#local/work-directory.ts';
import { engines, scratchDirectory } from './helpers.ts';

const runProgram = promisify(execFile);
const modulesOf = ({ directory }: { directory: string }) => join(directory, 'nodejs/node_modules');

/** Runs code in a Node that sees the layers and nothing of this project. */
async function runBesideLayers(layers: Layers, code: string): Promise<unknown> {
  const NODE_PATH = [layers.duckdb, layers.xgboost].map(modulesOf).join(':');
  const cwd = await scratchDirectory();
  const { stdout } = await runProgram(process.execPath, ['-e', code], {
    cwd,
    env: { NODE_PATH, PATH: '/nowhere' },
  });
  return JSON.parse(stdout);
}

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('the layers of this machine', () => {
  it('DuckDB answers a query', async () => {
    const code = `const { DuckDBInstance } = require('@duckdb/node-api');
      DuckDBInstance.create().then((db) => db.connect()).then((c) => c.runAndReadAll('select 40 + 2 as answer'))
        .then((r) => console.log(JSON.stringify(r.getRowObjects())));`;
    expect(await runBesideLayers(engines.layers, code)).toEqual([{ answer: 42 }]);
  });

  it('XGBoost loads through koffi and says the version that its package claims', async () => {
    const code = `const koffi = require('koffi'), { library, version } = require('leeboard-libxgboost');
      const out = [[0], [0], [0]];
      koffi.load(library).func('void XGBoostVersion(_Out_ int *, _Out_ int *, _Out_ int *)')(...out);
      console.log(JSON.stringify({ library, version, loaded: out.flat().join('.') }));`;
    expect(await runBesideLayers(engines.layers, code)).toEqual({
      library: engines.libxgboost,
      version: '3.2.0',
      loaded: '3.2.0',
    });
  });
});

describe('the archives', () => {
  it('are the same bytes when built again', async () => {
    const directory = await scratchDirectory();
    const platform = `${process.platform}-${process.arch}` as Platform;
    const again = await buildLayers({ python: engines.python, platform, directory });
    for (const name of ['duckdb', 'xgboost'] as const) {
      expect((await readFile(again[name].zip)).equals(await readFile(engines.layers[name].zip)), name).toBe(
        true,
      );
    }
  });
});

/** e_machine of ELF: System V ABI, AMD64 and AArch64 supplements. */
const MACHINE: Partial<Record<Platform, number>> = { 'linux-x64': 62, 'linux-arm64': 183 };

describe.each(['linux-x64', 'linux-arm64'] as const)('the layers for %s', (platform) => {
  let layers: Layers;
  beforeAll(async () => {
    layers = await buildLayers({ python: engines.python, platform });
  });

  it('hold native code of that processor only, and none for musl', async () => {
    const native = (await filesIn(dirname(layers.duckdb.zip))).filter((file) =>
      /\.(so|node)(\.[0-9.]+)?$/.test(file),
    );
    expect(
      native
        .map((file) =>
          file
            .split('/')
            .at(-1)
            ?.replace(/-[0-9a-f]+/, ''),
        )
        .sort(),
    ).toEqual(['duckdb.node', 'koffi.node', 'libduckdb.so', 'libgomp.so.1.0.0', 'libxgboost.so']);
    for (const file of native) {
      const header = await readFile(file);
      expect(header.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
      expect(header.readUInt16LE(18), file).toBe(MACHINE[platform]);
    }
  });

  it('hold nothing but what is loaded, and licences', async () => {
    const files = [...(await filesIn(layers.duckdb.directory)), ...(await filesIn(layers.xgboost.directory))];
    const needless = files.filter(
      (file) => !/(\.c?js|\.node|\.so(\.[0-9.]+)?|\/package\.json|\/LICENSE(\.txt)?)$/.test(file),
    );
    expect(needless).toEqual([]);
    expect(files.filter((file) => /musl|\/vendor\/|\.d\.ts|\.map$/.test(file))).toEqual([]);
  });

  it('hold in the archive what is unpacked beside it', async () => {
    for (const { zip, directory } of Object.values(layers)) {
      const { stdout } = await runProgram(engines.python, ['-c', LIST, zip]);
      const unpacked = await Promise.all(
        (await filesIn(directory)).map(
          async (file) => `${file.slice(directory.length + 1)} ${(await stat(file)).size}`,
        ),
      );
      expect(stdout.trim().split('\n').sort()).toEqual(unpacked.sort());
    }
  });

  it('fit into a function together: 250 MB unzipped', async () => {
    const bytes = (await sizeOf(layers.duckdb.directory)) + (await sizeOf(layers.xgboost.directory));
    expect(bytes).toBeLessThan(250 * 1024 * 1024);
  });
});

it('layers that are too big for Lambda are refused', async () => {
  const directory = await scratchDirectory();
  const [one, two] = [await open(join(directory, 'one'), 'w'), await open(join(directory, 'two'), 'w')];
  await one.truncate(200 * 1024 * 1024);
  await two.truncate(50 * 1024 * 1024);
  await refuseTooBig('linux-x64', directory);
  await two.truncate(50 * 1024 * 1024 + 1);
  await expect(refuseTooBig('linux-x64', directory)).rejects.toThrow(
    'layers of linux-x64: must be at most 262144000 bytes unzipped (Lambda), got 262144001',
  );
  await Promise.all([one.close(), two.close()]);
});

const LIST = `import sys, zipfile
for entry in zipfile.ZipFile(sys.argv[1]).infolist(): print(entry.filename, entry.file_size)`;

describe('npm packages of other platforms', () => {
  it('are refused with one flipped byte, before anything is unpacked', async () => {
    const directory = await scratchDirectory();
    const locked = await lockedPackage('@koromix/koffi-darwin-arm64');
    await runProgram('npm', ['pack', `${locked.name}@${locked.version}`, '--pack-destination', directory], {
      cwd: root,
    });
    const tarball = join(directory, (await readdir(directory))[0] as string);
    await unpackTarball(tarball, locked, join(directory, 'good'));
    expect(await readdir(join(directory, 'good'))).toContain('index.js');
    const bytes = await readFile(tarball);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
    await writeFile(tarball, bytes);

    const refused = unpackTarball(tarball, locked, join(directory, 'bad'));

    await expect(refused).rejects.toThrow(SetUpError);
    await expect(refused).rejects.toThrow(
      /koffi-darwin-arm64@[0-9.]+: integrity must be sha512-.*, got sha512-/,
    );
    expect(await readdir(directory)).not.toContain('bad');
  });

  it('are all in package-lock.json with their integrity, for every platform', async () => {
    for (const platform of Object.keys(PLATFORMS)) {
      for (const name of [`@duckdb/node-bindings-${platform}`, `@koromix/koffi-${platform}`]) {
        expect((await lockedPackage(name)).integrity, name).toMatch(/^sha512-/);
      }
    }
  });

  it('that the lock does not name are refused with what to do', async () => {
    await expect(lockedPackage('@duckdb/node-bindings-plan9-x64')).rejects.toThrow(
      'package-lock.json has no @duckdb/node-bindings-plan9-x64',
    );
  });
});

it('layers are found by platform', () => {
  expect(layerPaths('linux-arm64', '/here').xgboost.zip).toBe('/here/layers/linux-arm64/xgboost.zip');
});
