import { once } from 'node:events';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { predictorOpener } from '#adapters/open-predictor.ts';
import { loadPredictor } from '#adapters/xgboost/predict.ts';
import type { BinaryPrediction, LoggedPrediction, PredictionAnswer } from '#core/serve/answer.ts';
import { compileEncoder } from '#core/serve/encode-rows.ts';
import { parseRows } from '#core/serve/parse-rows.ts';
import { linear, naive, xgboost as xgboostSpec } from '#core/spec/algorithm.ts';
import { openBundle } from '#lib/server/open-bundle.ts';
import { type RunningServer, type ServedLine, startServer } from '#lib/server/start-server.ts';
import { libraryPath, xgboost } from '#test/adapters/xgboost/library.ts';
import { signature, trainedBundle, tripRows } from './trained-bundle.ts';

const open = predictorOpener(() => libraryPath);
const logged: LoggedPrediction[] = [];
const log = { append: async (rows: readonly LoggedPrediction[]) => void logged.push(...rows) };
const lines: ServedLine[] = [];
const report = (line: ServedLine) => lines.push(line);

let bundle: Awaited<ReturnType<typeof trainedBundle>>;
let server: RunningServer;
beforeAll(async () => {
  bundle = await trainedBundle();
  const served = await openBundle({ ...bundle, open, log });
  server = await startServer(served, { port: 0, host: '127.0.0.1', report });
});
afterAll(async () => {
  await server.stop();
  await bundle.remove();
});

const rows = tripRows(50, 'asked');
const json = (sent: unknown) => JSON.stringify({ rows: sent });
const csv = (sent: typeof rows, names = Object.keys(rows[0] ?? {})) =>
  `${[names, ...sent.map((row) => names.map((name) => row[name] ?? ''))].join('\n')}\n`;

