import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { expect, it } from 'vitest';
import { type Answers, routed } from '../../lambdas/shared/router.ts';

/** Answers a request with this status. @returns what was counted */
async function counted(statusCode: number, routeKey = 'POST /v1/models/trips-late/predict') {
  const counts: unknown[] = [];
  const answers = { 'POST /v1/models/{model}/predict': async () => ({ statusCode }) } satisfies Answers;
  const handler = routed('trips-late', answers, (...each) => void counts.push(each));
  await handler({ routeKey } as APIGatewayProxyEventV2);
  return counts;
}

it.each([400, 413, 415, 422])('a request refused with %i is counted as invalid, once', async (status) => {
  expect(await counted(status)).toEqual([['trips-late', { InvalidRequests: 1 }]]);
});

it.each([500, 503])('an answer of %i is counted as our error, once', async (status) => {
  expect(await counted(status)).toEqual([['trips-late', { ServerErrors: 1 }]]);
});

it.each([200, 404, 405, 409])('nothing is counted of %i: the body is not what is wrong', async (status) => {
  expect(await counted(status)).toEqual([]);
});

it('a route that does not exist is nobody’s quality', async () => {
  expect(await counted(200, 'POST /v1/models/other/predict')).toEqual([]);
});
