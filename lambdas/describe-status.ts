import { SFNClient } from '@aws-sdk/client-sfn';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { StepFunctionsRunning } from '#adapters/stepfunctions/step-functions-running.ts';
import { describeStatus } from '#lib/pipelines/describe-status.ts';
import { json, respond } from './shared/http.ts';
import { once, registry, store, variable } from './shared/resources.ts';

const executions = once(
  () =>
    new StepFunctionsRunning(new SFNClient({}), {
      'ingest-dataset': variable('INGEST_MACHINE'),
      'replay-predictions': variable('REPLAY_MACHINE'),
    }),
);

/** `GET /v1/status`: what runs now. */
export const handler = (_event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> =>
  respond(async () =>
    json(
      200,
      await describeStatus({ registry: registry(), store: store(), executions: executions() }, Date.now()),
    ),
  );