async function post(
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string> = { 'content-type': 'application/json' },
) {
  const answer = await fetch(server.url + path, { method: 'POST', body: body as string, headers });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

async function answered(path: string, sent: unknown): Promise<PredictionAnswer<BinaryPrediction>> {
  const { status, text } = await post(path, json(sent));
  expect({ status, text }).toMatchObject({ status: 200 });
  return JSON.parse(text);
}

/** What libxgboost says to the bundle's model and the encoded rows. */
async function expectedMargins(): Promise<number[]> {
  const predictor = loadPredictor(xgboost, await readFile(join(bundle.folder, 'model.ubj')));
  const encoder = compileEncoder(signature);
  const parsed = parseRows(signature, { rows });
  const matrix = { rows: parsed.length, columns: encoder.columns, values: encoder.encode(parsed) };
  const margins = [...predictor.margins(matrix)];
  predictor.close();
  return margins;
}

describe('the version answers', () => {
  it.each(['/invocations', '/v1/models/trips-late/predict', '/v1/models/trips-late/versions/3/predict'])(
    'as libxgboost does at %s',
    async (path) => {
      const answer = await answered(path, rows);
      expect(answer).toMatchObject({ model: 'trips-late', version: 3 });
      expect(answer.predictions.map(({ margin }) => margin)).toEqual(await expectedMargins());
      expect(new Set(answer.predictions.map(({ probability }) => probability)).size).toBeGreaterThan(3);
    },
  );

  it('CSV with the same numbers as JSON, to the bit', async () => {
    const { predictions } = await answered('/invocations', rows);
    const headers = { 'content-type': 'text/csv', accept: 'text/csv' };
    const { status, text, headers: got } = await post('/invocations', csv(rows), headers);
    expect(status).toBe(200);
    expect(got.get('content-type')).toBe('text/csv; charset=utf-8; header=absent');
    expect(text.trimEnd().split('\n').map(Number)).toEqual(predictions.map(({ probability }) => probability));
  });

  it('CSV without a header in the order of the inputs', async () => {
    const names = signature.inputs.map(({ name }) => name);
    const body = csv(rows, names).replace(/^.*\n/, '');
    const { text } = await post('/invocations', body, { 'content-type': 'text/csv; header=absent' });
    const { predictions } = await answered('/invocations', rows);
    expect(JSON.parse(text).predictions).toEqual(predictions);
  });

  it('the Open Inference Protocol with the same probabilities', async () => {
    const sent = rows.slice(0, 3);
    const { predictions } = await answered('/invocations', sent);
    const tensor = (name: string, datatype: string) => ({
      name,
      datatype,
      shape: [sent.length],
      data: sent.map((row) => row[name]),
    });
    const inputs = [
      tensor('city', 'BYTES'),
      tensor('kind', 'BYTES'),
      tensor('km', 'FP64'),
      tensor('express', 'BOOL'),
      tensor('mm', 'FP64'),
    ];
    const { status, text } = await post('/v2/models/trips-late/infer', JSON.stringify({ inputs }));
    expect({ status, text }).toMatchObject({ status: 200 });
    const { outputs } = JSON.parse(text) as { outputs: { name: string; data: number[] }[] };
    expect(outputs.find(({ name }) => name === 'probability')?.data).toEqual(
      predictions.map(({ probability }) => probability),
    );
    for (const path of ['/v2/health/live', '/v2/health/ready', '/v2/models/trips-late/versions/3/ready'])
      expect((await fetch(server.url + path)).status).toBe(200);
    expect((await post('/v2/models/other/infer', '{}')).status).toBe(404);
  });

  it('and logs each row once, with what came in and the name that the caller gave', async () => {
    const before = logged.length;
    const attributes = 'x-amzn-sagemaker-custom-attributes';
    const { headers, text } = await post('/invocations', json(rows.slice(0, 2)), {
      'content-type': 'application/json',
      [attributes]: 'call-7',
    });
    const { predictionId, predictions } = JSON.parse(text) as PredictionAnswer;
    expect(headers.get(attributes)).toBe(`predictionId=${predictionId}`);
    expect(logged.slice(before)).toMatchObject(
      predictions.map((prediction, index) => ({
        id: `${predictionId}#${index}`,
        requestId: 'call-7',
        inputs: { city: rows[index]?.city, km: rows[index]?.km },
        key: { id: rows[index]?.id },
        ...prediction,
      })),
    );
  });

  it('and writes down no value of a row', () => {
    expect(lines.length).toBeGreaterThan(3);
    expect(JSON.stringify(lines)).not.toContain('north');
  });
});

it.each([
  [undefined, 'application/json'],
  ['*/*', 'application/json'],
  ['text/*', 'text/csv'],
  ['text/csv;q=0.5, application/json;q=0.1', 'text/csv'],
  ['application/json;q=0, text/csv', 'text/csv'],
])('accept %j gets %s', async (accept, type) => {
  const { status, headers } = await post('/invocations', json(rows), {
    'content-type': 'application/json',
    ...(accept && { accept }),
  });
  expect(status).toBe(200);
  expect(headers.get('content-type')).toContain(type);
});

describe('GET /ping', () => {
  it('says which version scored a row of its own making', async () => {
    const answer = await fetch(`${server.url}/ping`);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { model: 'trips-late', version: 3, status: 'ready' },
    ]);
  });

  it('is 503 once the model does not score, and the log says why', async () => {
    let broken = false;
    const served = await openBundle({
      ...bundle,
      log,
      open: (engine, model, of) => {
        const predictor = open(engine, model, of);
        const scores = (matrix: Parameters<typeof predictor.scores>[0]) =>
          broken ? Float32Array.of(Number.NaN) : predictor.scores(matrix);
        return { ...predictor, scores };
      },
    });
    const other = await startServer(served, { port: 0, host: '127.0.0.1', report });
    onTestFinished(() => other.stop());
    expect((await fetch(`${other.url}/ping`)).status).toBe(200);
    broken = true;
    expect((await fetch(`${other.url}/ping`)).status).toBe(503);
    expect(lines.at(-1)).toMatchObject({
      status: 503,
      error: { name: 'NotReadyError', message: expect.stringContaining('trips-late@3 does not score') },
    });
  });
});

describe('a request is refused with a problem document', () => {
  const good = json(rows);
  const csvType = { 'content-type': 'text/csv' };
  const nested = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  it.each<[string, number, string, string | Uint8Array, Record<string, string>?]>([
    ['no JSON', 400, '/invocations', 'rows=1'],
    ['nothing', 400, '/invocations', ''],
    ['no UTF-8', 400, '/invocations', Uint8Array.of(0xff, 0xfe)],
    ['no UTF-8 in CSV', 400, '/invocations', Uint8Array.of(0xff, 0xfe), csvType],
    ['a stray quote in CSV', 400, '/invocations', 'city\na"b\n', csvType],
    ['a compressed body', 415, '/invocations', good, { 'content-encoding': 'gzip' }],
    ['a name twice', 422, '/invocations', good.replace('{"rows"', '{"rows":[],"rows"')],
    ['deep nesting', 422, '/invocations', `{"rows":[{"km":${nested}}]}`],
    ['1e400', 422, '/invocations', good.replace(/"km":[\d.]+/, '"km":1e400')],
    ['1e400 in CSV', 422, '/invocations', 'city,km\nnorth,1e400\n', csvType],
    ['a column __proto__', 422, '/invocations', good.replace('{"id"', '{"__proto__":{},"id"')],
    ['instances in the place of rows', 422, '/invocations', good.replace('rows', 'instances')],
    ['no rows', 422, '/invocations', json([])],
    ['only a header', 422, '/invocations', 'city,km\n', csvType],
    ['1001 rows', 422, '/invocations', json(tripRows(1001))],
    ['1001 rows of CSV', 422, '/invocations', csv(tripRows(1001)), csvType],
    ['a first line that may be either', 422, '/invocations', 'city,x\n', csvType],
    [
      'a long name of the request',
      422,
      '/v1/models/trips-late/predict',
      good,
      { 'x-request-id': 'x'.repeat(129) },
    ],
    ['another type', 415, '/invocations', good, { 'content-type': 'application/x-npy' }],
    ['a header that is neither', 415, '/invocations', good, { 'content-type': 'text/csv; header=maybe' }],
    ['an answer that nobody gives', 406, '/invocations', good, { accept: 'image/png' }],
    ['another model', 404, '/v1/models/other/predict', good],
    ['another version', 404, '/v1/models/trips-late/versions/4/predict', good],
    ['no version', 404, '/v1/models/trips-late/versions/x/predict', good],
    ['another route', 404, '/v1/models', good],
    ['the wrong method', 405, '/ping', good],
  ])('%s: %i', async (_, status, path, body, headers) => {
    const answer = await post(path, body, headers);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const problem = JSON.parse(answer.text);
    expect(problem).toMatchObject({ status, type: expect.stringMatching(/^urn:leeboard:problem:/) });
    expect(problem.detail.length).toBeGreaterThan(10);
    expect(answer.status).toBe(status);
  });

  it.each([1, 40, 80])('a body of more than 2 MiB, however much larger it is (%i MiB more)', async (more) => {
    const answer = await post('/invocations', 'x'.repeat((2 + more) * 2 ** 20));
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.text).detail).toBe('the body must be at most 2097152 bytes');
  });
});

