import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inferenceRoutes } from '#core/api/inference.ts';
import type { Prediction } from '#core/serve/answer.ts';
import { NotReadyError } from '#core/serve/problem-document.ts';
import type { Signature } from '#core/serve/signature.ts';
import { signatureOf } from '#core/serve/signature-of.ts';
import {
  answerInference,
  type InferenceReply,
  type InferenceServer,
} from '#lib/pipelines/answer-inference.ts';
import { type InferBody, inferBody, type Tensor, withBinary } from '#test/support/infer-body.ts';
import { ScriptedAnswerer } from '#test/support/scripted-answerer.ts';
import { tripsLate } from '#test/support/trips.ts';

const binarySignature = signatureOf(tripsLate(), { city: ['north'], kind: [] });
const regressionSignature: Signature = { ...binarySignature, task: 'regression' };
const classes = ['früh', 'late', '__proto__'];
const multiclassSignature: Signature = { ...binarySignature, task: 'multiclass', classes };
const city: Tensor = { name: 'city', datatype: 'BYTES', values: ['north', 'south'] };

const PROBABILITIES = [0.1 + 0.2, 5e-324];
const MARGINS = [Math.fround(-0.7), Math.fround(1e-45)];
const sayBinary = (_: unknown, index: number) => ({
  probability: PROBABILITIES[index % 2] as number,
  margin: MARGINS[index % 2] as number,
  positive: index % 2 === 1,
});

function served(
  answerer: ScriptedAnswerer | undefined = new ScriptedAnswerer(binarySignature, 3, sayBinary),
) {
  const faults: unknown[] = [];
  const server: InferenceServer = {
    ready: async () => {},
    answerer: (model: string) => (model === answerer?.model ? answerer : undefined),
    logFault: (error: unknown) => void faults.push(error),
  };
  const ask = (
    method: string,
    path: string,
    { headers, body }: InferBody = { headers: {}, body: new Uint8Array() },
  ) => answerInference({ method, path, headers, body }, server);
  return { ask, faults, answerer: answerer as ScriptedAnswerer, server };
}

const infer = (body: InferBody, answerer?: ScriptedAnswerer) =>
  served(answerer).ask('POST', '/v2/models/trips-late/infer', body);
const jsonOf = ({ headers, body }: InferenceReply) =>
  JSON.parse(
    Buffer.from(
      body.subarray(0, Number(headers['inference-header-content-length'] ?? body.length)),
    ).toString(),
  );
const errorOf = (reply: InferenceReply) => ({
  status: reply.status,
  ...(jsonOf(reply) as { error: string }),
});

describe('the pages of server and model', () => {
  it.each([
    ['/v2', { name: 'leeboard', version: '2', extensions: ['binary_tensor_data'] }],
    ['/v2/health/live', { live: true }],
    ['/v2/health/ready', { ready: true }],
    ['/v2/models/trips-late/ready', { name: 'trips-late', ready: true }],
    ['/v2/models/trips-late/versions/2/ready', { name: 'trips-late', ready: true }],
  ])('GET %s', async (path, expected) => {
    const reply = await served().ask('GET', path);
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('application/json');
    expect(jsonOf(reply)).toEqual(expected);
    const route = path.replace('trips-late', '{model}').replace(/\/2(?=\/|$)/, '/{version}');
    const { answers } = inferenceRoutes[`GET ${route}` as keyof typeof inferenceRoutes];
    expect(answers[200]?.parse(expected)).toEqual(expected);
  });

  it('describe each column and each kind of answer as a tensor', async () => {
    const reply = await served().ask('GET', '/v2/models/trips-late');
    const tensor = (name: string, datatype: string, required: boolean, expected: string) => ({
      name,
      datatype,
      shape: [-1],
      parameters: { required, expected },
    });
    expect(jsonOf(reply)).toEqual({
      name: 'trips-late',
      versions: ['3'],
      platform: 'leeboard_bundle',
      inputs: [
        tensor('city', 'BYTES', true, 'one of "north", "south"'),
        tensor('express', 'BOOL', false, 'true or false or null'),
        tensor('kind', 'BYTES', false, 'text of at most 8 characters or null'),
        tensor('km', 'FP64', false, 'a number at least 0 and at most 100 or null'),
        tensor('mm', 'FP64', false, 'a number at least 0 or null'),
        tensor(
          'at',
          'BYTES',
          false,
          'an ISO 8601 instant from 1970-01-01T00:00:00Z to 2199-12-31T23:59:59Z or null',
        ),
        tensor('id', 'FP64', false, 'a whole number at least 1 or null'),
      ],
      outputs: [
        { name: 'probability', datatype: 'FP64', shape: [-1] },
        { name: 'margin', datatype: 'FP32', shape: [-1] },
        { name: 'positive', datatype: 'BOOL', shape: [-1] },
        { name: 'version', datatype: 'INT64', shape: [-1] },
      ],
    });
    expect(jsonOf(await served().ask('GET', '/v2/models/trips-late/versions/2'))).toMatchObject({
      versions: ['2'],
    });
  });

  it('names whole numbers that must be there as INT64, and a class by its name', async () => {
    const inputs = binarySignature.carried.map((input) => ({ ...input, optional: false }));
    const signature = { ...multiclassSignature, inputs, carried: [] };
    const { ask } = served(new ScriptedAnswerer(signature, 1, sayBinary));
    expect(jsonOf(await ask('GET', '/v2/models/trips-late'))).toMatchObject({
      inputs: [{ name: 'at' }, { name: 'id', datatype: 'INT64' }],
      outputs: [
        { name: 'label', datatype: 'BYTES', shape: [-1] },
        {
          name: 'probabilities',
          datatype: 'FP64',
          shape: [-1, 3],
          parameters: { classes: JSON.stringify(classes) },
        },
        { name: 'version' },
      ],
    });
  });
});

