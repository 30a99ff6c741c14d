import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { NotFoundError } from '#core/errors.ts';
import { respond } from './http.ts';

export type Answering = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/** `METHOD /path/{parameter}` -> what answers it; it tells errors in the way of its protocol. */
export type Answers = Readonly<Record<`${'GET' | 'POST'} /${string}`, Answering>>;

/** A handler of several routes of one model, whose own name is where the routes say `{model}`. */
export function routed(model: string, answers: Answers): Answering {
  const byRoute = new Map(
    Object.entries(answers).map(([route, answer]) => [route.replace('{model}', model), answer]),
  );
  const unknown: Answering = ({ routeKey }) =>
    respond(() => Promise.reject(new NotFoundError(`there is no route ${routeKey}`)));
  return (event) => (byRoute.get(event.routeKey) ?? unknown)(event);
}
