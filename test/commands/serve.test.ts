import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '#adapters/hash.ts';
import { IntegrityError, NotFoundError } from '#core/errors.ts';
import { naive } from '#core/spec/algorithm.ts';
import type { VersionDetails } from '#lib/client/answers.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { UsageError } from '#lib/commands/arguments.ts';
import { EXIT } from '#lib/commands/printer.ts';
import { type ServeOptions, serve } from '#lib/commands/serve.ts';
import { trainedBundle, tripRows } from '#test/server/trained-bundle.ts';
import { MemoryStore } from '#test/support/memory-store.ts';
import { captured } from './captured.ts';
import { outputs } from './outputs.ts';

let bundle: Awaited<ReturnType<typeof trainedBundle>>;
let folder: string;
beforeAll(async () => {
  bundle = await trainedBundle(naive());
  folder = await mkdtemp(join(tmpdir(), 'leeboard-serve-test-'));
});
afterAll(() => Promise.all([bundle.remove(), rm(folder, { recursive: true, force: true })]));

/** A deployment whose model `late` has this bundle as version 3. */
async function deployment(champion: number | null = 3, change?: (store: MemoryStore) => void) {
  const store = new MemoryStore();
  const prefix = 'models/trips-late/versions/000003';
  // Written twice, so that only the recorded version of an object is the right one.
  for (const name of await readdir(bundle.folder)) {
    await store.write(`${prefix}/${name}`, `not yet ${name}`);
    await store.write(`${prefix}/${name}`, await readFile(join(bundle.folder, name)));
  }
  change?.(store);
  const manifest = { ...(await store.describe(`${prefix}/manifest.json`)), sha256: bundle.manifestSha256 };
  const client: Pick<LeeboardClient, 'outputs' | 'model' | 'version' | 'store'> = {
    outputs,
    model: async () => ({ champion }) as Awaited<ReturnType<LeeboardClient['model']>>,
    version: async () => ({ manifest }) as VersionDetails,
    store: async () => store,
  };
  return client;
}

async function run(
  options: ServeOptions,
  whileServing: (url: string) => Promise<void> = async () => {},
  client = deployment(),
) {
  const output = captured({ json: true });
  const code = await serve(
    () => client,
    options,
    output.print,
    () => whileServing(output.document<{ url: string }>().url),
  );
  return { code, document: output.document<Record<string, unknown>>() };
}

describe('a version answers on this machine until it is told to stop', () => {
  it.each<[what: string, options: ServeOptions]>([
    ['by its number', { target: 'late@3' }],
    ['the champion', { target: 'late' }],
    ['from a folder', {}],
  ])('%s', async (_, options) => {
    const served = 'target' in options ? options : { bundle: bundle.folder };
    let url = '';
    const { code, document } = await run({ ...served, port: '0' }, async (at) => {
      url = at;
      const answer = await fetch(`${at}/v1/models/trips-late/predict`, {
        method: 'POST',
        body: JSON.stringify({ rows: tripRows(3) }),
      });
      expect(await answer.json()).toMatchObject({
        model: 'trips-late',
        version: 3,
        predictions: [{}, {}, {}],
      });
    });
    expect([code, document]).toEqual([EXIT.ok, { model: 'trips-late', version: 3, url }]);
    await expect(fetch(`${url}/ping`)).rejects.toThrow();
  });
});

describe('a bundle is kept', () => {
  it('as model.tar.gz, with the files at its top, as SageMaker unpacks it', async () => {
    const file = join(folder, 'model.tar.gz');
    expect((await run({ target: 'late@3', save: file })).code).toBe(EXIT.ok);
    const { stdout } = await promisify(execFile)('tar', ['-tzf', file]);
    expect(stdout.trim().split('\n').sort()).toEqual((await readdir(bundle.folder)).sort());
  });

  it('as a folder, byte for byte', async () => {
    const into = join(folder, 'kept');
    await run({ target: 'late@3', save: into });
    for (const name of await readdir(bundle.folder))
      expect(sha256(await readFile(join(into, name)))).toBe(
        sha256(await readFile(join(bundle.folder, name))),
      );
  });

  it.each(['there.tar.gz', 'a file', 'a folder'])('never over what is there: %s', async (name) => {
    const there = join(folder, name);
    if (name === 'a folder') await mkdir(there);
    else await writeFile(there, 'mine');
    await expect(run({ target: 'late@3', save: there })).rejects.toThrow(`${name} is there already`);
    if (name !== 'a folder') expect(await readFile(there, 'utf8')).toBe('mine');
  });
});

describe('it refuses', () => {
  it.each<[what: string, options: ServeOptions]>([
    ['nothing to serve', {}],
    ['two things to serve', { target: 'late@3', bundle: 'x' }],
    ['to keep what is here', { bundle: 'x', save: 'y' }],
    ['a run', { target: 'late@run-1' }],
    ['a port that is none', { target: 'late@3', port: '70000' }],
    ['a port that is text', { target: 'late@3', port: 'http' }],
  ])('%s', async (_, options) => {
    await expect(run(options)).rejects.toThrow(UsageError);
  });

  it('a model that is not deployed, or has no champion', async () => {
    await expect(run({ target: 'other' })).rejects.toThrow(NotFoundError);
    await expect(run({ target: 'late' }, undefined, deployment(null))).rejects.toThrow(
      'late has no champion yet',
    );
  });

  it('a bundle with a byte that nobody approved', async () => {
    const changed = deployment(3, (store) =>
      store.flipByte({
        key: 'models/trips-late/versions/000003/model.json',
        versionId: '1',
        size: 0,
        sha256: '',
      }),
    );
    await expect(run({ target: 'late@3', port: '0' }, undefined, changed)).rejects.toThrow(IntegrityError);
  });

  it('a port that is taken', async () => {
    await run({ bundle: bundle.folder, port: '0' }, async (url) => {
      const { port } = new URL(url);
      await expect(run({ bundle: bundle.folder, port })).rejects.toThrow(`port ${port} is taken`);
    });
  });
});
