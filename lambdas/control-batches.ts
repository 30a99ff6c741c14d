import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { z } from 'zod';
import { BatchRequest, toAccepted } from '#core/api/batches.ts';
import { NotFoundError } from '#core/errors.ts';
import type { Batch } from '#core/registry/serving-records.ts';
import { Name } from '#core/spec/parse-spec.ts';
import { cancelBatch, resumeBatch, startBatch } from '#lib/pipelines/control-batches.ts';
import { batchPorts } from './shared/batch-ports.ts';
import { callerOf, json, jsonBody, respond } from './shared/http.ts';
import { parseInput } from './shared/payloads.ts';

type Request = APIGatewayProxyEventV2WithIAMAuthorizer;

const Path = z.object({ model: Name, batch: z.string().min(1).max(80).default('none') });

/** Who asks, and when. */
interface Asked {
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** The routes of the API that change batches. */
const routes: Record<
  string,
  (path: z.output<typeof Path>, request: Request, asked: Asked) => Promise<Batch>
> = {
  'POST /v1/models/{model}/batches': ({ model }, request, asked) => {
    const wanted = parseInput(BatchRequest, jsonBody(request));
    return startBatch(batchPorts(), model, { ...wanted, ...asked, batchId: randomUUID() });
  },

  'POST /v1/models/{model}/batches/{batch}/cancel': ({ model, batch }, _, asked) =>
    cancelBatch(batchPorts(), model, batch, asked),

  'POST /v1/models/{model}/batches/{batch}/resume': ({ model, batch }, _, asked) =>
    resumeBatch(batchPorts(), model, batch, asked),
};

/** Starts, cancels and resumes batches: 202, what was asked for goes on. */
export const handler = (event: Request): Promise<APIGatewayProxyStructuredResultV2> =>
  respond(async () => {
    const route = routes[event.routeKey];
    if (!route) throw new NotFoundError(`no route ${event.routeKey}`);
    const by = callerOf(event);
    const asked = { by, at: new Date().toISOString() };
    return json(202, toAccepted(await route(parseInput(Path, event.pathParameters), event, asked)));
  });
