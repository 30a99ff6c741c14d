import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { InvalidInputError, NotFoundError, showValue } from '#core/errors.ts';
import { parseRows } from '#core/serve/parse-rows.ts';
import type { Answerer, PredictionRequest } from '#ports/answerer.ts';
import { json, jsonBody, respond } from './http.ts';
import type { Answering, Answers } from './router.ts';

const REQUEST_ID = 'x-request-id';

/** Leeboard's own protocol: rows of raw columns in, predictions out. */
export function predictRoutes(answerer: Answerer): Answers {
  const predict: Answering = (event) =>
    respond(async () => {
      const body = jsonBody(event);
      const request = { ...requestId(event), ...pinned(event) };
      const { answer } = await answerer.answer((signature) => parseRows(signature, body), request);
      return json(200, answer);
    });
  return {
    'POST /v1/models/{model}/predict': predict,
    'POST /v1/models/{model}/versions/{version}/predict': predict,
  };
}

/** The caller's name for its request. @throws InvalidInputError when it could not be logged and searched as it is */
export function requestId({ headers }: APIGatewayProxyEventV2): Pick<PredictionRequest, 'requestId'> {
  const id = headers[REQUEST_ID];
  if (id === undefined) return {};
  if (/^[!-~]{1,128}$/.test(id)) return { requestId: id };
  const expected = '1 to 128 visible ASCII characters';
  throw new InvalidInputError([{ field: REQUEST_ID, expected, got: showValue(id) }]);
}

/** The version that the path names. @throws NotFoundError when it is no number of a version */
export function pinned({ pathParameters }: APIGatewayProxyEventV2): Pick<PredictionRequest, 'version'> {
  const version = pathParameters?.version;
  if (version === undefined) return {};
  if (/^[1-9]\d{0,8}$/.test(version)) return { version: Number(version) };
  throw new NotFoundError(`there is no version ${showValue(version)}: versions are numbers from 1`);
}