describe('an answer', () => {
  it('and its request are as the API’s description says', async () => {
    const { body, answers } = inferenceRoutes['POST /v2/models/{model}/infer'];
    const more = {
      id: 'r-1',
      outputs: [{ name: 'margin', parameters: { binary_data: true } }, { name: 'positive' }],
    };
    for (const tensors of [[city], [{ ...city, binary: true }]]) {
      const sent = inferBody(tensors, more);
      body?.parse(jsonOf({ status: 200, ...sent }));
      answers[200]?.parse(jsonOf(await infer(sent)));
    }
    for (const answerer of [undefined, new ScriptedAnswerer(multiclassSignature, 1, sayBinary)]) {
      const page = jsonOf(await served(answerer).ask('GET', '/v2/models/trips-late'));
      inferenceRoutes['GET /v2/models/{model}'].answers[200]?.parse(page);
    }
  });

  it('has all outputs in JSON, the request’s name, and the prediction’s', async () => {
    const reply = await infer(inferBody([city], { id: 'r-1' }));
    expect(reply.headers).toEqual({ 'content-type': 'application/json' });
    expect(jsonOf(reply)).toEqual({
      model_name: 'trips-late',
      model_version: '3',
      id: 'r-1',
      parameters: { prediction_id: '01890000-0000-7000-8000-000000000000' },
      outputs: [
        { name: 'probability', datatype: 'FP64', shape: [2], data: PROBABILITIES },
        { name: 'margin', datatype: 'FP32', shape: [2], data: MARGINS },
        { name: 'positive', datatype: 'BOOL', shape: [2], data: [false, true] },
        { name: 'version', datatype: 'INT64', shape: [2], data: [3, 3] },
      ],
    });
  });

  it('has the outputs asked for, in that order, in binary where that was asked', async () => {
    const reply = await infer(
      inferBody([city], {
        parameters: { binary_data_output: true },
        outputs: [
          { name: 'version' },
          { name: 'probability', parameters: { binary_data: false } },
          { name: 'positive' },
          { name: 'margin' },
        ],
      }),
    );
    expect(reply.headers['content-type']).toBe('application/octet-stream');
    const { outputs } = jsonOf(reply);
    expect(outputs).toEqual([
      { name: 'version', datatype: 'INT64', shape: [2], parameters: { binary_data_size: 16 } },
      { name: 'probability', datatype: 'FP64', shape: [2], data: PROBABILITIES },
      { name: 'positive', datatype: 'BOOL', shape: [2], parameters: { binary_data_size: 2 } },
      { name: 'margin', datatype: 'FP32', shape: [2], parameters: { binary_data_size: 8 } },
    ]);
    const tail = Buffer.from(reply.body).subarray(Number(reply.headers['inference-header-content-length']));
    expect(tail).toHaveLength(26);
    expect([tail.readBigInt64LE(0), tail.readBigInt64LE(8)]).toEqual([3n, 3n]);
    expect([...tail.subarray(16, 18)]).toEqual([0, 1]);
    expect([tail.readFloatLE(18), tail.readFloatLE(22)]).toEqual(MARGINS);
  });

  it('of a multiclass model has labels as text and a row of probabilities in the classes’ order', async () => {
    const say = (): Prediction => ({
      label: 'früh',
      probabilities: JSON.parse('{"__proto__":0.3,"late":0.2,"früh":0.5}'),
    });
    const answerer = new ScriptedAnswerer(multiclassSignature, 3, say);
    const json = jsonOf(await infer(inferBody([city]), answerer));
    expect(json.outputs.slice(0, 2)).toEqual([
      { name: 'label', datatype: 'BYTES', shape: [2], data: ['früh', 'früh'] },
      {
        name: 'probabilities',
        datatype: 'FP64',
        shape: [2, 3],
        parameters: { classes: JSON.stringify(classes) },
        data: [0.5, 0.2, 0.3, 0.5, 0.2, 0.3],
      },
    ]);
    const outputs = [{ name: 'label', parameters: { binary_data: true } }];
    const reply = await infer(inferBody([city], { outputs }), answerer);
    const tail = Buffer.from(reply.body).subarray(Number(reply.headers['inference-header-content-length']));
    expect(tail.toString('latin1')).toBe(Buffer.from('\x05\0\0\0früh\x05\0\0\0früh').toString('latin1'));
  });

  it('gives a class that a challenger does not know no probability', async () => {
    const say = (): Prediction => ({ label: 'late', probabilities: { late: 1 } });
    const answerer = new ScriptedAnswerer(multiclassSignature, 3, say);
    const outputs = [{ name: 'probabilities' }];
    const json = jsonOf(await infer(inferBody([city], { outputs }), answerer));
    expect(json.outputs[0].data).toEqual([0, 1, 0, 0, 1, 0]);
  });

  it('of a regression has values', async () => {
    const json = jsonOf(
      await infer(inferBody([city]), new ScriptedAnswerer(regressionSignature, 3, (_, value) => ({ value }))),
    );
    expect(json.outputs[0]).toEqual({ name: 'value', datatype: 'FP64', shape: [2], data: [0, 1] });
  });

  it('says which version answered each row', async () => {
    const say = (_: unknown, index: number) => ({ value: 1, ...(index === 1 && { version: 4 }) });
    const json = jsonOf(await infer(inferBody([city]), new ScriptedAnswerer(regressionSignature, 3, say)));
    expect(json).toMatchObject({ model_version: '3', outputs: [{}, { name: 'version', data: [3, 4] }] });
  });

  it('comes from the version that the path names, and the log has the request’s name', async () => {
    const { ask, answerer } = served();
    const reply = await ask(
      'POST',
      '/v2/models/trips%2Dlate/versions/2/infer',
      inferBody([city], { id: 'r-2' }),
    );
    expect(jsonOf(reply)).toMatchObject({ model_version: '2', id: 'r-2' });
    expect(answerer.asked).toMatchObject([
      { request: { version: 2, requestId: 'r-2' }, rows: [{ city: 'north' }, { city: 'south' }] },
    ]);
  });

  it('is given to gzip and deflate, too, in any case of letters', async () => {
    const { headers, body } = inferBody([{ ...city, binary: true }]);
    for (const [encoding, packed] of [
      ['gzip', gzipSync(body)],
      ['GZIP', gzipSync(body)],
      ['deflate', deflateSync(body)],
      ['identity', body],
    ] as const) {
      const reply = await infer({ headers: { ...headers, 'content-encoding': encoding }, body: packed });
      expect(jsonOf(reply)).toMatchObject({ model_name: 'trips-late' });
    }
  });
});

