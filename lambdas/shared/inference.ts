import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { answerInference, type InferenceServer } from '#lib/pipelines/answer-inference.ts';
import type { Answerer } from '#ports/answerer.ts';
import { json, logFault } from './http.ts';
import type { Answering, Answers } from './router.ts';

/** Whether the request speaks the Open Inference Protocol. */
export function isInference({ rawPath }: APIGatewayProxyEventV2): boolean {
  return rawPath === '/v2' || rawPath.startsWith('/v2/');
}

/** A model's own routes of the Open Inference Protocol. */
export function inferenceRoutes(answerer: Answerer): Answers {
  const server = {
    ready: async () => void (await answerer.describe()),
    answerer: (model: string) => (model === answerer.model ? answerer : undefined),
  };
  const answer: Answering = (event) => respondInference(event, server);
  return {
    'GET /v2/models/{model}': answer,
    'GET /v2/models/{model}/versions/{version}': answer,
    'GET /v2/models/{model}/ready': answer,
    'GET /v2/models/{model}/versions/{version}/ready': answer,
    'POST /v2/models/{model}/infer': answer,
    'POST /v2/models/{model}/versions/{version}/infer': answer,
  };
}

/** Answers a request of the Open Inference Protocol that came through API Gateway. */
export async function respondInference(
  event: APIGatewayProxyEventV2,
  server: Omit<InferenceServer, 'logFault'>,
): Promise<APIGatewayProxyStructuredResultV2> {
  // What API Gateway puts in place of bytes that are not UTF-8, where it takes a body for text.
  if (!event.isBase64Encoded && event.body?.includes('\ufffd')) {
    const error =
      'the body has bytes that are not UTF-8: send binary tensors with the header Content-Type: application/octet-stream (U+FFFD itself can be written \\ufffd)';
    return json(400, { error });
  }
  const { status, headers, body } = await answerInference(
    {
      method: event.requestContext.http.method,
      path: event.rawPath,
      headers: event.headers,
      body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    },
    { ...server, logFault },
  );
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (headers['content-type'] === 'application/json') {
    return { statusCode: status, headers, body: bytes.toString() };
  }
  return { statusCode: status, headers, body: bytes.toString('base64'), isBase64Encoded: true };
}
