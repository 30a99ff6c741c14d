import { parseRows } from '#core/serve/parse-rows.ts';
import { requestIdOf, versionOf } from '#core/serve/request-rules.ts';
import type { Answerer } from '#ports/answerer.ts';
import { json, jsonBody, respond } from './http.ts';
import type { Answering, Answers } from './router.ts';

/** Leeboard's own protocol: rows of raw columns in, predictions out. */
export function predictRoutes(answerer: Answerer): Answers {
  const predict: Answering = (event) =>
    respond(async () => {
      const body = jsonBody(event);
      const request = { ...requestIdOf(event.headers), ...versionOf(event.pathParameters?.version) };
      const { answer } = await answerer.answer((signature) => parseRows(signature, body), request);
      return json(200, answer);
    });
  return {
    'POST /v1/models/{model}/predict': predict,
    'POST /v1/models/{model}/versions/{version}/predict': predict,
  };
}
