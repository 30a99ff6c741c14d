import { randomUUID } from 'node:crypto';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { z } from 'zod';
import { EventBus } from '#adapters/eventbridge/event-bus.ts';
import { RetrainBody } from '#core/api/decisions.ts';
import { ResumeBody, StartBody } from '#core/api/runs.ts';
import { NotFoundError } from '#core/errors.ts';
import { Name } from '#core/spec/parse-spec.ts';
import { cancelRun, resumeRun } from '#lib/pipelines/control-runs.ts';
import { callerOf, json, jsonBody, respond } from './shared/http.ts';
import { parseInput } from './shared/payloads.ts';
import { once, registry, variable } from './shared/resources.ts';
import { trainingPorts } from './shared/training-ports.ts';

type Request = APIGatewayProxyEventV2WithIAMAuthorizer;

const events = once(() => new EventBus(new EventBridgeClient({}), variable('BUS_NAME')));

const Path = z.object({ model: Name, run: z.string().min(1).max(80).default('none') });

/** The routes of the API that change runs. */
const routes: Record<string, (path: z.output<typeof Path>, request: Request) => Promise<object>> = {
  'POST /v1/models/{model}/runs': async ({ model }, request) => {
    const input = { ...parseInput(StartBody, bodyOf(request)), by: callerOf(request) };
    const runId = randomUUID();
    await trainingPorts().executions.start(model, { execution: runId, input });
    return { runId, status: 'waiting' };
  },

  'POST /v1/models/{model}/runs/{run}/cancel': async ({ model, run }, request) => {
    const cancelled = { by: callerOf(request), at: new Date().toISOString() };
    const { runId, status } = await cancelRun(trainingPorts(), model, run, cancelled);
    return { runId, status };
  },

  'POST /v1/models/{model}/runs/{run}/resume': async ({ model, run: runId }, request) => {
    const { reason } = parseInput(ResumeBody, bodyOf(request));
    await resumeRun(trainingPorts(), model, runId, { reason, by: callerOf(request) });
    return { runId, status: 'waiting' };
  },

  'POST /v1/models/{model}/retrain': async ({ model }, request) => {
    const { reason } = parseInput(RetrainBody, bodyOf(request));
    if (!(await registry().models()).includes(model))
      throw new NotFoundError(`there is no model named ${model}, or it was never trained`);
    const id = randomUUID();
    const asked = { id, by: callerOf(request), reason, asOf: new Date().toISOString() };
    await events().publish('TrainingRequested', { detailVersion: 1, model, ...asked });
    return { id: `person:${id}` };
  },
};

/** Starts, cancels and resumes trainings: 202, what was asked for goes on. */
export const handler = (event: Request): Promise<APIGatewayProxyStructuredResultV2> =>
  respond(async () => {
    const route = routes[event.routeKey];
    if (!route) throw new NotFoundError(`no route ${event.routeKey}`);
    return json(202, await route(parseInput(Path, event.pathParameters), event));
  });

/** Nothing is a request without wishes. */
function bodyOf(event: Request): unknown {
  return event.body ? jsonBody(event) : {};
}
