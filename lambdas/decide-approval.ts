import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { z } from 'zod';
import { EventBus } from '#adapters/eventbridge/event-bus.ts';
import { StepFunctionsExecutions } from '#adapters/stepfunctions/step-functions-executions.ts';
import { ApprovalBody, type ApprovalOutcome } from '#core/api/approvals.ts';
import { NotFoundError } from '#core/errors.ts';
import type { ApprovalWish } from '#core/registry/approval.ts';
import { Name } from '#core/spec/parse-spec.ts';
import { decideApproval } from '#lib/pipelines/decide-approval.ts';
import { callerOf, json, jsonBody, respond } from './shared/http.ts';
import { parseInput } from './shared/payloads.ts';
import { once, registry, store, variable } from './shared/resources.ts';

const Path = z.object({ model: Name, version: z.coerce.number().int().min(1) });
const events = once(() => new EventBus(new EventBridgeClient({}), variable('BUS_NAME')));
const rollouts = once(
  () =>
    new StepFunctionsExecutions(
      new SFNClient({}),
      variable('ENVIRONMENT'),
      variable('STATES_ARN'),
      'deploy-model',
    ),
);

const routes: Record<string, ApprovalWish['decision']> = {
  'POST /v1/models/{model}/versions/{version}/approve': 'approved',
  'POST /v1/models/{model}/versions/{version}/reject': 'rejected',
};

/** Approves or rejects a version because a person says so. */
export const handler = (
  event: APIGatewayProxyEventV2WithIAMAuthorizer,
): Promise<APIGatewayProxyStructuredResultV2> =>
  respond(async () => {
    const decision = routes[event.routeKey];
    if (!decision) throw new NotFoundError(`no route ${event.routeKey}`);
    const name = parseInput(Path, event.pathParameters);
    const said = parseInput(ApprovalBody, jsonBody(event));
    const ports = { registry: registry(), store: store(), events: events(), rollouts: rollouts() };
    const wish = { decision, by: callerOf(event), at: new Date().toISOString(), ...said };
    const { version, outcome, rev } = await decideApproval(ports, name, wish);
    return json(200, { ...name, outcome, rev, approval: version.approval } as ApprovalOutcome);
  });
