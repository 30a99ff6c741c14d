import { predictorOpener } from '#adapters/open-predictor.ts';
import { openBundle } from './open-bundle.ts';
import { startServer } from './start-server.ts';

const USAGE = `usage: serve | check
  serve  answer over HTTP until SIGTERM (the default)
  check  exit with 0 when the server of this container is ready
environment:
  LEEBOARD_BUNDLE           folder of the bundle (default: /opt/ml/model)
  LEEBOARD_MANIFEST_SHA256  hash that its manifest.json must have (default: any)
  LEEBOARD_PREDICTIONS      stdout: print each prediction with its inputs as a JSON line (default: nothing)
  LEEBOARD_LIBXGBOOST       where libxgboost is (the image sets it)
  SAGEMAKER_BIND_TO_PORT    port (default: 8080)`;

const {
  LEEBOARD_BUNDLE: folder = '/opt/ml/model',
  LEEBOARD_MANIFEST_SHA256: manifestSha256,
  LEEBOARD_PREDICTIONS: predictions,
  LEEBOARD_LIBXGBOOST: libxgboost,
  SAGEMAKER_BIND_TO_PORT: port = '8080',
} = process.env;

const line = (stream: NodeJS.WriteStream, document: object) => stream.write(`${JSON.stringify(document)}\n`);
const [command = 'serve', ...rest] = process.argv.slice(2);

async function serve(): Promise<void> {
  const open = predictorOpener(() => {
    if (!libxgboost) throw new Error('LEEBOARD_LIBXGBOOST must say where libxgboost is, got nothing');
    return libxgboost;
  });
  const log = {
    append: async (rows: readonly object[]) => {
      if (predictions === 'stdout') for (const row of rows) line(process.stdout, row);
    },
  };
  const served = await openBundle({ folder, manifestSha256, open, log });
  const server = await startServer(served, {
    port: Number(port),
    report: (request) => line(process.stderr, request),
  });
  line(process.stderr, { status: 'ready', ...(await served.check()), url: server.url });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void server.stop());
}

async function check(): Promise<void> {
  const { ok } = await fetch(`http://127.0.0.1:${port}/ping`);
  if (!ok) process.exitCode = 1;
}

const commands = new Map([
  ['serve', serve],
  ['check', check],
]);
const isUnderstood = rest.length === 0 && (predictions === undefined || predictions === 'stdout');
const run = isUnderstood ? commands.get(command) : undefined;
if (run) {
  run().catch(({ name, message, stack }: Error) => {
    line(process.stderr, { status: 'failed', name, message, stack });
    process.exitCode = 1;
  });
} else {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
}
