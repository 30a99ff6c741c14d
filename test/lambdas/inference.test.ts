import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { expect, it } from 'vitest';
import { signatureOf } from '#core/serve/signature-of.ts';
import { type InferBody, inferBody, type Tensor } from '#test/support/infer-body.ts';
import { ScriptedAnswerer } from '#test/support/scripted-answerer.ts';
import { tripsLate } from '#test/support/trips.ts';
import { inferenceRoutes } from '../../lambdas/shared/inference.ts';
import { routed } from '../../lambdas/shared/router.ts';

const signature = signatureOf(tripsLate(), { city: ['north'], kind: [] });
const answerer = new ScriptedAnswerer(signature, 3, () => ({
  probability: 0.1 + 0.2,
  margin: -0.5,
  positive: false,
}));
const handler = routed('trips-late', inferenceRoutes(answerer), () => {});
const PATH = '/v2/models/trips-late/infer';
const city: Tensor = { name: 'city', datatype: 'BYTES', values: ['north'] };

const ask = ({ headers, body }: InferBody, isBase64Encoded: boolean) =>
  handler({
    routeKey: `POST ${PATH}`,
    rawPath: PATH,
    requestContext: { http: { method: 'POST' } },
    headers,
    body: Buffer.from(body).toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  } as unknown as APIGatewayProxyEventV2);

it('takes bodies as text and as base64, and answers JSON as text', async () => {
  for (const isBase64Encoded of [true, false]) {
    const answer = await ask(inferBody([city]), isBase64Encoded);
    expect(answer).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } });
    expect(answer.isBase64Encoded).toBeUndefined();
    expect(JSON.parse(answer.body ?? '').outputs[0].data).toEqual([0.1 + 0.2]);
  }
});

it('answers binary tensors as base64', async () => {
  const outputs = [{ name: 'probability', parameters: { binary_data: true } }];
  const answer = await ask(inferBody([{ ...city, binary: true }], { outputs }), true);
  expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: true });
  const length = Number(answer.headers?.['inference-header-content-length']);
  const bytes = Buffer.from(answer.body ?? '', 'base64').subarray(length);
  expect(bytes).toHaveLength(8);
  expect(bytes.readDoubleLE()).toBe(0.1 + 0.2);
});

it('says what to do when API Gateway took binary tensors for text', async () => {
  const km = { name: 'km', datatype: 'FP64', values: [-99.9], binary: true };
  const answer = await ask(inferBody([city, km]), false);
  expect(answer.statusCode).toBe(400);
  expect(JSON.parse(answer.body ?? '')).toEqual({
    error: expect.stringContaining('application/octet-stream'),
  });
});
