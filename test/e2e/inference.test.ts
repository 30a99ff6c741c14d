import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { BinaryPrediction, PredictionAnswer } from '#core/serve/answer.ts';
import { readPredictions } from '#lib/pipelines/read-predictions.ts';
import { startSigningProxy } from '#test/support/signing-proxy.ts';
import { askTriton } from '#test/support/tritonclient/ask.ts';
import { expectAgreement } from '#test/support/tritonclient/expect-agreement.ts';
import { client, outputs, store, waitFor } from './deployment.ts';
import { flightInputs, flightRows, type Row } from './flight-rows.ts';
import { type Credentials, send, sendUnsigned } from './http.ts';
import { champion } from './training.ts';

const INFER = '/v2/models/flights-late/infer';

let version: number;
let rows: readonly Row[];

beforeAll(async () => {
  ({ version } = await champion('flights-late'));
  rows = (await flightRows('04')).slice(0, 200);
});

it('Python’s tritonclient, as it is shipped, gets what our own protocol answers, and is logged', async () => {
  const proxy = await startSigningProxy({
    target: outputs.apiUrl,
    region: outputs.region,
    credentials: outputs.credentials as Credentials,
  });
  onTestFinished(() => proxy.close());
  const start = Date.now();
  const ours = (await client.predict('flights-late', rows)) as PredictionAnswer<BinaryPrediction>;
  const questions = { url: proxy.url, model: 'flights-late', version, id: 'triton-1', rows };
  const answers = await askTriton(questions);
  const { input } = await client.model('flights-late');
  const number = answers.model.inputs.find(({ datatype }) => datatype === 'FP64')?.name as string;
  expectAgreement(answers, questions, ours, {
    name: number,
    expected: input?.columns[number]?.expected ?? '',
  });
  expect(answers.model.inputs.map(({ name }) => name)).toEqual(expect.arrayContaining([...flightInputs]));

  const { predictionId } = answers.answers.gzip;
  const logged = await waitFor('the log to have the rows', async () => {
    const found = await readPredictions(store, 'flights-late', start, Date.now() + 1);
    const those = found.filter(({ id }) => id.startsWith(predictionId));
    return those.length >= rows.length && those;
  });
  expect(new Set(logged.map(({ id }) => id)).size).toBe(rows.length);
  expect(new Set(logged.map(({ requestId }) => requestId))).toEqual(new Set(['triton-1']));
});

describe('the Open Inference Protocol', () => {
  it.each(['/v2', '/v2/health/live', '/v2/health/ready', '/v2/models/flights-late'])(
    'answers nobody without a signature: %s',
    async (path) => {
      expect((await sendUnsigned('GET', path)).status).toBe(403);
    },
  );

  it('answers nobody without a signature: infer', async () => {
    expect((await sendUnsigned('POST', INFER, '{}')).status).toBe(403);
  });

  it.each<
    [
      what: string,
      method: 'GET' | 'POST',
      path: string,
      body: string | undefined,
      status: number,
      error: RegExp,
    ]
  >([
    ['a model that is not deployed', 'POST', '/v2/models/no-such-model/infer', '{}', 404, /"no-such-model"/],
    ['a model without a champion', 'GET', '/v2/models/silence-high/ready', undefined, 409, /silence-high/],
    [
      'a version that does not exist',
      'GET',
      '/v2/models/flights-late/versions/9999/ready',
      undefined,
      404,
      /9999/,
    ],
    ['a page that does not exist', 'GET', '/v2/models/flights-late/config', undefined, 404, /no GET/],
    ['a page of the server that does not exist', 'GET', '/v2/repository/index', undefined, 404, /no GET/],
    ['a body that is no JSON', 'POST', INFER, '{"inputs":[NaN]}', 400, /NaN is no JSON/],
    ['a body that is too large', 'POST', INFER, `"${'x'.repeat(2 * 2 ** 20)}"`, 413, /at most 2097152 bytes/],
  ])('refuses %s in its own words', async (_, method, path, body, status, error) => {
    const answer = await send(method, path, body);
    expect({ status: answer.status, type: answer.type }).toEqual({ status, type: 'application/json' });
    expect(JSON.parse(answer.body)).toEqual({ error: expect.stringMatching(error) });
  });
});