describe('a request is refused', () => {
  it.each([
    ['POST', '/v2/models/nobody/infer', 404, /no model named "nobody" is deployed/],
    ['GET', '/v2/models/trips-late/versions/4', 404, /has no version 4/],
    ['GET', '/v2/models/trips-late/versions/4/ready', 404, /has no version 4/],
    ['GET', '/v2/models/trips-late/versions/0', 404, /no version "0": versions are numbers from 1/],
    ['GET', '/v2/models/trips-late/versions/%zz', 404, /no version "%zz"/],
    ['GET', '/v2/models/trips-late/infer', 404, /no GET/],
    ['POST', '/v2/models/trips-late', 404, /no POST/],
    ['GET', '/v2/models/trips-late/config', 404, /no GET/],
    ['GET', '/v2/repository/index', 404, /no GET/],
    ['POST', '/v2/models/trips-late/infer', 400, /must be JSON/],
  ])('%s %s', async (method, path, status, message) => {
    expect(errorOf(await served().ask(method, path))).toEqual({
      status,
      error: expect.stringMatching(message),
    });
  });

  const good = inferBody([{ ...city, binary: true }]);
  const jsonBody = inferBody([city]);
  const bytes = (text: string | Uint8Array) => ({ headers: {}, body: Buffer.from(text) });
  const encoded = (encoding: string, body: Uint8Array) => ({
    headers: { 'content-encoding': encoding },
    body,
  });
  const headerLength = (length: string) => ({
    ...good,
    headers: { 'inference-header-content-length': length },
  });
  it.each<[what: string, body: InferBody, status: number, message: RegExp]>([
    ['half of a JSON text', bytes('{"inputs":['), 400, /must be JSON in UTF-8/],
    ['bare NaN', bytes('{"inputs":[NaN]}'), 400, /NaN is no JSON/],
    ['bytes that are not UTF-8', bytes(Uint8Array.of(0x22, 0xff, 0x22)), 400, /must be JSON in UTF-8/],
    ['a list', bytes('[]'), 422, /expected an object/],
    [
      'wrong fields, all named',
      inferBody([{ ...city, values: ['x', 'y'] }]),
      422,
      /inputs.city.data\[0\].*; inputs.city.data\[1\]/,
    ],
    [
      'a length beyond the body',
      headerLength('100000'),
      400,
      /Inference-Header-Content-Length .* got "100000"/,
    ],
    ['a length that is no number', headerLength('-1'), 400, /got "-1"/],
    ['a length that cuts the JSON', headerLength('10'), 400, /must be JSON in UTF-8/],
    ['binary tensors without the length', { headers: {}, body: good.body }, 400, /must be JSON in UTF-8/],
    ['too many bytes', bytes(new Uint8Array(2 * 2 ** 20 + 1)), 413, /at most 2097152 bytes/],
    [
      'a small body that is large unpacked',
      encoded('gzip', gzipSync(Buffer.alloc(2 * 2 ** 20 + 1))),
      413,
      /at most 2097152 bytes/,
    ],
    ['another encoding', encoded('br', jsonBody.body), 415, /gzip or deflate, got "br"/],
    ['an encoding that it is not in', encoded('gzip', jsonBody.body), 400, /must be gzip/],
    ['deflate without its frame', encoded('deflate', deflateRawSync(jsonBody.body)), 400, /must be deflate/],
    ['half of a gzip', encoded('gzip', gzipSync(jsonBody.body).subarray(0, 30)), 400, /must be gzip/],
  ])('for %s', async (_, body, status, message) => {
    const { ask, answerer, faults } = served();
    expect(errorOf(await ask('POST', '/v2/models/trips-late/infer', body))).toEqual({
      status,
      error: expect.stringMatching(message),
    });
    expect([answerer.asked, faults]).toEqual([[], []]);
  });

  it('whose answer would be too large, and says what to do', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => `class ${index}`);
    const signature = { ...multiclassSignature, classes: many };
    const say = (): Prediction => ({
      label: 'class 0',
      probabilities: Object.fromEntries(many.map((name) => [name, 1 / 3])),
    });
    const rows = inferBody([{ ...city, values: Array(1000).fill('north') }]);
    const reply = await infer(rows, new ScriptedAnswerer(signature, 1, say));
    expect(errorOf(reply)).toEqual({ status: 413, error: expect.stringMatching(/send fewer rows/) });
  });

  it('while there is no champion', async () => {
    const { server } = served();
    const answerer = {
      ...server.answerer('trips-late'),
      model: 'trips-late',
      describe: async () => {
        throw new NotReadyError('no champion yet');
      },
    };
    const reply = await answerInference(
      { method: 'GET', path: '/v2/models/trips-late/ready', headers: {}, body: new Uint8Array() },
      { ...server, answerer: () => answerer as unknown as ScriptedAnswerer },
    );
    expect(errorOf(reply)).toEqual({ status: 409, error: 'no champion yet' });
  });
});

