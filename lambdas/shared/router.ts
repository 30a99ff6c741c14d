import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Counts } from '#adapters/cloudwatch/count-metrics.ts';
import { NotFoundError } from '#core/errors.ts';
import type { REQUEST_METRICS } from '#core/monitor/metric-names.ts';
import { respond } from './http.ts';

export type Answering = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/** `METHOD /path/{parameter}` -> what answers it; it tells errors in the way of its protocol. */
export type Answers = Readonly<Record<`${'GET' | 'POST'} /${string}`, Answering>>;

/** Statuses of requests whose body is wrong; what the path names or nothing can answer yet is another matter. */
const BODY_IS_WRONG = new Set<number | undefined>([400, 413, 415, 422]);

/**
 * A handler of several routes of one model, whose own name is where the routes say `{model}`.
 * @param count told of a request that was refused for its body, or that we failed at
 */
export function routed(
  model: string,
  answers: Answers,
  count: (model: string, counts: Counts) => void,
): Answering {
  const byRoute = new Map(
    Object.entries(answers).map(([route, answer]) => [route.replace('{model}', model), answer]),
  );
  const unknown: Answering = ({ routeKey }) =>
    respond(() => Promise.reject(new NotFoundError(`there is no route ${routeKey}`)));
  return async (event) => {
    const reply = await (byRoute.get(event.routeKey) ?? unknown)(event);
    const metric = metricOf(reply.statusCode);
    if (metric) count(model, { [metric]: 1 });
    return reply;
  };
}

function metricOf(status: number | undefined): (typeof REQUEST_METRICS)[number] | undefined {
  if (BODY_IS_WRONG.has(status)) return 'InvalidRequests';
  return status !== undefined && status >= 500 ? 'ServerErrors' : undefined;
}
