import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { predictionRoutes } from '#core/api/prediction.ts';
import { NotFoundError } from '#core/errors.ts';
import type { Answerer, PredictionRequest } from '#ports/answerer.ts';
import { signature } from '#test/support/bundle.ts';
import { predictRoutes } from '../../lambdas/shared/predict-routes.ts';
import { routed } from '../../lambdas/shared/router.ts';

const asked: PredictionRequest[] = [];
const answerer: Answerer = {
  model: 'trips-late',
  describe: async () => ({ version: 1, signature }),
  answer: async (parse, request = {}) => {
    parse(signature);
    asked.push(request);
    if (request.version === 9) throw new NotFoundError('trips-late has no version 9 that may answer');
    const answer = { predictionId: 'p', model: 'trips-late', version: request.version ?? 1, predictions: [] };
    return { answer, signature };
  },
};
const handler = routed('trips-late', predictRoutes(answerer), () => {});

const trip = { id: 1, at: '2013-01-01T08:00:00Z', city: 'north', kind: 'day', km: 1, express: true };

/** Asks as API Gateway does. */
async function ask(
  path: string,
  headers: Record<string, string> = {},
  version?: string,
): Promise<{ status: number | undefined; body: Readonly<Record<string, unknown>> }> {
  const event = {
    routeKey: `POST ${path}`,
    headers,
    body: JSON.stringify({ rows: [trip] }),
    isBase64Encoded: false,
    ...(version !== undefined && { pathParameters: { version } }),
  } as unknown as APIGatewayProxyEventV2;
  const { statusCode, body } = (await handler(event)) as APIGatewayProxyStructuredResultV2;
  return { status: statusCode, body: JSON.parse(body ?? '') };
}

const PREDICT = '/v1/models/trips-late/predict';
const PINNED = '/v1/models/trips-late/versions/{version}/predict';

describe('the prediction function', () => {
  it('answers every route of the API that is about predictions, and no other', async () => {
    expect(Object.keys(predictRoutes(answerer)).sort()).toEqual(Object.keys(predictionRoutes).sort());
    expect(await ask('/v1/models/other/predict')).toMatchObject({
      status: 404,
      body: { type: 'urn:leeboard:problem:NotFoundError' },
    });
  });

  it('hands on which version is asked for', async () => {
    expect(await ask(PREDICT)).toMatchObject({ status: 200, body: { version: 1 } });
    expect(await ask(PINNED, {}, '7')).toMatchObject({ status: 200, body: { version: 7 } });
    expect(asked.slice(-2)).toEqual([{}, { version: 7 }]);
  });

  it.each(['0', '-1', '1.5', 'latest', '01', '1e3', '9999999999'])('has no version %s', async (version) => {
    const before = asked.length;
    expect((await ask(PINNED, {}, version)).status).toBe(404);
    expect(asked).toHaveLength(before);
  });

  it('says that a version does not exist', async () => {
    expect(await ask(PINNED, {}, '9')).toMatchObject({ status: 404 });
  });

  it("hands on the caller's name for the request", async () => {
    await ask(PREDICT, { 'x-request-id': 'order/17~a' });
    expect(asked.at(-1)).toEqual({ requestId: 'order/17~a' });
  });

  it.each([
    ['nothing', ''],
    ['a space', 'a b'],
    ['a control character', 'a\u0007'],
    ['more than 128 characters', 'x'.repeat(129)],
    ['letters beyond ASCII', 'ä'],
  ])('refuses a name with %s', async (_, id) => {
    const logged = vi.spyOn(console, 'error');
    expect(await ask(PREDICT, { 'x-request-id': id })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'x-request-id' }] },
    });
    expect(logged).not.toHaveBeenCalled();
    logged.mockRestore();
  });
});
