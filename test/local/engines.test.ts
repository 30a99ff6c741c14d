import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findPython } from '#local/engines/find-python.ts';
import { installEngines } from '#local/engines/install-engines.ts';
import { readLock } from '#local/engines/lock.ts';
import { downloadWheel, installEmulator } from '#local/engines/pip.ts';
import { hostPlatform, requireOpenMp } from '#local/engines/platform.ts';
import { publishDirectory } from '#local/publish-directory.ts';
import { SetUpError } from '#local/set-up-error.ts';
import { root } from '#local/work-directory.ts';
import { engines, scratchDirectory } from './helpers.ts';

const runProgram = promisify(execFile);

/** A folder with programs that print what they are told, whatever they are asked. */
async function fakePrograms(programs: Record<string, string>): Promise<string> {
  const folder = await scratchDirectory();
  for (const [name, output] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\necho "${output}"\n`);
    await chmod(join(folder, name), 0o755);
  }
  return folder;
}

/** Makes pip look for packages in a folder alone, until the end of the test. */
function offerPackages(folder: string): void {
  Object.assign(process.env, { PIP_NO_INDEX: '1', PIP_FIND_LINKS: folder });
  onTestFinished(() => {
    delete process.env.PIP_NO_INDEX;
    delete process.env.PIP_FIND_LINKS;
  });
}

describe('finding Python', () => {
  it('without any says what is needed, where it looked and how to get one', async () => {
    const refused = findPython({ PATH: await fakePrograms({}) });
    await expect(refused).rejects.toThrow(SetUpError);
    await expect(refused).rejects.toThrow(
      /Python 3\.10 or newer, with venv, is needed[\s\S]*found: no Python \(looked for python3, [\s\S]*apt-get install python3 python3-venv/,
    );
  });

  it('names each Python that it refuses, and why', async () => {
    const PATH = await fakePrograms({
      python3: 'Python 3.9.2',
      'python3.12': '3.12.1 venv',
      'python3.11': '3.11.2',
    });
    await expect(findPython({ PATH })).rejects.toThrow(
      'found: python3 is 3.9.2, too old; python3.12 is 3.12.1, but has no ensurepip (install python3-venv); ' +
        'python3.11 is 3.11.2, but has no venv and no ensurepip (install python3-venv)',
    );
  });

  it('takes the first that is new enough', async () => {
    const PATH = await fakePrograms({
      python3: '3.9.2 venv ensurepip',
      'python3.13': '3.13.0 venv ensurepip',
    });
    expect(await findPython({ PATH })).toEqual({ command: 'python3.13', version: '3.13.0' });
  });

  it('takes LEEBOARD_PYTHON and no other', async () => {
    const PATH = await fakePrograms({ python3: '3.12.0 venv ensurepip', mine: '3.8.1 venv ensurepip' });
    await expect(findPython({ PATH, LEEBOARD_PYTHON: 'mine' })).rejects.toThrow(
      'found: mine is 3.8.1, too old',
    );
  });

  it('ends the command with exit code 1 and a message, not a stack', async () => {
    const main = join(root, 'local/engines/main.ts');
    const env = { ...process.env, PATH: await fakePrograms({ python3: 'Python 3.9.2' }) };
    const command = [process.execPath, '--import', 'tsx', main, await scratchDirectory()] as const;

    const failed = runProgram(command[0], command.slice(1), { env, cwd: root });

    await expect(failed).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/python3 is 3\.9\.2, too old(?![\s\S]*\n +at )/),
    });
  });
});

describe('the machine', () => {
  it.each([
    ['win32', 'x64', null, 'got win32-x64: use WSL'],
    ['linux', 'ia32', '2.36', 'got linux-ia32'],
    ['linux', 'x64', null, 'got one without glibc'],
  ])('is refused with a reason: %s %s, glibc %s', (os, cpu, glibc, message) => {
    expect(() => hostPlatform(os, cpu, glibc)).toThrow(SetUpError);
    expect(() => hostPlatform(os, cpu, glibc)).toThrow(message);
  });

  it('a Mac needs OpenMP for XGBoost and is told how to get it; Linux brings its own', () => {
    expect(() => requireOpenMp('darwin-arm64', () => false)).toThrow('brew install libomp');
    expect(() =>
      requireOpenMp('darwin-arm64', (path) => path === '/opt/homebrew/opt/libomp/lib/libomp.dylib'),
    ).not.toThrow();
    expect(() => requireOpenMp('linux-arm64', () => false)).not.toThrow();
  });
});

describe('the lock', () => {
  it('has one hash at least for every package, and keeps the wheels of xgboost out of what is installed', async () => {
    const lock = await readLock();
    const requirements = lock.installed.split(/^(?=[a-z])/m);
    expect(requirements.length).toBeGreaterThan(20);
    for (const requirement of requirements)
      expect(requirement).toMatch(/^[a-z0-9-]+==[\s\S]*--hash=sha256:[0-9a-f]{64}/);
    expect(lock.installed).not.toMatch(/^(xgboost|numpy|scipy)/m);
    expect(lock.wheel('xgboost-cpu')).toMatch(/^xgboost-cpu==3\.2\.0 (?:[\s\S]*sha256:[0-9a-f]{64}){2}/);
    expect(lock.wheel('xgboost')).toMatch(/^xgboost==3\.2\.0 (?:[\s\S]*sha256:[0-9a-f]{64}){2}/);
  });

  it('refuses a wheel with one flipped byte', async () => {
    const [platform, lock, offered, into] = [
      hostPlatform(),
      await readLock(),
      await scratchDirectory(),
      await scratchDirectory(),
    ];
    await downloadWheel(engines.python, platform, lock, offered);
    const wheel = (await readdir(offered)).find((name) => name.endsWith('.whl')) as string;
    offerPackages(offered);
    await expect(
      downloadWheel(engines.python, platform, lock, await scratchDirectory()),
    ).resolves.toBeUndefined();
    const bytes = await readFile(join(offered, wheel));
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
    await writeFile(join(offered, wheel), bytes);

    const refused = downloadWheel(engines.python, platform, lock, into);

    await expect(refused).rejects.toThrow(SetUpError);
    await expect(refused).rejects.toThrow(/not the one that local\/engines\/requirements.lock names/);
    expect(await readdir(into)).toEqual(['requirements.txt']);
  });

  it('leaves no environment behind when a package is not the locked one', async () => {
    const [directory, lock] = [await scratchDirectory(), await readLock()];
    const python = await findPython();
    const wrong = { ...lock, installed: lock.installed.replaceAll(/sha256:[0-9a-f]{8}/g, 'sha256:00000000') };

    const refused = publishDirectory(join(directory, 'venv'), 'any', (into) =>
      installEmulator(python, wrong, into),
    );

    await expect(refused).rejects.toThrow(/not the one that local\/engines\/requirements.lock names/);
    expect(await readdir(directory)).toEqual([]);
  });
});

describe('installing', () => {
  it.each([
    ['PIP_TARGET', 'PIP_USER', 'PYTHONHOME'],
    ['PIP_PREFIX', 'PYTHONPATH'],
  ])('goes into the environment whatever the user told pip and Python elsewhere: %s', async (...names) => {
    const [into, elsewhere, lock] = [
      join(await scratchDirectory(), 'venv'),
      await scratchDirectory(),
      await readLock(),
    ];
    await writeFile(join(elsewhere, 'pip.py'), 'raise SystemExit("not this pip")');
    const settings = Object.fromEntries(names.map((name) => [name, name === 'PIP_USER' ? '1' : elsewhere]));
    Object.assign(process.env, settings);
    onTestFinished(() => Object.keys(settings).forEach((name) => void delete process.env[name]));
    const small = lock.installed
      .split(/^(?=[a-z])/m)
      .filter((requirement) => requirement.startsWith('six=='));

    await installEmulator({ command: 'python3', version: '' }, { installed: small.join('') }, into);

    expect(await readdir(elsewhere)).toEqual(['pip.py']);
    const { stdout } = await runProgram(join(into, 'bin/python'), ['-Ic', 'import six; print(six.__file__)']);
    expect(stdout).toContain(into);
  });
  it('does nothing the second time', async () => {
    const steps: string[] = [];
    expect(await installEngines((step) => steps.push(step))).toEqual(engines);
    expect(steps).toEqual([]);
  });

  it('of two processes that build at once one wins, and the directory is whole', async () => {
    const directory = join(await scratchDirectory(), 'built');
    const build = (name: string) => async (into: string) => {
      for (const file of ['a', 'b']) {
        await writeFile(join(into, file), name);
        await new Promise((done) => setTimeout(done, 20));
      }
    };

    await Promise.all(['one', 'two', 'three'].map((name) => publishDirectory(directory, 'v1', build(name))));

    expect((await readdir(directory)).sort()).toEqual(['a', 'b', 'stamp']);
    expect(await readFile(join(directory, 'a'), 'utf8')).toBe(await readFile(join(directory, 'b'), 'utf8'));
    expect(await readdir(join(directory, '..'))).toEqual(['built']);
  });

  it('replaces what another lock made, and leaves it when the new one cannot be built', async () => {
    const directory = join(await scratchDirectory(), 'built');
    await publishDirectory(directory, 'v1', (into) => writeFile(join(into, 'a'), 'old'));
    const broken = publishDirectory(directory, 'v2', async (into) => {
      await writeFile(join(into, 'a'), 'half');
      throw new Error('no network');
    });
    await expect(broken).rejects.toThrow('no network');
    expect(await readFile(join(directory, 'a'), 'utf8')).toBe('old');

    await publishDirectory(directory, 'v2', (into) => writeFile(join(into, 'a'), 'new'));

    expect(await readFile(join(directory, 'a'), 'utf8')).toBe('new');
  });

  it('replaces a link to what another lock made, and leaves what it led to', async () => {
    const folder = await scratchDirectory();
    const [shared, linked] = [join(folder, 'shared'), join(folder, 'linked')];
    await publishDirectory(shared, 'v1', (into) => writeFile(join(into, 'a'), 'old'));
    await symlink(shared, linked);

    await publishDirectory(linked, 'v2', (into) => writeFile(join(into, 'a'), 'new'));

    expect(await readFile(join(linked, 'a'), 'utf8')).toBe('new');
    expect(await readFile(join(shared, 'a'), 'utf8')).toBe('old');
    expect((await readdir(folder)).sort()).toEqual(['linked', 'shared']);
  });
});
