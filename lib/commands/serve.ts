import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { predictorOpener } from '#adapters/open-predictor.ts';
import { ConflictError, NotFoundError } from '#core/errors.ts';
import { downloadBundle } from '#lib/client/download-bundle.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { openBundle } from '#lib/server/open-bundle.ts';
import { startServer } from '#lib/server/start-server.ts';
import { deployedModels, requireKnown, UsageError } from './arguments.ts';
import { installLibxgboost } from './install-libxgboost.ts';
import { EXIT, type ExitCode, type Printer } from './printer.ts';
import { parseReference } from './reference.ts';

export interface ServeOptions {
  /** `flights-late@2`, or `flights-late` for its champion; not needed with `bundle`. */
  readonly target?: string | undefined;
  readonly port?: string;
  /** A folder with a bundle, in place of the deployment's. */
  readonly bundle?: string;
  /** Where the bundle is kept in place of being served: a folder, or a file that ends in `.tar.gz`. */
  readonly save?: string;
}

type Client = Pick<LeeboardClient, 'outputs' | 'model' | 'version' | 'store'>;

/**
 * `leeboard serve`: a model version on this machine, as the container answers with it.
 * @param connect a deployment, for whoever has no bundle yet
 * @param ended resolves when it is to stop
 */
export async function serve(
  connect: () => Promise<Client>,
  { target, port = '8080', bundle, save }: ServeOptions,
  print: Printer,
  ended: () => Promise<unknown>,
): Promise<ExitCode> {
  if ((target === undefined) === (bundle === undefined))
    throw new UsageError(
      'expected a version such as flights-late@2, or --bundle with a folder, got both or none',
    );
  if (bundle !== undefined && save !== undefined)
    throw new UsageError('--save keeps a version of a deployment: expected no --bundle beside it');
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new UsageError(`--port: expected 0 to 65535, got ${port}`);
  if (save !== undefined && (await stat(save).catch(() => undefined)))
    throw new ConflictError(`${save} is there already: name a file or folder that is not`);
  const scratch = await mkdtemp(join(tmpdir(), 'leeboard-serve-'));
  try {
    const folder = bundle ?? join(scratch, 'bundle');
    if (target !== undefined) await download(await connect(), target, folder);
    if (save !== undefined) return await keep(folder, save, print);
    return await answer(folder, Number(port), print, ended);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function download(client: Client, target: string, folder: string): Promise<void> {
  const { model, version } = target.includes('@')
    ? versionOf(client, target)
    : { model: target, version: await championOf(client, target) };
  const { manifest } = await client.version(model, version);
  if (!manifest) throw new NotFoundError(`${model}@${version} has no bundle`);
  await downloadBundle(await client.store(), manifest, folder);
}

function versionOf(client: Client, target: string): { model: string; version: number } {
  const reference = parseReference(client.outputs, target);
  if (reference.kind === 'run')
    throw new UsageError(`expected a version such as ${reference.model}@2, got a run`);
  return reference;
}

async function championOf(client: Client, model: string): Promise<number> {
  requireKnown('model', model, deployedModels(client.outputs));
  const { champion } = await client.model(model);
  if (champion === null)
    throw new NotFoundError(`${model} has no champion yet: name a version, such as ${model}@1`);
  return champion;
}

async function keep(folder: string, save: string, print: Printer): Promise<ExitCode> {
  const files = await readdir(folder);
  const target = resolve(save);
  if (save.endsWith('.tar.gz')) await promisify(execFile)('tar', ['-czf', target, '-C', folder, ...files]);
  else await cp(folder, target, { recursive: true });
  print.result({ saved: target, files }, () => `saved ${files.length} files to ${target}`);
  return EXIT.ok;
}

async function answer(
  folder: string,
  port: number,
  print: Printer,
  ended: () => Promise<unknown>,
): Promise<ExitCode> {
  const libxgboost = await installLibxgboost();
  // What is asked on this machine is the caller's own: only the deployment keeps a log.
  const log = { append: async () => {} };
  const served = await openBundle({ folder, open: predictorOpener(() => libxgboost), log });
  const { model, version } = await served.check();
  const server = await startServer(served, { port, host: '127.0.0.1', report: () => {} });
  const { url } = server;
  print.result({ model, version, url }, () =>
    [
      `${model}@${version} answers until Ctrl-C:`,
      `POST ${url}/v1/models/${model}/predict   {"rows": [...]}`,
      `POST ${url}/invocations   JSON or CSV, as on SageMaker`,
      `POST ${url}/v2/models/${model}/infer   Open Inference Protocol`,
      `GET  ${url}/ping`,
    ].join('\n'),
  );
  await ended();
  await server.stop();
  return EXIT.ok;
}
