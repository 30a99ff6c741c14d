import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiRoutes } from '#core/api/index.ts';
import type { BinaryPrediction, PredictionAnswer } from '#core/serve/answer.ts';
import { serve } from '#lib/commands/serve.ts';
import { captured } from '#test/commands/captured.ts';
import { client } from './deployment.ts';
import { flightInputs, flightRows, type Row } from './flight-rows.ts';
import { champion } from './training.ts';

const MODEL = 'flights-late';
let rows: readonly Row[];
let version: number;
let folder: string;
let expected: PredictionAnswer<BinaryPrediction>;

beforeAll(async () => {
  ({ version } = await champion(MODEL));
  rows = (await flightRows('04')).slice(0, 500);
  expected = (await client.predict(MODEL, rows)) as PredictionAnswer<BinaryPrediction>;
  folder = await mkdtemp(join(tmpdir(), 'leeboard-served-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the champion, taken from its deployment and served on this machine', () => {
  it('answers as the API does, to the bit, as JSON and CSV', async () => {
    const output = captured({ json: true });
    const ask = async () => {
      const { url } = output.document<{ url: string }>();
      const post = (path: string, body: string, headers: Record<string, string>) =>
        fetch(url + path, { method: 'POST', body, headers });
      const body = JSON.stringify({ rows });
      const json = { 'content-type': 'application/json' };
      for (const path of [`/v1/models/${MODEL}/predict`, '/invocations']) {
        const answer = (await (await post(path, body, json)).json()) as PredictionAnswer;
        expect({ ...answer, predictionId: '' }).toEqual({ ...expected, predictionId: '' });
      }
      const csv = { 'content-type': 'text/csv', accept: 'text/csv' };
      const probabilities = expected.predictions.map(({ probability }) => `${probability}\n`).join('');
      const named = csvOf(Object.keys(rows[0] as Row), true);
      expect(await (await post('/invocations', named, csv)).text()).toBe(probabilities);
      const inOrder = csvOf([...flightInputs].sort(), false);
      expect(await (await post('/invocations', inOrder, csv)).text()).toBe(probabilities);
    };
    await serve(async () => client, { target: MODEL, port: '0' }, output.print, ask);
  });
});

function csvOf(names: readonly string[], header: boolean): string {
  const lines = rows.map((row) => names.map((name) => JSON.stringify(row[name]) ?? '').join(','));
  return `${[...(header ? [names.join(',')] : []), ...lines].join('\n')}\n`.replaceAll('null', '');
}

describe('the OpenAPI document', () => {
  it('tells the columns of the model that answers, with an example that is answered', async () => {
    const { paths } = await client.openApi();
    const body = paths[`/v1/models/${MODEL}/predict`]?.post?.requestBody as {
      content: {
        'application/json': { schema: { properties: { rows: object }; examples: { rows: Row[] }[] } };
      };
    };
    const { schema } = body.content['application/json'];
    expect(schema.properties.rows).toMatchObject({
      items: { properties: { distance: { type: 'number', minimum: 0, maximum: 6000 } } },
    });
    expect((await client.predict(MODEL, schema.examples[0]?.rows ?? [])).predictions).toHaveLength(1);
  });

  it('has every field that is answered', async () => {
    const [run] = await client.runs(MODEL);
    const asked: Record<string, string> = {
      model: MODEL,
      version: String(version),
      run: run?.runId ?? '',
      dataset: 'flights',
    };
    const keys = [
      '',
      '/{model}',
      '/{model}/versions/{version}',
      '/{model}/deployment',
      '/{model}/runs',
      '/{model}/runs/{run}',
    ];
    for (const key of [
      ...keys.map((end) => `GET /v1/models${end}`),
      'GET /v1/datasets/{dataset}/versions',
    ] as const) {
      const path = key.slice('GET '.length).replace(/\{(\w+)\}/g, (_, name: string) => asked[name] ?? '');
      const answer = await client.request('GET', path);
      // What a schema does not name is left out by parsing.
      expect(apiRoutes[key as keyof typeof apiRoutes]?.answers[200]?.parse(answer), key).toEqual(answer);
    }
    const schema = apiRoutes['POST /v1/models/{model}/predict']?.answers[200];
    expect(schema?.parse(expected)).toEqual(expected);
  });
});
