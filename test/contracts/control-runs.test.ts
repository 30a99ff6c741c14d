import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithIAMAuthorizer,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';
import { beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { Registry } from '#ports/registry.ts';
import { handler as control } from '../../lambdas/control-runs.ts';
import { handler as describeModels } from '../../lambdas/describe-models.ts';
import { handler as endTraining } from '../../lambdas/end-training.ts';
import { handler as leaseTraining } from '../../lambdas/lease-training.ts';
import { createMachine, openRegistry } from './emulated.ts';

const MODEL = 'late';
const ANNA = 'arn:aws:iam::000000000000:user/anna';

let registry: Registry;
beforeAll(async () => {
  const opened = await openRegistry();
  registry = opened.registry;
  const variables = {
    AWS_ENDPOINT_URL: inject('endpoint'),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    REGISTRY_TABLE: opened.tableName,
    ENVIRONMENT: 'prod',
    STATES_ARN: 'arn:aws:states:us-east-1:000000000000',
    CODE_VERSION: 'code',
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  await createMachine(`leeboard-prod-${MODEL}-train-model`);
});

type Handler = (
  event: APIGatewayProxyEventV2WithIAMAuthorizer & APIGatewayProxyEventV2,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** A request as API Gateway passes it on. */
async function send(handler: Handler, routeKey: string, pathParameters: object, body?: unknown) {
  const requestContext = { authorizer: { iam: { userArn: ANNA } } };
  const event = {
    routeKey,
    rawPath: routeKey.split(' ')[1],
    headers: {},
    pathParameters,
    requestContext,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  const { statusCode, body: answer } = await handler(event as unknown as Parameters<Handler>[0]);
  return { status: statusCode, body: JSON.parse(answer as string) };
}

const start = (body?: unknown, model = MODEL) =>
  send(control, 'POST /v1/models/{model}/runs', { model }, body);
const cancel = (run: string) =>
  send(control, 'POST /v1/models/{model}/runs/{run}/cancel', { model: MODEL, run });
const resume = (run: string, body?: unknown) =>
  send(control, 'POST /v1/models/{model}/runs/{run}/resume', { model: MODEL, run }, body);
const look = (run: string) =>
  send(describeModels, 'GET /v1/models/{model}/runs/{run}', { model: MODEL, run });
const list = (model: string) => send(describeModels, 'GET /v1/models/{model}/runs', { model });

/** The first state of an execution. */
function lease(execution: string, input: object = {}) {
  const { resume: runId = execution, by = ANNA } = input as { resume?: string; by?: string };
  const at = '2026-01-01T00:00:00.000Z';
  const spec = { bucket: 'b', key: 'k', sha256: 'spec' };
  const run = { model: MODEL, runId, execution, asOf: at, startedAt: at, by, spec };
  return leaseTraining({ run, request: input });
}

describe('POST /v1/models/{model}/runs', () => {
  it('starts a run by who signed, which can be looked at from then on', async () => {
    const wish = { reason: 'new airport', asOf: '2013-04-01', set: { 'algorithm.rounds': 5 } };
    const { status, body } = await start(wish);
    expect([status, body]).toEqual([202, { runId: expect.any(String), status: 'waiting' }]);
    expect((await look(body.runId)).body).toMatchObject({ status: 'waiting', by: ANNA, progress: null });
    const leased = await lease(body.runId, wish);
    expect(leased).toMatchObject({ status: 'acquired', run: { set: wish.set } });
    const progress = { state: 'TrainModel', done: 1, total: 5, at: '2026-01-01T00:01:00.000Z' };
    await registry.recordProgress(MODEL, body.runId, progress);
    expect((await look(body.runId)).body).toMatchObject({
      status: 'running',
      requests: [{ by: ANNA, reason: 'new airport', set: wish.set }],
      progress,
    });
    await cancel(body.runId);
  });

  it.each([
    [{ asOf: 'yesterday' }, 'asOf'],
    [{ set: 5 }, 'set'],
    [{ set: { 'algorithm.rounds': 'x'.repeat(5000) } }, 'set'],
    [{ reproduce: 0 }, 'reproduce'],
    [{ reason: '' }, 'reason'],
    [{ by: 'somebody else' }, 'by'],
  ])('refuses %j and names the field', async (body, field) => {
    const answer = await start(body);
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body.errors)).toContain(field);
  });

  it('knows no model that is not deployed', async () => {
    expect(await start({}, 'nobody')).toMatchObject({
      status: 404,
      body: { detail: 'no model named "nobody" is deployed' },
    });
    expect((await start({}, 'NO/../body')).status).toBe(422);
  });
});

describe('a run', () => {
  it('is cancelled, resumed under its own id, and handed over when it ends', async () => {
    const { runId } = (await start()).body;
    await lease(runId);
    const second = (await start({ reason: 'drift' })).body.runId;
    expect(await lease(second, { reason: 'drift' })).toMatchObject({
      status: 'merged',
      into: `${second}-next`,
    });
    expect((await look(second)).body).toMatchObject({ status: 'merged', mergedInto: `${second}-next` });
    expect((await look(`${second}-next`)).body).toMatchObject({ status: 'waiting' });

    expect(await cancel(runId)).toEqual({ status: 202, body: { runId, status: 'cancelled' } });
    expect((await look(runId)).body).toMatchObject({ status: 'cancelled', cancelled: { by: ANNA } });
    expect((await cancel(runId)).status).toBe(202);

    const called = { by: ANNA, reason: 'drift', token: (await registry.lease(MODEL))?.token };
    const next = await lease(`${second}-next`, called);
    expect(next.status).toBe('acquired');
    expect((await resume(runId)).status).toBe(202);
    expect(await resume(runId, { reason: 'impatience' })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('is being resumed') },
    });
    expect(await lease(`${runId}-resume-1`, { resume: runId })).toMatchObject({
      status: 'merged',
      into: runId,
    });
    expect((await look(runId)).body.status).toBe('waiting');

    expect(await endTraining(next)).toEqual({ status: 'handed over', next: `${runId}-resume-1-next` });
    // Delivered again, it starts the same execution again, which is none.
    expect(await endTraining(next)).toEqual({ status: 'stale', next: `${runId}-resume-1-next` });
    const token = (await registry.lease(MODEL))?.token;
    const again = await lease(`${runId}-resume-1-next`, { resume: runId, token });
    expect(again).toMatchObject({ status: 'acquired', run: { runId, token } });
    expect(await endTraining(again)).toEqual({ status: 'freed' });
  });

  it('that is over is not cancelled, and one that is not there is not found', async () => {
    const { runId } = (await start()).body;
    const leased = await lease(runId);
    const run = await registry.run(MODEL, runId);
    if (!run) throw new Error('the run was not recorded');
    await registry.recordRun({ ...run, status: 'succeeded' });
    await endTraining(leased);
    expect(await cancel(runId)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('is over: its status is succeeded') },
    });
    expect(await resume(runId)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('must be failed or cancelled') },
    });
    for (const answer of [await cancel('nothing'), await resume('nothing'), await look('nothing')])
      expect(answer).toMatchObject({ status: 404, body: { detail: 'model late has no run nothing' } });
  });
});

describe('GET /v1/models/{model}/runs', () => {
  it('lists the runs of a model, also of one that has no version', async () => {
    await lease((await start()).body.runId);
    expect((await list(MODEL)).body.runs.length).toBeGreaterThan(0);
  });

  it('knows no model that there is not', async () => {
    expect(await list('nobody')).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('no model named "nobody"') },
    });
  });
});
