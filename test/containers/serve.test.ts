import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { PredictionAnswer } from '#core/serve/answer.ts';
import { PROJECT_ROOT } from '#lib/project-root.ts';
import { trainedBundle, tripRows } from '#test/server/trained-bundle.ts';
import { type BuiltImage, buildImage } from './built-image.ts';

const SERVE = join(PROJECT_ROOT, 'containers/serve');

let folder: string;
let image: BuiltImage;
let bundle: Awaited<ReturnType<typeof trainedBundle>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leeboard-image-'));
  const context = join(folder, 'context');
  for (const file of ['local/engines/requirements.lock', 'containers/serve/package.json']) {
    await mkdir(dirname(join(context, file)), { recursive: true });
    await cp(join(PROJECT_ROOT, file), join(context, file));
  }
  await cp(join(SERVE, 'package-lock.json'), join(context, 'containers/serve/package-lock.json'));
  const bundler = join(PROJECT_ROOT, 'bin/bundle.ts');
  await promisify(execFile)(process.execPath, ['--import', 'tsx', bundler, join(context, 'dist')], {
    cwd: PROJECT_ROOT,
  });
  image = await buildImage(join(SERVE, 'Dockerfile'), context, folder);
  bundle = await trainedBundle();
});
afterAll(async () => {
  await bundle.remove();
  await rm(folder, { recursive: true, force: true });
});

/** As `docker run <image> <arguments>` starts it, on a free port; nothing of this machine's environment but PATH. */
function start(args: readonly string[], environment: Record<string, string>): ChildProcess {
  const [program = '', ...rest] = [...image.entryPoint, ...args];
  const env = { PATH: dirname(process.execPath), ...image.environment, ...environment };
  return spawn(program, rest, { cwd: image.root, env, stdio: 'pipe' });
}

/** A container that is ready, and the lines it printed. */
async function serving(environment: Record<string, string> = {}) {
  const port = await freePort();
  const child = start(image.command, {
    LEEBOARD_BUNDLE: bundle.folder,
    SAGEMAKER_BIND_TO_PORT: String(port),
    ...environment,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [errors, printed]: [string[], string[]] = [[], []];
  const lines = createInterface({ input: child.stderr as NodeJS.ReadableStream });
  lines.on('line', (line) => errors.push(line));
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => printed.push(line));
  const exit = once(child, 'exit');
  await Promise.race([
    once(lines, 'line'),
    exit.then(() => {
      throw new Error(errors.join('\n'));
    }),
  ]);
  return { child, exit, port, errors, printed, url: `http://127.0.0.1:${port}` };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

const body = JSON.stringify({ rows: tripRows(20) });

describe('the image', () => {
  it('takes the same koffi as the project, by the same hashes', async () => {
    const packages = async (file: string): Promise<Record<string, { version: string; integrity: string }>> =>
      JSON.parse(await readFile(file, 'utf8')).packages;
    const ours = await packages(join(PROJECT_ROOT, 'package-lock.json'));
    const { '': _, ...theirs } = await packages(join(SERVE, 'package-lock.json'));
    expect(Object.keys(theirs)).toContain('node_modules/koffi');
    for (const [name, { version, integrity }] of Object.entries(theirs))
      expect({ name, version, integrity }).toEqual({
        name,
        version: ours[name]?.version,
        integrity: ours[name]?.integrity,
      });
  });

  it('runs as nobody special, and listens where SageMaker calls', () => {
    expect([image.user, image.port, image.command]).toEqual(['node', '8080', ['serve']]);
  });
});

describe('the container', () => {
  it('serves the bundle at /opt/ml/model and says how it is', async () => {
    const { url, port, errors } = await serving();
    expect(JSON.parse(errors[0] as string)).toMatchObject({
      status: 'ready',
      model: 'trips-late',
      version: 3,
    });
    expect((await fetch(`${url}/ping`)).status).toBe(200);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/invocations`, { method: 'POST', headers, body });
    expect(((await answer.json()) as PredictionAnswer).predictions).toHaveLength(20);
    const [program = '', ...rest] = image.healthCheck;
    const healthy = spawn(program, rest, {
      env: { PATH: dirname(process.execPath), SAGEMAKER_BIND_TO_PORT: String(port) },
    });
    expect(await once(healthy, 'exit')).toEqual([0, null]);
    const unhealthy = spawn(program, rest, {
      env: { PATH: dirname(process.execPath), SAGEMAKER_BIND_TO_PORT: String(await freePort()) },
    });
    expect(await once(unhealthy, 'exit')).toEqual([1, null]);
  });

  it('finishes the request in flight when it is told to end, then exits with 0', async () => {
    const { child, exit, url, printed } = await serving({ LEEBOARD_PREDICTIONS: 'stdout' });
    const headers = { 'content-length': Buffer.byteLength(body) };
    const sent = request(`${url}/invocations`, { method: 'POST', headers });
    sent.write(body.slice(0, 10));
    await new Promise((done) => setTimeout(done, 200));
    child.kill('SIGTERM');
    await expect(
      (async () => {
        for (;;) await fetch(`${url}/ping`);
      })(),
    ).rejects.toThrow();
    expect(child.exitCode).toBe(null);
    sent.end(body.slice(10));
    const [answer] = await once(sent, 'response');
    expect(answer.statusCode).toBe(200);
    answer.resume();
    expect(await exit).toEqual([0, null]);
    expect(printed.map((line) => JSON.parse(line).version)).toEqual(Array(20).fill(3));
  });

  it.each<
    [
      what: string,
      args: string[],
      environment: () => Promise<Record<string, string>>,
      code: number,
      says: string,
    ]
  >([
    [
      'a bundle that is not the approved one',
      ['serve'],
      async () => ({ LEEBOARD_MANIFEST_SHA256: 'f'.repeat(64) }),
      1,
      'IntegrityError',
    ],
    ['no bundle', [], async () => ({ LEEBOARD_BUNDLE: folder }), 1, 'NotFoundError'],
    ['a changed byte', [], changed, 1, 'IntegrityError'],
    ['another command', ['train'], async () => ({}), 2, 'usage: serve'],
    ['predictions to nowhere', [], async () => ({ LEEBOARD_PREDICTIONS: 'file' }), 2, 'usage: serve'],
  ])('does not start with %s', async (_, args, environment, code, says) => {
    const child = start(args, { LEEBOARD_BUNDLE: bundle.folder, ...(await environment()) });
    const chunks: string[] = [];
    child.stderr?.on('data', (chunk) => chunks.push(String(chunk)));
    expect(await once(child, 'close')).toEqual([code, null]);
    expect(chunks.join('')).toContain(says);
  });
});

async function changed(): Promise<Record<string, string>> {
  const copy = join(folder, 'changed');
  await cp(bundle.folder, copy, { recursive: true });
  await appendFile(join(copy, 'model.ubj'), ' ');
  return { LEEBOARD_BUNDLE: copy };
}
