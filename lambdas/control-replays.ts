import { randomUUID } from 'node:crypto';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { z } from 'zod';
import { StepFunctionsReplays } from '#adapters/stepfunctions/step-functions-replays.ts';
import { ReplayId, StartReplay } from '#core/api/replays.ts';
import { NotFoundError } from '#core/errors.ts';
import { Name } from '#core/spec/parse-spec.ts';
import { findReplay, type ReplayControls, startReplay } from '#lib/pipelines/control-replays.ts';
import { messageOf } from './shared/cause.ts';
import { callerOf, json, jsonBody, respond } from './shared/http.ts';
import { parseInput } from './shared/payloads.ts';
import { once, registry, store, variable } from './shared/resources.ts';

type Request = APIGatewayProxyEventV2WithIAMAuthorizer;

const ModelPath = z.object({ model: Name });
const ReplayPath = ModelPath.extend({ replay: ReplayId });

const executions = once(() => new StepFunctionsReplays(new SFNClient({}), variable('REPLAY_MACHINE')));
const controls = (): ReplayControls => ({ registry: registry(), store: store(), executions: executions() });

/** Starts replays and tells what they found. */
export const handler = (event: Request): Promise<APIGatewayProxyStructuredResultV2> =>
  respond(async () => {
    switch (event.routeKey) {
      case 'POST /v1/models/{model}/replays': {
        const { model } = parseInput(ModelPath, event.pathParameters);
        const { version, from, to, reason } = parseInput(StartReplay, jsonBody(event));
        const replayId = randomUUID();
        await startReplay(controls(), replayId, {
          model,
          version,
          from,
          to: to ?? new Date().toISOString(),
          by: callerOf(event),
          reason,
        });
        return json(202, { replayId, status: 'running' });
      }
      case 'GET /v1/models/{model}/replays/{replay}': {
        const { model, replay } = parseInput(ReplayPath, event.pathParameters);
        const found = await findReplay(controls(), model, replay);
        if (found.status !== 'failed') return json(200, { replayId: replay, ...found });
        const { name, cause } = found.error;
        return json(200, { replayId: replay, status: 'failed', error: { name, message: messageOf(cause) } });
      }
      default:
        throw new NotFoundError(`no route ${event.routeKey}`);
    }
  });