it('one connection carries many requests', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const ports = new Set<number | undefined>();
  for (let index = 0; index < 3; index++) {
    const sent = request(`${server.url}/invocations`, { method: 'POST', agent });
    sent.end(json(rows));
    const [answer] = await once(sent, 'response');
    ports.add(sent.socket?.localPort);
    answer.resume();
    await once(answer, 'end');
  }
  expect(ports.size).toBe(1);
});

describe('when it is told to stop', () => {
  it('it finishes the request that is being sent, takes no other and closes', async () => {
    const served = await openBundle({ ...bundle, open, log });
    const stopped = await startServer(served, { port: 0, host: '127.0.0.1', report });
    const idle = connect(Number(new URL(stopped.url).port), '127.0.0.1');
    await once(idle, 'connect');
    const body = json(rows);
    const sent = request(`${stopped.url}/invocations`, {
      method: 'POST',
      headers: { 'content-length': Buffer.byteLength(body) },
      agent: new Agent({ keepAlive: true }),
    });
    sent.write(body.slice(0, 100));
    await new Promise((done) => setTimeout(done, 100));
    const ended = stopped.stop();
    await expect(fetch(`${stopped.url}/ping`)).rejects.toThrow();
    sent.end(body.slice(100));
    const [answer] = await once(sent, 'response');
    expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close']);
    answer.resume();
    await ended;
    idle.destroy();
  });
});

describe('a bundle is refused', () => {
  const copy = async () => {
    const other = await trainedBundle(naive());
    onTestFinished(other.remove);
    return other;
  };
  const openIt = (given: { folder: string; manifestSha256?: string }) => openBundle({ ...given, open, log });

  it.each(['model.json', 'signature.json', 'decision.json'])('when a byte of %s differs', async (name) => {
    const { folder } = await copy();
    await appendFile(join(folder, name), ' ');
    await expect(openIt({ folder })).rejects.toMatchObject({ name: 'IntegrityError' });
  });

  it('when its manifest is not the approved one', async () => {
    const { folder, manifestSha256 } = await copy();
    await appendFile(join(folder, 'manifest.json'), ' ');
    await expect(openIt({ folder, manifestSha256 })).rejects.toMatchObject({ name: 'IntegrityError' });
    await openIt({ folder });
  });

  it.each(['[]', '{"engine":"naive","files":{}}', '{"engine":"toString","files":{}}', 'no JSON'])(
    'when its manifest is %s',
    async (text) => {
      const { folder } = await copy();
      await writeFile(join(folder, 'manifest.json'), text);
      await expect(openIt({ folder })).rejects.toMatchObject({ name: 'InvalidInputError' });
    },
  );

  it('when a file is missing, and says what a bundle has', async () => {
    const { folder } = await copy();
    await rm(join(folder, 'model.json'));
    const message = 'model.json cannot be read: a bundle has manifest.json and the files it names';
    await expect(openIt({ folder })).rejects.toThrow(message);
    await expect(openIt({ folder: join(folder, 'none') })).rejects.toMatchObject({ name: 'NotFoundError' });
  });
});

it.each([
  ['linear', linear()],
  ['naive', naive()],
  ['xgboost', xgboostSpec({ rounds: 3 })],
])('serves a %s model', async (_, algorithm) => {
  const other = await trainedBundle(algorithm);
  onTestFinished(other.remove);
  const { check } = await openBundle({ ...other, open, log });
  expect(await check()).toEqual({ model: 'trips-late', version: 3 });
});
