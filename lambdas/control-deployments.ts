import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { z } from 'zod';
import { EventBus } from '#adapters/eventbridge/event-bus.ts';
import { ChangeBody, PromoteBody } from '#core/api/deployments.ts';
import { NotFoundError } from '#core/errors.ts';
import { deploymentState } from '#core/registry/deployment-state.ts';
import { Name } from '#core/spec/parse-spec.ts';
import { controlDeployment, type DeploymentWish } from '#lib/pipelines/control-deployment.ts';
import { callerOf, json, jsonBody, respond } from './shared/http.ts';
import { parseInput } from './shared/payloads.ts';
import { once, registry, variable } from './shared/resources.ts';

type Request = APIGatewayProxyEventV2WithIAMAuthorizer;

const Path = z.object({ model: Name });
const events = once(() => new EventBus(new EventBridgeClient({}), variable('BUS_NAME')));

/** What each route is asked with. */
const routes: Record<
  string,
  (body: unknown) => Pick<DeploymentWish, 'action' | 'version' | 'rev' | 'reason'>
> = {
  'POST /v1/models/{model}/promote': (body) => ({ action: 'promote', ...parseInput(PromoteBody, body) }),
  'POST /v1/models/{model}/rollback': (body) => ({ action: 'rollback', ...parseInput(ChangeBody, body) }),
  'POST /v1/models/{model}/freeze': (body) => ({ action: 'freeze', ...parseInput(ChangeBody, body) }),
  'POST /v1/models/{model}/unfreeze': (body) => ({ action: 'unfreeze', ...parseInput(ChangeBody, body) }),
};

/** Changes which version answers because a person says so. */
export const handler = (event: Request): Promise<APIGatewayProxyStructuredResultV2> =>
  respond(async () => {
    const wish = routes[event.routeKey];
    if (!wish) throw new NotFoundError(`no route ${event.routeKey}`);
    const { model } = parseInput(Path, event.pathParameters);
    const mandate = { by: callerOf(event), at: new Date().toISOString() };
    const ports = { registry: registry(), events: events() };
    const changed = await controlDeployment(ports, { model, ...mandate, ...wish(jsonBody(event)) });
    return json(200, deploymentState(changed));
  });