it('tells the log of its own failures, and the caller nothing of them', async () => {
  const { server, faults } = served();
  const down = new Error('secret detail');
  const reply = await answerInference(
    { method: 'GET', path: '/v2/health/ready', headers: {}, body: new Uint8Array() },
    { ...server, ready: () => Promise.reject(down) },
  );
  expect(errorOf(reply)).toEqual({ status: 500, error: 'Something failed on our side; it was logged.' });
  expect(faults).toEqual([down]);
});

describe('whatever bytes come', () => {
  const tensors: Tensor[] = [
    { ...city, binary: true },
    { name: 'km', datatype: 'FP64', values: [5, null], binary: true },
    { name: 'express', datatype: 'BOOL', values: [true, false], binary: true },
    { name: 'id', datatype: 'INT64', values: [1, 2], binary: true },
  ];
  const { headers, body } = inferBody(tensors);
  const jsonLength = Number(headers['inference-header-content-length']);

  it('the answer is rows or 4xx with a sentence, never 5xx', async () => {
    const { ask, faults } = served();
    const change = fc.record({
      at: fc.nat(body.length - 1),
      kind: fc.constantFrom('flip', 'cut', 'insert', 'length'),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        let sent = Buffer.from(body);
        let length = jsonLength;
        for (const { at, kind, bytes } of changes) {
          if (kind === 'flip')
            sent.set(bytes.subarray(0, Math.max(sent.length - at, 0)), Math.min(at, sent.length));
          if (kind === 'cut') sent = sent.subarray(0, at);
          if (kind === 'insert') sent = Buffer.concat([sent.subarray(0, at), bytes, sent.subarray(at)]);
          if (kind === 'length') length = at;
        }
        const reply = await ask('POST', '/v2/models/trips-late/infer', {
          headers: { 'inference-header-content-length': String(length) },
          body: sent,
        });
        if (reply.status === 200) return;
        expect(reply.status).toBeGreaterThanOrEqual(400);
        expect(reply.status).toBeLessThan(500);
        expect(errorOf(reply).error.length).toBeGreaterThan(10);
      }),
      { numRuns: 3000 },
    );
    expect(faults).toEqual([]);
  });

  it('behind good JSON, too', async () => {
    const { ask, faults } = served();
    const header = JSON.parse(Buffer.from(body.subarray(0, jsonLength)).toString());
    const sizes = fc.array(fc.nat(40), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.uint8Array({ maxLength: 120 }), async (given, binary) => {
        const inputs = header.inputs.map((input: object, index: number) => ({
          ...input,
          parameters: { binary_data_size: given[index] },
        }));
        const reply = await ask('POST', '/v2/models/trips-late/infer', withBinary({ inputs }, [binary]));
        expect([400, 422]).toContain(reply.status);
      }),
      { numRuns: 2000 },
    );
    expect(faults).toEqual([]);
  });

  it('JSON of any shape, too', async () => {
    const { ask, faults } = served();
    const tensor = fc.record(
      {
        name: fc.constantFrom('city', 'km', 'x', 5),
        shape: fc.jsonValue(),
        datatype: fc.constantFrom('BYTES', 'FP64', 'BOOL', 7),
        data: fc.jsonValue(),
        parameters: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const request = fc.oneof(
      fc.jsonValue(),
      fc.record(
        { inputs: fc.oneof(fc.array(tensor), fc.jsonValue()), outputs: fc.jsonValue() },
        { requiredKeys: [] },
      ),
    );
    await fc.assert(
      fc.asyncProperty(request, async (sent) => {
        const { status } = await ask('POST', '/v2/models/trips-late/infer', {
          headers: {},
          body: Buffer.from(JSON.stringify(sent)),
        });
        expect(status).toBe(422);
      }),
      { numRuns: 2000 },
    );
    expect(faults).toEqual([]);
  });
});
